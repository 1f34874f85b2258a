/** Samples and the batches that create them: ICA's records → the shapes of `core/ica.ts`. */
import type { Sample, SampleBatch, SampleBatchItem } from "../core/ica.ts";
import type { Fields } from "./fields.ts";
import type { IcaResponse } from "./types.ts";

/** `FindProjectSamples` without any condition; these four lists are required (OpenAPI). */
export const ALL_SAMPLES = { conditions: [], dateConditions: [], numberConditions: [], booleanConditions: [] };

/** Of a project's samples, whose items wrap the sample. */
export function projectSampleOf(fields: Fields): Sample {
  const sample = fields.object("sample");
  const tags = sample.object("tags");
  const listed = (name: string) => (tags.isAbsent(name) ? [] : tags.texts(name));
  return {
    id: sample.text("id"),
    name: sample.text("name"),
    status: sample.text("status"),
    timeCreated: sample.text("timeCreated"),
    timeModified: sample.text("timeModified"),
    tags: {
      // Whose a sample is, is known by its technical tags: an answer without them must never look like nobody's.
      technicalTags: tags.texts("technicalTags"),
      userTags: listed("userTags"),
      connectorTags: listed("connectorTags"),
      runInTags: listed("runInTags"),
    },
  };
}

/** A batch with its job. */
export function batchOf(fields: Fields, response: IcaResponse): SampleBatch {
  return batchWith(fields.text("id"), fields.optionalObject("job"), response);
}

/** The batch that a job of the listing carries out; undefined when it carries out something else, or elsewhere. */
export function batchOfJob(job: Fields, response: IcaResponse, projectId: string): SampleBatch | undefined {
  if (job.text("subjectType") !== "SampleCreationBatch") return undefined;
  if (job.optionalObject("project")?.text("id") !== projectId) return undefined;
  return batchWith(job.text("subjectId"), job, response);
}

/** Both times are the server's own: the answer's `Date`, and when the batch's job was made. */
function batchWith(id: string, job: Fields | undefined, response: IcaResponse): SampleBatch {
  const status = job?.optionalText("status");
  const ageMs = Date.parse(response.headers.date ?? "") - Date.parse(job?.optionalText("timeCreated") ?? "");
  return { id, ...(status === undefined ? {} : { status }), ageMs: Number.isNaN(ageMs) ? 0 : ageMs };
}

export function batchItemOf(fields: Fields): SampleBatchItem {
  const processing = fields.object("processing");
  const message = processing.optionalText("additionalStatusInformation");
  const asked = fields.object("request").object("sampleToCreate");
  const tags = asked.optionalObject("tags");
  const technicalTags = tags === undefined || tags.isAbsent("technicalTags") ? [] : tags.optionalTexts("technicalTags");
  const sampleId = fields.optionalObject("createdSample")?.text("id");
  return {
    name: asked.text("name"),
    technicalTags: technicalTags.filter((tag) => tag !== null),
    status: processing.text("status"),
    ...(message === undefined ? {} : { message }),
    ...(sampleId === undefined ? {} : { sampleId }),
  };
}
