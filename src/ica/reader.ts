/** Everything `plan` may do: no method here changes anything in ICA. */
import { ListingError } from "../core/errors.ts";
import type { Language, Reader } from "../core/ica.ts";
import { whereTold } from "../core/where-told.ts";
import { analysisOf, credentialOf, outputOf, pipelineOf, projectOf, storageOf } from "./answers.ts";
import { dataItemOf, dataQuery, matchesNothing, sampleDataItemOf } from "./data.ts";
import { Fields, fieldsOf } from "./fields.ts";
import { jsonOf, V3, V4 } from "./media-type.ts";
import { cursorPages } from "./paging.ts";
import { activationCodeOf, dataParameterOf, settingOf } from "./pipeline-parameters.ts";
import { projectPath, reading, searching, segment } from "./requests.ts";
import { ALL_SAMPLES, batchItemOf, batchOf, batchOfJob, projectSampleOf } from "./samples.ts";
import { configurationOf, formFieldOf, inputOf, priceOf } from "./started-with.ts";
import { stepOf } from "./step.ts";
import type { IcaRequest, Transport } from "./types.ts";

/**
 * Media types are the OpenAPI's: v3, but v4 for an analysis and for a project's storages; `analysis:search` speaks v3
 * and returns v4 items (ica-facts).
 */
