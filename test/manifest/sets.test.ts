import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTree } from "../../src/manifest/load.ts";
import { brief, folderOf, loadFiles, loadText, run, STACK } from "./trees.ts";

/** The template's spec starts at line 9, its `pipeline` at line 10. */
const set = (forEach: string, ...spec: string[]) => `apiVersion: icaform/v1
kind: PipelineRunSet
metadata: { name: wgs }
spec:
  forEach: ${forEach}
  template:
    metadata: {}
    spec:
      project: prod
      pipeline: dragen
      input: { custom: { text: x } }
${spec.map((line) => `      ${line}\n`).join("")}`;

const CSV = "{ csv: samples.csv, key: sample_id }";

function load(text: string, sheet: string | Uint8Array, variables: Record<string, string> = {}) {
  return loadFiles({ "stack.yaml": STACK, "set.yaml": text, "samples.csv": sheet }, variables);
}

test("one ordinary run for each row, with its cells in any string", async () => {
  const text = set(
    CSV,
    "userReference: ${each.sample_id} ${var.batch}",
    'tags: { user: ["subject=${each.Subject ID}"] }',
  );
  const sheet = '\uFEFFsample_id, Subject ID \r\nS2,"x, ""y"""\r\n\r\nS1,z\r\n,\r\n';
  const { tree, diagnostics } = await load(text, sheet, { batch: "b7" });
  expect(diagnostics).toEqual([]);
  expect(tree?.runs.map(({ kind, name, spec }) => [kind, name, spec.userReference, spec.tags])).toEqual([
    ["PipelineRun", "wgs-S1", "S1 b7", { user: ["subject=z"] }],
    ["PipelineRun", "wgs-S2", "S2 b7", { user: ['subject=x, "y"'] }],
  ]);
  expect(Object.keys(tree?.runs[0] ?? {}).sort()).toEqual(["formerNames", "kind", "locate", "name", "set", "spec"]);
  expect(tree?.runs[0]?.set).toBe("wgs");
});

test("positions of a run are those of the template", async () => {
  const { tree } = await load(set(CSV, "userReference: ${each.sample_id}"), "sample_id\nS1\n");
  const at = (path: (string | number)[], what?: "key" | "value") => {
    const { line, column } = tree?.runs[0]?.locate(path, what) ?? { line: 0, column: 0 };
    return `${line}:${column}`;
  };
  expect(at(["spec", "userReference"])).toBe("12:22");
  expect(at(["spec", "pipeline"], "key")).toBe("10:7");
  expect(at(["metadata", "name"])).toBe("3:19");
  expect(at([])).toBe("7:5");
});

test("a name and former names of the template's own", async () => {
  const text = set(CSV).replace(
    "metadata: {}",
    'metadata: { name: "${each.sample_id}", formerNames: ["old-${each.sample_id}"] }',
  );
  const { tree } = await load(text, "sample_id\nS1\n");
  expect(tree?.runs[0]).toMatchObject({ name: "S1", formerNames: ["old-S1"] });
  expect(tree?.runs[0]?.locate(["metadata", "name"])).toMatchObject({ line: 7, column: 23 });
});

test("items instead of a sheet; their values are taken as they are written", async () => {
  const text = set(
    "{ items: [{ id: 007, lane: 1.0 }, { id: b, lane: null }], key: id }",
    'tags: { user: ["${each.id}-${each.lane}"] }',
  );
  const { tree } = await loadText(text);
  expect(tree?.runs.map(({ name, spec }) => [name, spec.tags?.user])).toEqual([
    ["wgs-007", ["007-1.0"]],
    ["wgs-b", ["b-"]],
  ]);
});

test("an item that lacks what others have", async () => {
  const { diagnostics } = await loadText(set("{ items: [{ id: a, lane: 1 }, { id: b }], key: id }"));
  expect(brief({ diagnostics })).toEqual(["tree.yaml:5:42 error sheet-row"]);
});

test("scalars of the template's parameters stay as written", async () => {
  const text = set(CSV).replace(
    "input: { custom: { text: x } }",
    'input: { form: { parameters: { a: 0.050, b: "${each.sample_id}" } } }',
  );
  const { tree } = await load(text, "sample_id\nS1\n");
  expect(tree?.runs[0]?.spec.input.form?.parameters).toEqual({ a: "0.050", b: "S1" });
});

