/**
 * What a careful user writes in an afternoon: global fetch, one POST for each run, eight at once, up to ten tries with a
 * fixed wait. `node script.ts URL KEY COUNT` (through tsx). It keeps no record of what it has started.
 */
const [url = "", apiKey = "", count = "0"] = process.argv.slice(2);
const WAIT_MS = 2_000;
const TRIES = 10;
const AT_ONCE = 8;

const JSON_V3 = "application/vnd.illumina.v3+json";
const JSON_V4 = "application/vnd.illumina.v4+json";

async function call(method: string, path: string, headers: Record<string, string>, body?: string): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    if (response.ok) return response.json();
    const text = await response.text();
    if (attempt >= TRIES || ![429, 502, 503, 504].includes(response.status)) {
      throw new Error(`${method} ${path}: ${response.status} ${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

interface Listed {
  items: Record<string, unknown>[];
}

async function main(): Promise<void> {
  const token = (await call("POST", "/api/tokens", { "x-api-key": apiKey, accept: JSON_V3 })) as { token: string };
  const auth = { authorization: `Bearer ${token.token}` };
  const projects = (await call("GET", "/api/projects", { ...auth, accept: JSON_V3 })) as Listed;
  const project = projects.items.find(({ name }) => name === "prod");
  const pipelines = (await call("GET", `/api/projects/${String(project?.id)}/pipelines`, {
    ...auth,
    accept: JSON_V3,
  })) as { items: { pipeline: { id: string; code: string } }[] };
  const pipeline = pipelines.items.find((item) => item.pipeline.code === "nf")?.pipeline.id;
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < Number(count); index = next++) {
      const body = {
        userReference: `r-${index}`,
        pipelineId: pipeline,
        tags: { technicalTags: [], userTags: [], referenceTags: [] },
        analysisInput: { inputs: [], parameters: [], referenceDataParameters: [] },
      };
      const headers = { ...auth, accept: JSON_V4, "content-type": JSON_V4 };
      await call("POST", `/api/projects/${String(project?.id)}/analysis:nextflow`, headers, JSON.stringify(body));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

await main();