export function reader(transport: Transport, pageSize: number): Reader {
  const size = { current: pageSize };

  async function one<T>(request: IcaRequest, shape: (fields: Fields) => T): Promise<T> {
    return shape(fieldsOf(request, await transport(request)));
  }

  function all<T>(request: IcaRequest, shape: (fields: Fields) => T): Promise<T[]> {
    return one(request, (fields) => fields.objects("items").map(shape));
  }

  async function* paged<T>(request: IcaRequest, shape: (fields: Fields) => T): AsyncGenerator<T> {
    for await (const row of cursorPages(transport, request, size)) {
      yield shape(new Fields(row, request, undefined, "items[]"));
    }
  }

  return {
    projects: (name) => paged(reading("/api/projects", V3, name === undefined ? [] : [["search", name]]), projectOf),
    project: async (id) => one(reading(projectPath(id), V3), projectOf),
    pipelines: async (projectId) => all(reading(projectPath(projectId, "pipelines"), V3), pipelineOf),
    storages: async (projectId) => all(reading(projectPath(projectId, "analysisStorages"), V4), storageOf),
    credentials: async () => all(reading("/api/storageCredentials", V3), credentialOf),
    credential: async (id) => one(reading(`/api/storageCredentials/${segment(id)}`, V3), credentialOf),

    analyses(projectId, technicalTag) {
      return paged(searching(projectPath(projectId, "analysis:search"), { technicalTags: [technicalTag] }), analysisOf);
    },

    async analysis(projectId, analysisId) {
      const request = reading(projectPath(projectId, "analyses", segment(analysisId)), V4);
      const response = await transport(request);
      const body = jsonOf(request, response);
      const { etag } = response.headers;
      return {
        analysis: analysisOf(new Fields(body, request, response.status)),
        ...(etag === undefined ? {} : { etag }),
        body,
      };
    },

    async *data(projectId, filter) {
      if (!matchesNothing(filter)) {
        yield* paged(reading(projectPath(projectId, "data"), V3, dataQuery(filter)), dataItemOf);
      }
    },

    async countData(projectId, filter) {
      if (matchesNothing(filter)) {
        return 0;
      }
      const paging: [string, string][] = [
        ["pageOffset", "0"],
        ["pageSize", "1"],
      ];
      const request = reading(projectPath(projectId, "data"), V3, [...dataQuery(filter), ...paging]);
      const count = fieldsOf(request, await transport(request)).optionalNumber("totalItemCount");
      if (count === undefined) {
        throw new ListingError(request, "the answer's totalItemCount is missing");
      }
      return count;
    },

    outputs: async (projectId, analysisId) =>
      all(reading(projectPath(projectId, "analyses", segment(analysisId), "outputs"), V3), outputOf),
    async pipelineParameters(projectId, pipelineId) {
      const path = (name: string) => projectPath(projectId, "pipelines", segment(pipelineId), name);
      return whereTold(
        Promise.all([
          all(reading(path("inputParameters"), V3), dataParameterOf),
          all(reading(path("configurationParameters"), V3), settingOf),
        ]).then((both) => both.flat()),
      );
    },

    bestActivationCode: async (language, request) =>
      whereTold(
        one(searching(`/api/activationCodes:findBestMatchingFor${verbOf(language)}`, request), activationCodeOf),
      ),

    steps: async (projectId, analysisId) =>
      all(reading(projectPath(projectId, "analyses", segment(analysisId), "steps"), V3), stepOf),
    downloadUrl: async (projectId, dataId) => {
      const path = projectPath(projectId, "data", `${segment(dataId)}:createDownloadUrl`);
      return one({ method: "POST", path, accept: V3, safe: true, auth: "token" }, (fields) => fields.text("url"));
    },
    configurations: async (projectId, analysisId) =>
      all(reading(projectPath(projectId, "analyses", segment(analysisId), "configurations"), V3), configurationOf),
    inputs: async (projectId, analysisId) =>
      all(reading(projectPath(projectId, "analyses", segment(analysisId), "inputs"), V3), inputOf),
    inputFormValues: async (projectId, analysisId) =>
      all(reading(projectPath(projectId, "analyses", segment(analysisId), "inputFormValues"), V4), formFieldOf),
    inputJson: async (projectId, analysisId) =>
      whereTold(
        one(reading(projectPath(projectId, "analyses", segment(analysisId), "cwl/inputJson"), V3), (fields) =>
          fields.text("inputJson"),
        ),
      ),

    projectAnalyses(projectId, statuses) {
      const filter = statuses.length === 0 ? {} : { status: statuses };
      return paged(searching(projectPath(projectId, "analysis:search"), filter), analysisOf);
    },

    async newestSucceeded(projectId, most) {
      // Sorting goes with offset paging (ica-facts): one page of it, of which nothing is said to be the whole.
      const request = searching(projectPath(projectId, "analysis:search"), { status: ["SUCCEEDED"] });
      const query: [string, string][] = [
        ["sort", "endDate desc"],
        ["pageOffset", "0"],
        ["pageSize", String(Math.min(most, size.current))],
      ];
      return all({ ...request, query }, analysisOf);
    },

    // 404: "the system is busy processing the information" (OpenAPI).
    price: async (projectId, analysisId) =>
      whereTold(one(reading(projectPath(projectId, "analyses", segment(analysisId), "usage"), V3), priceOf)),

    samples(projectId, technicalTag) {
      const tag = technicalTag === undefined ? {} : { techTags: [technicalTag], techTagMatchMode: "EXACT" };
      return paged(searching(projectPath(projectId, "samples:search"), { ...ALL_SAMPLES, ...tag }), projectSampleOf);
    },
    async sample(projectId, sampleId) {
      const request = reading(projectPath(projectId, "samples", segment(sampleId)), V3);
      const response = await transport(request);
      const body = jsonOf(request, response);
      const { etag } = response.headers;
      const sample = projectSampleOf(new Fields(body, request, response.status));
      return { sample, ...(etag === undefined ? {} : { etag }), body };
    },
    sampleData: (projectId, sampleId) =>
      paged(reading(projectPath(projectId, "samples", segment(sampleId), "data"), V3), sampleDataItemOf),
    async sampleBatch(projectId, batchId) {
      const request = reading(projectPath(projectId, "sampleCreationBatch", segment(batchId)), V3);
      const response = await transport(request);
      return batchOf(fieldsOf(request, response), response);
    },
    // Newest first takes sorting, which goes with offset paging: what is added meanwhile repeats rows, and hides none.
    async *sampleBatches(projectId) {
      for (let offset = 0; ; ) {
        const request = reading("/api/jobs", V3, [
          ["sort", "timeCreated desc"],
          ["pageOffset", String(offset)],
          ["pageSize", String(size.current)],
        ]);
        const response = await transport(request);
        const page = fieldsOf(request, response);
        const jobs = page.objects("items");
        for (const job of jobs) {
          const batch = batchOfJob(job, response, projectId);
          if (batch !== undefined) yield batch;
        }
        offset += jobs.length;
        const total = page.optionalNumber("totalItemCount") ?? Number.POSITIVE_INFINITY;
        if (jobs.length === 0 || offset >= total) return;
      }
    },
    sampleBatchItems: (projectId, batchId) =>
      paged(reading(projectPath(projectId, "sampleCreationBatch", segment(batchId), "items"), V3), batchItemOf),
  };
}

/** How ICA's paths spell a language. */
function verbOf(language: Language): "Nextflow" | "Cwl" {
  return language === "CWL" ? "Cwl" : "Nextflow";
}