test("tabs separate the cells of a .tsv", async () => {
  const files = { "stack.yaml": STACK, "set.yaml": set("{ csv: in/s.tsv, key: id }"), "in/s.tsv": "id\tx\na\t1,2\n" };
  expect((await loadFiles(files)).tree?.runs.map(({ name }) => name)).toEqual(["wgs-a"]);
});

test("words from a list can come from the sheet, too", async () => {
  const text = set(CSV, 'outputs: [{ source: a, target: "/${each.sample_id}", type: "${each.type}" }]');
  expect((await load(text, "sample_id,type\nS1,FOLDER\n")).tree?.runs[0]?.spec.outputs).toMatchObject([
    { type: "FOLDER" },
  ]);
  expect(brief(await load(text, "sample_id,type\nS1,DIR\n"))).toEqual(["samples.csv:2:4 error unknown-value"]);
});

test("keys come from the sheet, too; their mistakes stand where they are written", async () => {
  const text = set(CSV).replace(
    "input: { custom: { text: x } }",
    'input: { form: { parameters: { "p-${each.k}": "${each.v}", fix: [{ env: "${each.e}" }] } } }',
  );
  const { tree } = await load(text, "sample_id,k,v,e\nS1,a,1,A\nS2,b,2,B\n");
  expect(tree?.runs.map(({ spec }) => Object.keys(spec.input.form?.parameters ?? {}))).toEqual([
    ["p-a", "fix"],
    ["p-b", "fix"],
  ]);
  const at = tree?.runs[1]?.locate(["spec", "input", "form", "parameters", "p-b"]);
  expect(at).toMatchObject({ line: 11, column: 53 });
  const wrong = text.replace('"${each.v}"', '{ env: "${each.v}" }').replace("fix:", "p-x:");
  const { diagnostics } = await load(wrong, "sample_id,k,v,e\nS1,a,1,A\nS2,x,2,B\n");
  expect(diagnostics.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)).toEqual([
    expect.stringMatching(
      /^samples\.csv:2:6 `spec\.input\.form\.parameters\.p-a\.env` must .* `v` is `1` here; .*:11:60$/,
    ),
    "samples.csv:3:4 this key becomes `p-x`, which is there already; `k` is `x` here; it is filled in at set.yaml:11:38",
  ]);
});

test("numbers, true and false of the sheet, where the schema wants them", async () => {
  const text = set(CSV, 'rerun: { onFailure: "${each.n}", onUpstream: "${each.u}", onChange: "${var.c}" }');
  const { tree, diagnostics } = await load(text, "sample_id,n,u\nS1,2,TRUE\nS2,0,false\n", { c: "false" });
  expect(diagnostics).toEqual([]);
  expect(tree?.runs.map(({ spec }) => spec.rerun)).toEqual([
    { onFailure: 2, onUpstream: true, onChange: false },
    { onFailure: 0, onUpstream: false, onChange: false },
  ]);
  const wrong = await load(text, "sample_id,n,u\nS1,two,TRUE\nS2,,maybe\n", { c: "false" });
  expect(
    wrong.diagnostics.map(({ file, line, column, message, help }) => [`${file}:${line}:${column} ${message}`, help]),
  ).toEqual([
    [
      "samples.csv:2:4 `spec.rerun.onFailure` must be a whole number, not text; `n` is `two` here and empty in line 3; it is filled in at set.yaml:12:27",
      undefined,
    ],
    [
      "samples.csv:3:5 `spec.rerun.onUpstream` must be true or false, not text; `u` is `maybe` here; it is filled in at set.yaml:12:52",
      undefined,
    ],
  ]);
  const partly = await load(set(CSV, 'rerun: { onFailure: "1${each.n}" }', 'tags: "${each.n}"'), "sample_id,n\nS1,2\n");
  expect(partly.diagnostics.map(({ line, message, help }) => [line, message, help])).toEqual([
    [
      12,
      "`spec.template.spec.rerun.onFailure` must be a whole number, not text",
      "a placeholder may stand there alone, without other text",
    ],
    [13, "`spec.template.spec.tags` must be a mapping of keys, not text", undefined],
  ]);
});

