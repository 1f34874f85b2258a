import { type Asker, JSON_TYPE, type Json, pick, V3, V4 } from "./ask.ts";
import type { Stage } from "./stage.ts";

/** Batches of analyses and samples, their items in both paging modes, and their jobs. */
export async function batches(asker: Asker, { advance }: Stage): Promise<void> {
  const { pipelineId, dataId } = asker;
  const reads = { parameterCode: "reads", dataIds: [dataId("/fastq/S1_R1.fastq.gz")] };
  const good = { inputs: [reads], parameters: [{ code: "sample_id", value: "S1" }] };
  const nextflow = (analysisInput: Json) => ({
    userReference: "batch",
    pipelineId: pipelineId("nf-form"),
    analysisInput,
  });
  const cwl = {
    userReference: "batch/cwl",
    pipelineId: pipelineId("cwl-form"),
    analysisInput: { objectType: "JSON", inputJson: "{}" },
  };
  const form = { fields: [{ id: "sample", values: ["S1"] }] };
  const json = { userReference: "batch/json", pipelineId: pipelineId("nf-json-form"), inputFormValues: form };
  const analyses = {
    cwlItems: [cwl],
    nextflowItems: [nextflow(good), nextflow({ inputs: [] })],
    nextflowJsonItems: [json],
  };
  await batch(asker, advance, "analysisCreationBatch", analyses, [V3, V4]);

  const item = (name: string, more: Json = {}): Json => ({
    sampleToCreate: { name, tags: null },
    completeSample: false,
    ...more,
  });
  const linked = item("linked", { dataToLink: [{ dataId: dataId("/reference/") }], completeSample: true });
  await batch(asker, advance, "sampleCreationBatch", { items: [item("one"), item("one"), linked] }, [V3]);
}

async function batch(
  { ask, get, pages, project }: Asker,
  advance: Stage["advance"],
  name: string,
  body: Json,
  types: string[],
): Promise<void> {
  const base = `${project()}/${name}`;
  const headers = { "idempotency-key": `direct-${name}` };
  const { body: created } = await ask("POST", base, { body, headers, status: 201 });
  await ask("POST", base, { body, headers, status: 201 });
  const one = `${base}/${pick(created, "id")}`;
  for (const seconds of [0, 1]) {
    await get([one, `/api/jobs/${pick(created, "job.id")}`, `${one}/items?status=FAILED&status=RUNNING`], V3);
    for (const type of types) {
      await pages("GET", `${one}/items`, { type });
      const { body: listed } = await ask("GET", `${one}/items`, { type });
      const items = pick(listed, "items") as { id: string }[];
      await get(
        items.map(({ id }) => `${one}/items/${id}`),
        type,
      );
    }
    advance(seconds);
  }
}

const SEARCH = { conditions: [], dateConditions: [], numberConditions: [], booleanConditions: [] };

/** Samples: create, find, read, change, complete, link and unlink data. */
export async function samples({ ask, pages, act, project, dataId }: Asker): Promise<void> {
  const base = `${project()}/samples`;
  const tags = { userTags: ["direct"], technicalTags: null };
  const { body: made } = await ask("POST", base, {
    body: { name: "direct", description: "by hand", tags },
    status: 201,
  });
  await ask("POST", base, { body: { name: "plain" }, type: JSON_TYPE, accept: V3, status: 201 });
  await ask("POST", base, { body: { name: "direct" }, status: 409 });
  const one = `${base}/${pick(made, "sample.id")}`;
  await pages("POST", `${base}:search`, { body: SEARCH, sort: "name" });
  const conditions = [{ field: "name", matchMode: "FUZZY", values: ["dir"] }];
  await ask("POST", `${base}:search`, {
    body: { ...SEARCH, conditions, userTags: ["direct"], userTagMatchMode: "EXACT" },
  });
  await pages("GET", `/api/samples?region=${pick(made, "sample.region.id")}`, { sort: "name" });
  await ask("GET", "/api/samples", { status: 400, breaks: "query" });
  const file = dataId("/fastq/S1_R1.fastq.gz");
  await act(`${one}/data/${file}`);
  await pages("GET", `${one}/data`, { sort: "path" });
  await act(`${one}/data/${file}:unlink`);
  const { body, etag } = await ask("GET", one);
  await ask("PUT", one, { body, headers: { "if-match": etag } });
  await ask("PUT", one, { body, headers: { "if-match": etag }, status: 409 });
  await act(`${one}:complete`);
}
