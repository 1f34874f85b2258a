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

/** Both times are the server's own: the answer's `Date`, and when the batch's job was made. */
export function batchOf(fields: Fields, response: IcaResponse): SampleBatch {
  const job = fields.optionalObject("job");
  const status = job?.optionalText("status");
  const ageMs = Date.parse(response.headers.date ?? "") - Date.parse(job?.optionalText("timeCreated") ?? "");
  return {
    id: fields.text("id"),
    ...(status === undefined ? {} : { status }),
    ageMs: Number.isNaN(ageMs) ? 0 : ageMs,
  };
}

export function batchItemOf(fields: Fields): SampleBatchItem {
  const processing = fields.object("processing");
  const message = processing.optionalText("additionalStatusInformation");
  return {
    name: fields.object("request").object("sampleToCreate").text("name"),
    status: processing.text("status"),
    ...(message === undefined ? {} : { message }),
  };
}
