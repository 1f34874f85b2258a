import { type Asker, V3, V4 } from "./ask.ts";
import type { Stage } from "./stage.ts";

const NOWHERE = "00000000-0000-4000-8000-000000000000";

/** Refusals of every kind: what is refused must be told as the description says. */
export async function refusals(asker: Asker, { simulator }: Stage): Promise<void> {
  const { ask, act, project } = asker;
  await ask("GET", "/api/projects", { headers: { "x-api-key": "wrong" }, status: 401 });
  await ask("POST", "/api/tokens", { headers: { "x-api-key": "wrong" }, status: 401 });
  await ask("GET", "/api/projects", { headers: { "x-api-key": "" }, status: 401, breaks: "security" });

  const missing = ["/api/jobs", "/api/pipelines", "/api/storageCredentials", "/api/projects", `${project()}/samples`];
  for (const path of missing) await ask("GET", `${path}/${NOWHERE}`, { status: 404 });
  const parts = ["analyses", "data", "pipelines", "analysisCreationBatch", "sampleCreationBatch"];
  for (const part of parts) await ask("GET", `${project()}/${part}/${NOWHERE}`, { status: 404 });
  await act(`${project()}/analyses/${NOWHERE}:abort`, { status: 404 });
  await ask("GET", "/api/no/such/path", { status: 404, breaks: "path" });
  await ask("POST", `${project()}/analyses/${NOWHERE}:restart`, { status: 404, breaks: "path" });
  await ask("PUT", "/api/projects", { status: 405, breaks: "method" });

  await ask("GET", "/api/projects", { accept: "text/html", status: 400, breaks: "accept" });
  await ask("GET", `${project()}/analysisStorages`, { accept: V3, status: 400, breaks: "accept" });
  await ask("GET", "/api/projects?pageSize=0", { status: 400 });
  await ask("GET", "/api/projects?pageOffset=200000", { status: 400 });
  await ask("GET", "/api/projects?pageToken=no-such-token", { status: 400 });
  await ask("GET", "/api/projects?sort=colour", { status: 400 });
  await ask("GET", `${project()}/data?type=LINK`, { status: 400, breaks: "query" });
  await ask("GET", `${project()}/data?parentFolderPath=fastq`, { status: 400 });
  await badBodies(asker);
  await badChoices(asker, simulator.control);

  simulator.control.addFaults({ fault: "status-before", status: 503, match: { times: 1 } });
  await ask("GET", "/api/projects", { status: 503 });
  simulator.control.set({ rate: 0.001, burst: 1 });
  await ask("GET", "/api/projects");
  for (const retryAfter of ["none", "seconds", "date"] as const) {
    simulator.control.set({ retryAfter });
    await ask("GET", "/api/projects", { status: 429 });
  }
  simulator.control.set({ rate: Number.POSITIVE_INFINITY });
}

async function badBodies({ ask, project, pipelineId }: Asker): Promise<void> {
  const path = `${project()}/analysis:nextflow`;
  const analysisInput = { inputs: [] };
  const body = { userReference: "bad", pipelineId: pipelineId("nf-form"), analysisInput };
  const bad = (wrong: unknown, more = {}) => ask("POST", path, { body: wrong, type: V4, status: 400, ...more });
  await bad("{", { breaks: "body" });
  await bad({ ...body, userReference: "what?" }, { breaks: "body" });
  await bad({ ...body, userReference: undefined }, { breaks: "body" });
  await bad({ ...body, analysisInput: { inputs: null } }, { breaks: "body" });
  await bad({ ...body, analysisStorageId: "Large" }, { breaks: "body" });
  await bad({ ...body, analysisStorageId: NOWHERE });
  await bad(body);
  await bad({ ...body, pipelineId: NOWHERE });
  await bad({ ...body, pipelineId: pipelineId("cwl-form") });
  await bad(body, { headers: { "idempotency-key": "k".repeat(256) }, breaks: "header" });
  await ask("POST", path, { body, type: "text/plain", accept: V4, status: 415, breaks: "media-type" });
  await ask("POST", path, { body, type: V3, accept: V4, status: 400, breaks: "accept" });
  await ask("POST", "/api/storageCredentials", {
    body: { name: "no secrets", type: "AWS_USER" },
    status: 400,
    breaks: "body",
  });
}

/** What is refused, or not, as the switches say. */
async function badChoices({ ask, project, pipelineId }: Asker, control: Stage["simulator"]["control"]): Promise<void> {
  control.set({ maxPageSize: 5, maxTagLength: 8, duplicateCredentialNames: "second" });
  await ask("GET", `${project()}/data?pageSize=6`, { status: 400 });
  control.set({ pageSizePolicy: "clamp" });
  await ask("GET", `${project()}/data?pageSize=6`);
  const run = { userReference: "long", pipelineId: pipelineId("nf-custom"), analysisInput: { customInput: "a: 1" } };
  const body = { ...run, tags: { userTags: ["123456789"] } };
  await ask("POST", `${project()}/analysis:nextflowWithCustomInput`, { body, type: V4, status: 400 });
  const twice = { name: "direct", type: "AWS_USER", awsCredentials: { accessKeyId: "a", secretAccessKey: "b" } };
  await ask("POST", "/api/storageCredentials", { body: twice, status: 201 });
}
