/** ICA's page, "Starting Nextflow Pipeline with Custom Input". */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ica, pick, V4 } from "../simulator/ica.ts";
import { credential, run, SECRETS, stack } from "../support/manifests.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";
import { EXAMPLE_JSON, EXAMPLE_PARAMETERS, EXAMPLE_VALUES, EXAMPLE_YAML } from "./example-input.ts";

const pipeline = { id: IDS.nfForm, code: "main", language: "NEXTFLOW", inputFormType: "XML" } as const;
const jsonForm = { id: IDS.nfJson, code: "json-form", language: "NEXTFLOW", inputFormType: "JSON" } as const;
const cwl = { id: IDS.cwlForm, code: "main-cwl", language: "CWL", inputFormType: "XML" } as const;
const parameters = EXAMPLE_PARAMETERS;
const seed = { ...WORLD, pipelines: [{ ...pipeline, parameters }, jsonForm, { ...cwl, parameters }] };

const custom = (input: string, code = "main") => run("r", `pipeline: ${code}, input: { custom: { ${input} } }`);
const text = (given: string) => `text: ${JSON.stringify(given)}`;
const tree = (documents: string) => treeOf({ "t.yaml": stack() + documents });

function sentBy(world: Lab): { path: string; body: Record<string, unknown> } {
  const [create] = world.creates();
  return { path: create?.path ?? "", body: JSON.parse(create?.body ?? "{}") as Record<string, unknown> };
}

describe("“triggers the execution of a Nextflow pipeline with a custom input in YAML or JSON format”", () => {
  it.each([
    ["JSON", EXAMPLE_JSON],
    ["YAML", EXAMPLE_YAML],
  ])(
    "“To be provided with the request”: the page's string in %s goes out byte for byte, and the run starts",
    async (_form, given) => {
      const world = await lab({ seed });
      const folder = tree(custom(text(given)));
      await world.applied(folder);
      const { path, body } = sentBy(world);
      expect(path).toBe(`/api/projects/${IDS.prod}/analysis:nextflowWithCustomInput`);
      expect(pick(body, "analysisInput.customInput")).toBe(given);
      world.finish();
      expect((await world.plan(folder)).summary).toMatchObject({ create: 0, rerun: 0, unchanged: 1 });
    },
  );

  it("both strings of the page say the same, and “The unescaped JSON is provided for legibility”: as `values` it goes out as one string", async () => {
    expect(parse(EXAMPLE_YAML)).toEqual(JSON.parse(EXAMPLE_JSON));
    const world = await lab({ seed });
    await world.applied(tree(custom(`values: ${JSON.stringify(EXAMPLE_VALUES)}`)));
    const sent = pick(sentBy(world).body, "analysisInput.customInput");
    expect(typeof sent).toBe("string");
    expect(JSON.parse(String(sent))).toEqual(EXAMPLE_VALUES);
  });

  it("“bypassing all input forms typically required by the pipeline”: one with a JSON form takes it too", async () => {
    const world = await lab({ seed });
    await world.applied(tree(custom(text(EXAMPLE_YAML), "json-form")));
    expect(world.sim.analyses()).toHaveLength(1);
  });

  it("“overriding the default form-based input collection”: there is no form beside it", async () => {
    const world = await lab({ seed });
    const both = run("r", `pipeline: main, input: { custom: { ${text(EXAMPLE_JSON)} }, form: {} }`);
    const { code, stderr } = await world.icaform(["validate", tree(both)]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/t\.yaml:\d+:\d+: error: /)]);
  });
});

describe("“Ensure that all required fields for the pipeline are included in the inputJson object”", () => {
  /** The page's example without one of its keys. */
  const without = (key: string) =>
    Object.fromEntries(Object.entries(JSON.parse(EXAMPLE_JSON) as object).filter(([name]) => name !== key));

  it.each(["txts", "ttt", "group"].flatMap((key) => ["text", "values"].map((form) => [key, form])))(
    "“If any critical input is missing or incorrect, the pipeline will not run successfully”: %s missing in %s is an error of the plan",
    async (key = "", form = "") => {
      const world = await lab({ seed });
      const json = JSON.stringify(without(key));
      const folder = tree(custom(form === "text" ? text(json) : `values: ${json}`));
      const { code, stderr } = await world.icaform([form === "text" ? "plan" : "apply", folder]);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        new RegExp(`t\\.yaml:\\d+:\\d+: error: pipeline main requires ${key}, which is not given`),
      );
      expect(world.writes()).toEqual([]);
    },
  );

  it("all that is missing is said at once; what is optional may be left out", async () => {
    const world = await lab({ seed });
    const { stderr } = await world.icaform(["plan", tree(custom("values: { maxagesum: 3 }"))]);
    expect(stderr).toContain("requires txts, ttt, group, which are not given");
    await world.applied(tree(custom("values: { txts: [a], ttt: [b], group: [] }")));
  });

  it.each([
    ["a list", "- txts"],
    ["a word", "txts"],
    ["broken JSON", '{"txts": ['],
    ["empty", ""],
  ])(
    "“A JSON/YAML object containing all the input data”, “The custom input consists of a simple Map structure”: %s is none, said at its line",
    async (_name, given) => {
      const world = await lab({ seed });
      const { code, stderr } = await world.icaform(["plan", tree(custom(text(given)))]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/t\.yaml:\d+:\d+: error: .*custom/);
      expect(world.creates()).toEqual([]);
    },
  );

  it("CWL's JSON input is checked in the same way", async () => {
    const world = await lab({ seed });
    const input = (values: object) =>
      run("r", `pipeline: main-cwl, input: { json: { values: ${JSON.stringify(values)} } }`);
    const { code, stderr } = await world.icaform(["plan", tree(input(without("txts")))]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/t\.yaml:\d+:\d+: error: pipeline main-cwl requires txts/),
    ]);
    await world.applied(tree(input(JSON.parse(EXAMPLE_JSON) as object)));
    expect(sentBy(world).path).toMatch(/analysis:cwlWithJsonInput$/);
  });

  it.each([403, 404])("where ICA does not tell what a pipeline takes (%i), it is not guessed", async (status) => {
    const world = await lab({ seed, faults: [{ match: { path: "Parameters$" }, fault: "status-before", status }] });
    expect((await world.plan(tree(custom("values: { any: 1 }")))).summary.create).toBe(1);
  });
});