test("unknown columns and variables, with what was meant", async () => {
  const text = set(CSV, "userReference: ${each.sampel_id}", "storage: ${var.storge}", "activationCode: ${ech.x}");
  const { diagnostics } = await load(text, "sample_id\nS1\n", { storage: "Large" });
  expect(
    diagnostics.map(({ line, column, code, message, help }) => [`${line}:${column}`, code, message, help]),
  ).toEqual([
    ["12:22", "column-missing", "`samples.csv` (samples.csv:1) has no column `sampel_id`", "did you mean `sample_id`?"],
    ["13:16", "variable-missing", "there is no variable `storge`", "did you mean `storage`?"],
    ["14:23", "placeholder", "`${ech.x}` is not a placeholder", expect.stringContaining("$${")],
  ]);
});

test("mistakes of rows stand at their cell, with its value; the same one in many rows is told once", async () => {
  const text = set(CSV, "userReference: ${each.reference}", 'logs: { path: "${each.logs}" }');
  const sheet = "sample_id,reference,logs\nS 1,r,/x\nS2,a//b,x\nS3,c//d,/x\n";
  const { diagnostics } = await load(text, sheet);
  expect(
    diagnostics.map(({ file, line, column, message }) => [`${file}:${line}:${column}`, message.replace(/^.*?; /, "")]),
  ).toEqual([
    ["samples.csv:2:1", "`sample_id` is `S 1` here; it is filled in at set.yaml:3:19"],
    ["samples.csv:3:4", "`reference` is `a//b` here and `c//d` in line 4; it is filled in at set.yaml:12:22"],
    ["samples.csv:3:9", "`logs` is `x` here; it is filled in at set.yaml:13:21"],
  ]);
  expect(diagnostics[0]?.frame).toContain("> 2 | S 1,r,/x");
});

test("of many rows with one mistake, ten are told", async () => {
  const bad = Array.from({ length: 13 }, (_, index) => `S ${index}\n`).join("");
  const { diagnostics } = await load(set(CSV), `sample_id\ngood\n${bad}`);
  expect(brief({ diagnostics })).toEqual(["samples.csv:3:1 error bad-value"]);
  expect(diagnostics[0]?.message).toContain("; `sample_id` is `S 0` here, `S 1` in line 4, `S 2` in line 5, ");
  expect(diagnostics[0]?.message).toContain(", `S 9` in line 12 and 3 more rows; it is filled in at set.yaml:3:19");
});

test("of a text from several columns, all cells are shown; what the template alone says is told there", async () => {
  const text = set(CSV, 'userReference: "${each.a}/${each.b}"', "dependsOn: [PipelineRun/none]");
  const { diagnostics } = await load(text, "sample_id,a,b\nS1,x,\nS2,y,z\n");
  expect(diagnostics.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)).toEqual([
    expect.stringMatching(
      /^samples\.csv:2:4 .*; `a` is `x` and `b` is empty here; it is filled in at set\.yaml:12:22$/,
    ),
    expect.stringMatching(/^set\.yaml:13:19 .* \(from samples\.csv:2 and 1 more row\)$/),
  ]);
});

test("the template is validated as it is written, patterns only where nothing is to be filled in", async () => {
  const text = set(CSV, "userReference: a//b", 'logs: { path: "${each.logs}" }', "nonsense: 1");
  expect(brief(await load(text, "sample_id,logs\nS1,/x\n"))).toEqual([
    "set.yaml:12:22 error bad-value",
    "set.yaml:14:7 error unknown-key",
  ]);
});

