import { expect, test } from "vitest";
import { brief, loadFiles, loadText, printed, run, STACK } from "./trees.ts";

test("all mistakes of a tree at once, as people read them", async () => {
  const { diagnostics } = await loadFiles({
    "stack.yaml": `apiVersion: icaform/v1
kind: Stack
metadata: { name: Cohort 7 }
spec:
  projct: prod
  project: prod
  defaults: { actionOnExist: Overwite, tags: { technical: [icaform.run=x], userTags: [x] } }
  limits: { requestsPerSecond: 0, concurrency: "8", pageSize: 0.5 }
  policy: { maxCreates: -1, forbidOverwrite: yes }
`,
    "runs.yaml": `apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: wgs NA12878 }
spec:
  pipelin: dragen
  userReference: a//b
  activationCode: 12
  logs: { path: /logs/wgs/, folder: fol.1 }
  tags:
  input:
    form:
      data:
        - files: [fil.1, fastq/x.gz, { output: align, path: /x }, { output: PipelineRun/align }]
          mounts: [{ dataId: fil.1 }]
      parameters: { x: { envv: A }, y: [[1]], z: {} }
      referenceData: { r: GRCh38 }
    custom: {}
  outputs: [{ mapping: deliver, source: x }, { source: out/qc/, target: qc/, type: file }]
  dependsOn: [align]
  rerun: { ignoreChanges: [output], onChange: "true", onFailure: 1.5 }
---
apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: costum }
spec: { pipeline: p, input: { costum: { text: "" } } }
---
apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: fields }
spec:
  pipeline: p
  input: { formValues: { fields: [{ id: a, values: [], data: [] }, { id: b }, { id: c, data: [{ file: fil.1 }] }] } }
---
apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: text }
spec: { pipeline: p, input: { custom: { text: x, values: {} } } }
---
apiVersion: icaform/v1
kind: OutputMapping
metadata: { name: deliver }
spec: { mappings: [] }
---
apiVersion: icaform/v1
kind: StorageCredential
metadata: {}
spec: { type: AWS_USRE, accessKeyId: { env: 1A }, secretAccessKey: { env: A, file: b }, rotateAfter: 2026-11-01 }
---
apiVersion: icaform/v1
kind: OutputMapping
`,
  });
  await expect(`${printed(diagnostics)}\n`).toMatchFileSnapshot("golden/mistakes.txt");
});

test("a mistyped key is one mistake, at the key, with the right one", async () => {
  const { diagnostics } = await loadText(run("x").replace("pipeline:", "pipelin:"));
  expect(diagnostics).toEqual([
    {
      severity: "error",
      code: "unknown-key",
      message: "there is no key `pipelin` in `spec`",
      help: "did you mean `pipeline`?",
      file: "tree.yaml",
      line: 5,
      column: 3,
      frame: expect.stringContaining("> 5 |   pipelin: align\n    |   ^"),
    },
  ]);
});

test("a missing key is told at the mapping that lacks it", async () => {
  expect(brief(await loadText(run("x").replace("  pipeline: align\n", "")))).toEqual([
    "tree.yaml:5:3 error missing-key",
  ]);
  const bare = "apiVersion: icaform/v1\nkind: PipelineRun\n";
  expect(brief(await loadText(bare))).toEqual(["tree.yaml:1:1 error missing-key", "tree.yaml:1:1 error missing-key"]);
});

test.each([
  ["{ target: /qc/ }", "`source` is missing in `spec.outputs[0]`"],
  ["{ source: qc/, actionOnExist: Skip }", "`target` is missing in `spec.outputs[0]`"],
  ["{ mapping: m, target: /qc/ }", "`spec.outputs[0]` must be { mapping: name } alone, or have source and target"],
  ["{ type: FILE }", "`spec.outputs[0]` must be { mapping: name } alone, or have source and target"],
])("what an output lacks is told: %s", async (output, message) => {
  const { diagnostics } = await loadText(run("x", `outputs: [${output}]`));
  expect(diagnostics.map((one) => one.message)).toEqual([message]);
});

test("names that ICA's own interfaces use lead to ours", async () => {
  const { diagnostics } = await loadText(run("x", "analysisStorageId: Large", "outputParentFolderId: fol.1"));
  expect(diagnostics.map(({ help }) => help)).toEqual(["did you mean `storage`?", "did you mean `outputFolder`?"]);
});

test("what ICA takes as null may be null", async () => {
  const spec = [
    "storage: null",
    "activationCode: null",
    "outputFolder: null",
    "outputs: null",
    "logs: null",
    "tags: { technical: null, user: [], reference: null }",
    "input: { form: { data: [{ parameter: a, files: [], mounts: null, external: null }], parameters: null, referenceData: null } }",
  ];
  const { tree, diagnostics } = await loadText(run("x", ...spec));
  expect(diagnostics).toEqual([]);
  expect(tree?.runs[0]?.spec).toMatchObject({ storage: null, outputs: null, logs: null, tags: { user: [] } });
});

test("a document of a thousand mistakes tells the first hundred", async () => {
  const keys = Array.from({ length: 2000 }, (_, index) => `k${index}: 1`);
  const { diagnostics } = await loadText(run("x", ...keys));
  expect(diagnostics).toHaveLength(101);
  expect(diagnostics.at(-1)).toMatchObject({ code: "more-mistakes" });
});

test("a mistake in one document does not make others wrong that refer to it", async () => {
  const mapping = "apiVersion: icaform/v1\nkind: OutputMapping\nmetadata: { name: m }\nspec: { nonsense: 1 }\n";
  const found = brief(await loadText(`${run("x", "outputs: [{ mapping: m }]")}---\n${mapping}`));
  expect(found).toEqual(["tree.yaml:12:7 error missing-key", "tree.yaml:12:9 error unknown-key"]);
});

test("contents are checked even where some value breaks a pattern", async () => {
  const found = brief(await loadText(run("x", "userReference: a//b", "dependsOn: [PipelineRun/missing]")));
  expect(found).toEqual(["tree.yaml:7:18 error bad-value", "tree.yaml:8:15 error reference-missing"]);
});

test("a tree with errors is no tree", async () => {
  expect((await loadFiles({ "stack.yaml": STACK, "x.yaml": run("x", "nonsense: 1") })).tree).toBeUndefined();
});
