/** ICA's records → the shapes of `core/ica.ts`. Unknown statuses and fields pass; what we use must be there. */
import type { Analysis, AnalysisOutput, Credential, OutputNode, Pipeline, Project, Storage } from "../core/ica.ts";
import type { Fields } from "./fields.ts";

export function analysisOf(fields: Fields): Analysis {
  const pipeline = fields.object("pipeline");
  const tags = fields.object("tags");
  const storage = fields.optionalObject("analysisStorage");
  const owner = fields.optionalObject("owner");
  return {
    id: fields.text("id"),
    reference: fields.text("reference"),
    userReference: fields.text("userReference"),
    status: fields.text("status"),
    timeCreated: fields.text("timeCreated"),
    timeModified: fields.text("timeModified"),
    ...optional("startDate", fields.optionalText("startDate")),
    ...optional("endDate", fields.optionalText("endDate")),
    ...optional("summary", fields.optionalText("summary")),
    ...optional("owner", owner && { id: owner.text("id") }),
    pipeline: { id: pipeline.text("id"), code: pipeline.text("code") },
    ...optional("analysisStorage", storage && storageOf(storage)),
    tags: {
      // A run is known by its technical tags: an answer without them must never look like a run without identity.
      technicalTags: tags.texts("technicalTags"),
      userTags: tags.isAbsent("userTags") ? [] : tags.texts("userTags"),
      referenceTags: tags.isAbsent("referenceTags") ? [] : tags.texts("referenceTags"),
    },
  };
}

export function projectOf(fields: Fields): Project {
  return { id: fields.text("id"), name: fields.text("name") };
}

/** Of a project's pipeline list, whose items wrap the pipeline. */
export function pipelineOf(fields: Fields): Pipeline {
  const pipeline = fields.object("pipeline");
  const language = pipeline.text("language");
  const form = pipeline.optionalText("inputFormType");
  const storage = pipeline.optionalObject("analysisStorage");
  return {
    id: pipeline.text("id"),
    code: pipeline.text("code"),
    ...optional("urn", pipeline.optionalText("urn")),
    language: language === "NEXTFLOW" || language === "CWL" ? language : "UNKNOWN",
    ...(form === "XML" || form === "JSON" ? { inputFormType: form } : {}),
    ...optional("analysisStorage", storage && storageOf(storage)),
  };
}

export function storageOf(fields: Fields): Storage {
  return {
    id: fields.text("id"),
    name: fields.text("name"),
    ...optional("description", fields.optionalText("description")),
  };
}

export function credentialOf(fields: Fields): Credential {
  return {
    id: fields.text("id"),
    name: fields.text("name"),
    timeCreated: fields.text("timeCreated"),
    timeModified: fields.text("timeModified"),
  };
}

export function outputOf(fields: Fields): AnalysisOutput {
  return {
    code: fields.text("code"),
    ...optional("projectId", fields.optionalText("projectId")),
    ...(fields.isAbsent("data") ? {} : { data: fields.objects("data").map(nodeOf) }),
  };
}

function nodeOf(fields: Fields): OutputNode {
  const dataType = fields.text("dataType");
  if (dataType !== "FILE" && dataType !== "FOLDER") {
    throw fields.wrong("dataType", "FILE or FOLDER");
  }
  return {
    dataId: fields.text("dataId"),
    name: fields.text("name"),
    dataType,
    ...(fields.isAbsent("children") ? {} : { children: fields.objects("children").map(nodeOf) }),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V });
}