test.each([
  ["a key twice", 'sample_id,x\nS1,1\n\n"S1",2\n', ["samples.csv:4:1 error sheet-key"]],
  ["an empty key", "x,sample_id\n1,S1\n2,\n", ["samples.csv:3:3 error sheet-key"]],
  [
    "wrong keys and, in another row, a wrong name",
    "sample_id,x\nS1,1\nS1,2\n,3\nb d,4\n",
    ["samples.csv:3:1 error sheet-key", "samples.csv:4:1 error sheet-key", "samples.csv:5:1 error bad-value"],
  ],
  ["no such column", "sample,x\nS1,1\n", ["set.yaml:5:37 error column-missing"]],
  ["a column twice", "sample_id,x,x\nS1,1,2\n", ["samples.csv:1:11 error sheet-header"]],
  ["too few cells", "sample_id,x\nS1\n", ["samples.csv:2:1 error sheet-row"]],
  ["too many cells", "sample_id,x\nS1,1,2\n", ["samples.csv:2:1 error sheet-row"]],
  ["empty cells behind the last column", "sample_id,x,,\nS1,1,,\nS2,1,,,,\n", []],
  ["content in a column without a name", "sample_id,\nS1,1\n", ["samples.csv:2:1 error sheet-row"]],
  ["a quote that is never closed", 'sample_id,x\nS1,"1\n', ["samples.csv:2:4 error sheet-syntax"]],
  [
    "a quote that is never closed, over many lines",
    `sample_id,x\nS1,1\n\nÄ,"€"\nS2,"2\n${"S3,3\n".repeat(300)}`,
    ["samples.csv:5:4 error sheet-syntax"],
  ],
  ["a quote in the middle of a cell", 'sample_id,x\nS1,1\nS2,5" disk\n', ["samples.csv:3:4 error sheet-syntax"]],
  ["a quote that is closed lines below", 'sample_id,x\nS1,"1\nS2,"2"\n', ["samples.csv:2:4 error sheet-syntax"]],
  ["fewer cells below a padded header", "sample_id,x,,\nS1,1\nS2,2,\n", []],
  ["fewer cells than a padded header names", "sample_id,x,,\nS1,\nS2\n", ["samples.csv:3:1 error sheet-row"]],
  ["an empty column in the middle", "sample_id,,x\nS1,,1\nS2,\n", ["samples.csv:3:1 error sheet-row"]],
  ["semicolons", "sample_id;x\nS1;1\n", ["samples.csv:1:1 error sheet-separator"]],
  ["semicolons and quotes", '\nsample_id;x\nS1;"1;2"\n', ["samples.csv:2:1 error sheet-separator"]],
  ["tabs", "sample_id\tx\nS1\t1\n", ["samples.csv:1:1 error sheet-separator"]],
  ["text behind a quote", 'sample_id,x\n"S1"a,1\n', ["samples.csv:2:1 error sheet-syntax"]],
  ["nothing", "\n", ["samples.csv:1:1 error sheet-empty"]],
  ["a header alone", "sample_id,x\n", ["set.yaml:5:12 warning sheet-empty"]],
  [
    "an Illumina sample sheet, no section named",
    "[Header]\nFileFormatVersion,2\n",
    ["samples.csv:1:1 error sheet-section"],
  ],
  ["Latin-1", Buffer.from("sample_id\nBärbel\n", "latin1"), ["samples.csv:2:1 error not-utf8"]],
  ["UTF-16", Buffer.from("\uFEFFsample_id\nS1\n", "utf16le"), ["samples.csv:1:1 error not-utf8"]],
])("sheet with %s", async (_, sheet, expected) => {
  expect(brief(await load(set(CSV), sheet))).toEqual(expected);
});

test("keys that a row's cells make the same are told of that row alone", async () => {
  const rows = "{ items: [{ id: a, c: p }, { id: b, c: q }], key: id }";
  const form = '{ form: { parameters: { "${each.c}": 1, q: 2 } } }';
  const text = `apiVersion: icaform/v1
kind: PipelineRunSet
metadata: { name: set }
spec:
  forEach: ${rows}
  template: { spec: { pipeline: p, input: ${form} } }
---
apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: last }
spec: { pipeline: p, input: { custom: { text: x } }, dependsOn: [PipelineRun/set-b] }
`;
  expect((await loadText(text)).diagnostics.map(({ code }) => code)).toEqual(["key-repeated"]);
});

test("a key that cannot be filled in is told once", async () => {
  const text = run("r", 'input: { form: { parameters: { "${var.nope}": 2, "${var.none}": 1 } } }');
  expect((await loadText(text)).diagnostics.map(({ code }) => code)).toEqual(["variable-missing", "variable-missing"]);
});

test("positions behind letters of several bytes and quoted line breaks", async () => {
  const { diagnostics } = await load(set(CSV), 'n,sample_id\n"Ä, \n€",S1\nö,S1\n');
  expect(brief({ diagnostics })).toEqual(["samples.csv:4:3 error sheet-key"]);
  expect(diagnostics[0]?.message).toContain("samples.csv:3");
});