describe("“The structure and content of the input depend on the specific pipeline”", () => {
  it("“The structure and names of the fields in inputJson will vary depending on the pipeline”, “key and value pairs used in your main.nf”: keys that the form does not have are the pipeline's business", async () => {
    const world = await lab({ seed });
    await world.applied(
      tree(custom(`values: ${JSON.stringify({ ...EXAMPLE_VALUES, notallowedrole: null, own: { deep: [1] } })}`)),
    );
    expect(pick(sentBy(world).body, "analysisInput.customInput")).toContain('"own":{"deep":[1]}');
  });
});

describe("“#### Request Body”", () => {
  it("“The request body must contain the input that will be passed to the pipeline”, and may have all parts that the page shows", async () => {
    const world = await lab({ seed });
    const input = [
      text(EXAMPLE_JSON),
      "files: [/in/a.fastq.gz]",
      "mounts: [{ file: /in/c.bed, path: regions/c.bed }]",
      `external: [{ url: "s3://b/x.gz", mountPath: in/x.gz, credential: lab-s3 }, { url: "https://bs.example/S1", type: basespace, mountPath: null, basespace: { workgroupId: "1", extensions: gz, pathPrefix: p } }]`,
    ].join(", ");
    const spec = [
      `pipeline: main, input: { custom: { ${input} } }, storage: Large, outputFolder: ${IDS.results}`,
      "tags: { technical: [t], user: [u], reference: [g] }",
      "outputs: [{ source: out/report.html, target: /r.html, type: FILE, actionOnExist: Skip }]",
    ].join(", ");
    await world.applied(tree(credential("lab-s3") + run("r", spec)), [], SECRETS);
    const { body } = sentBy(world);
    expect(body).toMatchObject({
      userReference: "r",
      pipelineId: IDS.nfForm,
      tags: { technicalTags: expect.arrayContaining(["t"]), userTags: ["u"], referenceTags: ["g"] },
      analysisStorageId: IDS.large,
      outputParentFolderId: IDS.results,
      analysisOutput: [
        {
          sourcePath: "out/report.html",
          type: "FILE",
          targetProjectId: IDS.prod,
          targetPath: "/r.html",
          actionOnExist: "SKIP",
        },
      ],
      analysisInput: {
        customInput: EXAMPLE_JSON,
        dataIds: [IDS.a],
        mounts: [{ dataId: IDS.c, mountPath: "regions/c.bed" }],
        externalData: [
          {
            url: "s3://b/x.gz",
            type: "s3",
            mountPath: "in/x.gz",
            s3Details: { storageCredentialsId: world.sim.credentials()[0]?.id },
          },
          { type: "basespace", basespaceDetails: { workgroupId: "1", extensions: "gz", pathPrefix: "p" } },
        ],
      },
    });
  });

  it("“**projectId** (required): The unique identifier of the project where the pipeline is located”, “This  parameter must be provided in the URL”; “**customInput** (required)”: without them the simulator refuses", async () => {
    const { ask, project } = await ica({ seed });
    const body = (analysisInput: object) => ({ userReference: "r", pipelineId: IDS.nfForm, tags: {}, analysisInput });
    const post = (path: string, analysisInput: object) =>
      ask("POST", `${path}/analysis:nextflowWithCustomInput`, { body: body(analysisInput), type: V4 });
    const elsewhere = project().replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    expect((await post(elsewhere, { customInput: EXAMPLE_JSON })).status).toBe(404);
    expect((await post(project(), {})).status).toBe(400);
    expect((await post(project(), { customInput: EXAMPLE_VALUES })).status).toBe(400);
    expect((await post(project(), { customInput: EXAMPLE_JSON })).status).toBe(201);
  });
});
