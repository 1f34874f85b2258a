import { type Ask, type Asker, askerOf, JSON_TYPE, pick, V3, V4 } from "./ask.ts";
import { batches, samples } from "./direct-batches.ts";
import { refusals } from "./direct-refusals.ts";
import { runs } from "./direct-runs.ts";
import type { Stage } from "./stage.ts";

/** Every endpoint of the simulator without the command: media types, filters and paging modes that it does not use. */
export async function directRequests(stage: Stage): Promise<void> {
  const asker = askerOf(stage);
  await places(asker, stage);
  await credentials(asker);
  await data(asker);
  await runs(asker, stage);
  await batches(asker, stage);
  await samples(asker);
  await refusals(asker, stage);
  if (asker.mistakes.length > 0) throw new Error(asker.mistakes.join("\n"));
}

/** Projects, pipelines, storages, tokens. */
async function places({ ask, get, pages, project, pipelineId }: Asker, { simulator }: Stage): Promise<void> {
  const token = String(pick((await ask("POST", "/api/tokens")).body, "token"));
  const bearer = { authorization: `Bearer ${token}` };
  await ask("POST", "/api/tokens?tenant=simulated-tenant");
  await ask("POST", "/api/tokens:refresh", { headers: bearer, status: 400 });
  for (const lastPageToken of ["empty", "absent", "null"] as const) {
    simulator.control.set({ lastPageToken });
    await pages("GET", "/api/projects", { sort: "name" });
  }
  await pages("GET", "/api/projects?search=cohort&includeHiddenProjects=false&userTags=a&userTags=b", {
    headers: bearer,
  });
  await get([project(), "/api/analysisStorages", "/api/pipelines", `${project()}/pipelines`], V3);
  await get([`${project()}/analysisStorages`], V4);
  for (const code of ["nf-form", "cwl-json-form"]) {
    for (const base of ["/api", project()]) {
      const pipeline = `${base}/pipelines/${pipelineId(code)}`;
      await get([pipeline], V3, V4);
      await get(
        ["inputParameters", "configurationParameters", "referenceSets"].map((part) => `${pipeline}/${part}`),
        V3,
      );
    }
  }
}

async function credentials({ ask, get, act, id, projectId, pipelineId, dataId }: Asker): Promise<void> {
  const awsCredentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const body = { name: "direct", type: "AWS_USER", awsCredentials };
  const one = await id("/api/storageCredentials", { body });
  await ask("POST", "/api/storageCredentials", { body, status: 409 });
  await id("/api/storageCredentials", { body: { ...body, name: "plain" }, type: JSON_TYPE, accept: V3 });
  await act(`/api/storageCredentials/${one}:share`);
  await act(`/api/storageCredentials/${one}:updateSecrets`, { body: { awsCredentials } });
  await get(["/api/storageCredentials", `/api/storageCredentials/${one}`], V3);

  const inputs = [{ parameterCode: "reads", dataIds: [dataId("/fastq/S1_R1.fastq.gz")] }];
  const parameters = [{ code: "sample_id", value: "S1" }];
  const search = (code: string, analysisInput: unknown): Ask => ({
    body: { projectId: projectId(), pipelineId: pipelineId(code), analysisInput },
  });
  for (const kind of ["Best", "All"]) {
    const nextflow = search("nf-form", { inputs, parameters });
    await ask("POST", `/api/activationCodes:find${kind}MatchingForNextflow`, nextflow);
    const cwl = search("cwl-form", { objectType: "STRUCTURED", inputs });
    await ask("POST", `/api/activationCodes:find${kind}MatchingForCwl`, { ...cwl, type: JSON_TYPE, accept: V3 });
    const json = search("cwl-form", { objectType: "JSON", inputJson: "{}" });
    await ask("POST", `/api/activationCodes:find${kind}MatchingForCwl`, json);
  }
}

const DAWN = "2020-01-01T00:00:00Z";

/** Each filter of the data list at least once. */
const DATA_FILTERS = [
  "filename=S1&filenameMatchMode=FUZZY&type=FILE&status=AVAILABLE&status=PARTIAL",
  "filePath=/fastq/&filePathMatchMode=STARTS_WITH_CASE_INSENSITIVE&notInRun=true&notLinkedToSample=true",
  "filePath=/fastq/S1_R1.fastq.gz&filePath=/no&filePathMatchMode=FULL_CASE_INSENSITIVE",
  `parentFolderPath=/fastq/&creationDateAfter=${DAWN}&statusDateAfter=${DAWN}&formatCode=FASTQ&fullText=s1`,
  "nonIndexedFolders=false&userTag=a&userTagMatchMode=EXCLUDE&technicalTag=b&technicalTagMatchMode=EXACT",
  "runInputTag=a&runOutputTag=b&connectorTag=c&instrumentRunId=d",
];

async function data({ ask, get, pages, project, projectId, dataId }: Asker): Promise<void> {
  const base = `${project()}/data`;
  const folder = dataId("/fastq/");
  const file = dataId("/fastq/S1_R1.fastq.gz");
  await pages("GET", base, { sort: "path" });
  await get(
    DATA_FILTERS.map((filters) => `${base}?${filters}`),
    V3,
  );
  await get([`${base}?id=${file}&id=${folder}&owningProjectId=${projectId()}`, `${base}?parentFolderId=${folder}`], V3);
  await ask("POST", `${base}/${file}:createDownloadUrl`);
  await ask("POST", `${base}/${folder}:createDownloadUrl`, { status: 400 });
  const { body, etag } = await ask("GET", `${base}/${folder}`);
  if (etag === "") throw new Error("getProjectData has no ETag");
  await get([`${base}/${file}`, `/api/data/${encodeURIComponent(String(pick(body, "data.urn")))}`], V3);
  await ask("GET", `${base}/${folder}/children`);
  await pages("GET", `${base}/${folder}/children`, { type: V4 });

  const keyed = { "idempotency-key": "direct-folder" };
  const there = { name: "made", folderPath: "/direct/" };
  await ask("POST", `${base}:createFolder`, { body: there, headers: keyed, status: 201 });
  await ask("POST", `${base}:createFolder`, { body: there, headers: keyed, status: 201 });
  await ask("POST", `${base}:createFolder`, { body: { ...there, name: "other" }, headers: keyed, status: 422 });
  await ask("POST", `${base}:createFolder`, { body: there, status: 409 });
  const inside = { name: "made.txt", folderId: folder, formatCode: "TXT" };
  await ask("POST", `${base}:createFile`, { body: inside, type: JSON_TYPE, accept: V3, status: 201 });
}