test("no items, no runs, whatever the template takes from them", async () => {
  expect(brief(await loadText(set("{ items: [], key: id }")))).toEqual(["tree.yaml:5:12 warning sheet-empty"]);
  const filled = set("{ items: [], key: id, where: { lane: 1 } }", "userReference: ${each.id}");
  expect(brief(await loadText(filled))).toEqual(["tree.yaml:5:12 warning sheet-empty"]);
  const { diagnostics } = await loadText(set("{ items: [{}], key: id }"));
  expect(diagnostics).toMatchObject([{ code: "column-missing", help: "it has no columns at all" }]);
});

test("what is said of a sheet that is not what it seems", async () => {
  const said = async (sheet: string | Uint8Array) =>
    (await load(set(CSV, "userReference: ${each.x}"), sheet)).diagnostics.map(
      ({ message, help }) => `${message}; ${help}`,
    );
  expect(await said("sample_id;x\nS1;1\n")).toEqual([
    "this sheet seems to be separated by semicolons; save it with commas",
  ]);
  expect(await said("sample_id\tx\nS1\t1\n")).toEqual([
    "this sheet seems to be separated by tabs; save it with commas, or under a name that ends with .tsv",
  ]);
  expect(await said("sample_id,x\nS1\n")).toEqual([
    expect.stringMatching(/^this row has 1 cell where the header has 2;/),
  ]);
  expect(await said(Buffer.from("sample_id,x\nBärbel,1\n", "latin1"))).toEqual([
    "this file is not UTF-8: line 2 has a byte that no UTF-8 text has there; save it as UTF-8",
  ]);
});

test("runs of a set collide with others like any run", async () => {
  const files = {
    "a.yaml": STACK,
    "b.yaml": run("wgs-S1"),
    "set.yaml": set(CSV),
    "samples.csv": "sample_id\nS1\nS2\n",
  };
  const { diagnostics } = await loadFiles(files);
  expect(brief({ diagnostics })).toEqual(["samples.csv:2:1 error duplicate-name"]);
  expect(diagnostics[0]?.message).toContain("b.yaml:3:19; `sample_id` is `S1` here; it is filled in at set.yaml:3:19");
});

test("a constant name collides with itself", async () => {
  const text = set(CSV).replace("metadata: {}", "metadata: { name: same }");
  const { diagnostics } = await load(text, "sample_id\nS1\nS2\nS3\n");
  expect(diagnostics).toMatchObject([{ code: "duplicate-name", line: 7, column: 23 }]);
  expect(diagnostics[0]?.message).toContain("1 more row");
});

test("sheets lie inside the tree", async () => {
  const outside = folderOf({ "samples.csv": "sample_id\nS1\n" });
  const files = {
    "tree/stack.yaml": STACK,
    "tree/a.yaml": set("{ csv: ../samples.csv, key: sample_id }"),
    "tree/b.yaml": set(`{ csv: ${join(outside, "samples.csv")}, key: sample_id }`).replace("wgs", "b"),
    "tree/c.yaml": set("{ csv: link.csv, key: sample_id }").replace("wgs", "c"),
    "tree/d.yaml": set("{ csv: missing.csv, key: sample_id }").replace("wgs", "d"),
    "tree/e.yaml": set("{ csv: sub, key: sample_id }").replace("wgs", "e"),
    "tree/sub/f.yaml": set("{ csv: ../fine.csv, key: sample_id }").replace("wgs", "f"),
    "tree/fine.csv": "sample_id\nS1\n",
    "samples.csv": "sample_id\nS1\n",
  };
  const cwd = folderOf(files);
  symlinkSync(join(outside, "samples.csv"), join(cwd, "tree/link.csv"));
  expect(brief(await loadTree({ paths: ["tree"], cwd }))).toEqual([
    "tree/a.yaml:5:19 error outside-tree",
    "tree/b.yaml:5:19 error outside-tree",
    "tree/c.yaml:5:19 error outside-tree",
    "tree/d.yaml:5:19 error path-missing",
    "tree/e.yaml:5:19 error path-unreadable",
  ]);
});

test("a set's own shape", async () => {
  const text =
    "apiVersion: icaform/v1\nkind: PipelineRunSet\nmetadata: { name: s }\nspec: { forEach: { csv: a, items: [], key: b } }\n";
  expect(brief(await loadText(text))).toEqual(["tree.yaml:4:7 error missing-key", "tree.yaml:4:18 error one-of"]);
});
