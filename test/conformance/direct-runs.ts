import { type Asker, JSON_TYPE, type Json, pick, V3, V4 } from "./ask.ts";
import type { Stage } from "./stage.ts";

/** Creates in every media type, and all that is told about a run while it goes on and after. */
export async function runs(asker: Asker, { advance }: Stage): Promise<void> {
  const ids = await creates(asker);
  await asker.act(`${asker.project()}/analyses/${ids.at(-1)}:abort`);
  for (const seconds of [0, 30, 600, 24 * 3600]) {
    advance(seconds);
    await lists(asker);
    for (const id of ids) await parts(asker, id, seconds);
  }
  await asker.act(`${asker.project()}/analyses/${ids[0]}:abort`, { status: 409 });
  await tags(asker, ids[0] ?? "");
}

const FORM = {
  parameters: [
    { code: "sample_id", value: "S1" },
    { code: "callers", multiValue: ["snv"] },
  ],
};

async function creates({ id, ask, project, projectId, pipelineId, dataId }: Asker): Promise<string[]> {
  const reads = dataId("/fastq/S1_R1.fastq.gz");
  const inputs = [{ parameterCode: "reads", dataIds: [reads], mounts: null, externalData: null }];
  const fields = [
    { id: "sample", values: ["S1"] },
    { id: "reads", dataValues: [{ dataId: reads, mountPath: "in/S1" }] },
  ];
  const target = { sourcePath: "out/", targetProjectId: projectId("archive"), targetPath: "/direct/" };
  const form = { analysisInput: { inputs, ...FORM }, analysisOutput: [{ ...target, actionOnExist: "RENAME" }] };
  const cases: [string, string, Json, [type: string, accept: string][]][] = [
    [
      "nextflow",
      "nf-form",
      form,
      [
        [V3, V3],
        [V4, V4],
      ],
    ],
    ["nextflowJson", "nf-json-form", { inputFormValues: { fields } }, [[V4, V4]]],
    ["nextflowWithCustomInput", "nf-fails", { analysisInput: { customInput: "a: 1" } }, [[V4, V4]]],
    [
      "cwl",
      "cwl-form",
      { analysisInput: { objectType: "STRUCTURED", inputs } },
      [
        [V3, V3],
        [V4, V4],
        [JSON_TYPE, V3],
        [JSON_TYPE, V4],
      ],
    ],
    ["cwlWithStructuredInput", "cwl-form", { analysisInput: { inputs } }, [[V4, V4]]],
    ["cwlWithJsonInput", "cwl-form", { analysisInput: { inputJson: "{}" } }, [[V4, V4]]],
    ["cwlJson", "cwl-json-form", { inputFormValues: { fields, groups: [] } }, [[V4, V4]]],
  ];
  const ids: string[] = [];
  for (const [kind, code, input, types] of cases) {
    const path = `${project()}/analysis:${kind}`;
    const body = {
      userReference: `direct/${kind}`,
      tags: { userTags: ["direct", null] },
      ...input,
      pipelineId: pipelineId(code),
    };
    for (const [type, accept] of types) {
      const headers = { "idempotency-key": `direct-${ids.length}` };
      const first = await id(path, { body, type, accept, headers });
      if ((await id(path, { body, type, accept, headers })) !== first) throw new Error(`${kind}: two runs for one key`);
      await ask("POST", path, { body: { ...body, userReference: "other" }, type, accept, headers, status: 422 });
      ids.push(first);
    }
  }
  return ids;
}

async function lists({ ask, get, pages, project }: Asker): Promise<void> {
  const filters = "userreference=direct&usertag=direct&technicaltag=a&referencetag=b&reference=c&status=SUCCEEDED";
  await pages("GET", `${project()}/analyses`, { sort: "reference" });
  await get([`${project()}/analyses?${filters}`, `${project()}/analyses?status=INPROGRESS`], V3);
  await pages("POST", `${project()}/analysis:search`, { sort: "endDate" });
  const status = ["SUCCEEDED", "FAILED", "IN_PROGRESS"];
  await pages("POST", `${project()}/analysis:search`, { body: { userTags: ["direct"], status }, sort: "status" });
  await ask("POST", `${project()}/analysis:search`, { body: { technicalTags: null }, type: JSON_TYPE, accept: V3 });
}

const PARTS = ["inputs", "outputs", "configurations", "steps", "reports", "logs", "rawOutput"];

async function parts({ ask, get, project }: Asker, id: string, seconds: number): Promise<void> {
  const run = `${project()}/analyses/${id}`;
  await get([run], V3, V4);
  await get(
    PARTS.map((part) => `${run}/${part}`),
    V3,
  );
  const { body } = await ask("GET", run, { type: V4 });
  const isCwl = pick(body, "pipeline.language") === "CWL";
  const isForm = pick(body, "pipeline.inputFormType") === "JSON";
  const isJson = isCwl && pick(body, "userReference") === "direct/cwlWithJsonInput";
  const isPriced = seconds > 3600 && ["SUCCEEDED", "FAILED"].includes(String(pick(body, "status")));
  await ask("GET", `${run}/inputFormValues`, { type: V4, status: isForm ? 200 : 400 });
  await ask("GET", `${run}/cwl/inputJson`, { status: isJson ? 200 : 404 });
  await ask("GET", `${run}/cwl/outputJson`, { status: isCwl ? 200 : 404 });
  await ask("GET", `${run}/usage`, { status: isPriced ? 200 : 404 });
}

/** Tags are changed by sending all of the analysis back, in the version that it was read in. */
async function tags({ ask, project }: Asker, id: string): Promise<void> {
  const path = `${project()}/analyses/${id}`;
  for (const [type, accept] of [
    [V3, V3],
    [V4, V4],
    [JSON_TYPE, V3],
  ] as const) {
    const { body, etag } = await ask("GET", path, { accept });
    const changed = { ...(body as Json), tags: { technicalTags: [], userTags: [type], referenceTags: [] } };
    await ask("PUT", path, { body: changed, type, accept, headers: { "if-match": etag } });
    await ask("PUT", path, { body: changed, type, accept, headers: { "if-match": etag }, status: 409 });
    await ask("PUT", path, { body: changed, type, accept });
  }
}
