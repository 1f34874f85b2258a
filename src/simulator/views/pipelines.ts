import type { Parameter, Pipeline, Storage } from "../records.ts";
import type { World } from "../world.ts";
import { type Json, resourceV3, resourceV4 } from "./common.ts";

export function storageV4(storage: Storage): Json {
  return { id: storage.id, name: storage.name, description: storage.description };
}

export function storageV3(world: World, storage: Storage): Json {
  return { ...resourceV3(world, storage), name: storage.name, description: storage.description };
}

export function pipelineV3(world: World, pipeline: Pipeline): Json {
  const storage = world.store.storages.get(pipeline.storageId);
  return {
    ...resourceV3(world, pipeline),
    ...pipelineFields(world, pipeline),
    analysisStorage: storage === undefined ? null : storageV3(world, storage),
  };
}

export function pipelineV4(world: World, pipeline: Pipeline): Json {
  const storage = world.store.storages.get(pipeline.storageId);
  return {
    ...resourceV4(world, pipeline),
    ...pipelineFields(world, pipeline),
    statusAsString: "Released",
    analysisStorage: storage === undefined ? null : storageV4(storage),
    reportConfigs: { configs: [] },
  };
}

/** A pipeline as a project sees it. */
export function projectPipelineView(world: World, pipeline: Pipeline, projectId: string, version: "V3" | "V4"): Json {
  const view = version === "V4" ? pipelineV4(world, pipeline) : pipelineV3(world, pipeline);
  return { pipeline: view, projectId, bundleLinks: { items: [] } };
}

/** Data parameters; the rest are configuration parameters. */
export function inputParameterView(world: World, pipeline: Pipeline, parameter: Parameter): Json {
  return {
    id: world.ids.named("parameter", pipeline.id, parameter.code),
    code: parameter.code,
    required: parameter.required,
    multiValue: parameter.multiValue,
  };
}

export function configurationParameterView(parameter: Parameter): Json {
  const { code, required, multiValue, type, values } = parameter;
  const settings = values === null ? { defaultValues: [] } : { options: values, defaultValues: [] };
  return { code, required, multiValue, type, settings };
}

/** A reference data parameter, with one reference to choose. */
export function referenceSetView(world: World, pipeline: Pipeline, parameter: Parameter): Json {
  const timed = { timeCreated: pipeline.timeCreated };
  const id = (word: string): string => world.ids.named(word, pipeline.id, parameter.code);
  const reference = {
    ...resourceV3(world, { ...timed, id: id("reference") }),
    name: "hg38",
    species: { ...resourceV3(world, { ...timed, id: id("species") }), name: "Homo sapiens" },
    dataFormat: null,
    version: "1",
    typeList: { items: [] },
  };
  return {
    ...resourceV3(world, { ...timed, id: id("reference-set") }),
    name: parameter.code,
    referenceDataList: { items: [reference] },
  };
}

function pipelineFields(world: World, pipeline: Pipeline): Json {
  const { language } = pipeline;
  const name = language === "NEXTFLOW" ? "24.10.2" : "v1.2";
  return {
    code: pipeline.code,
    urn: `urn:ilmn:ica:pipeline:${pipeline.id}#${pipeline.code}`,
    description: `Simulated pipeline ${pipeline.code}`,
    status: "RELEASED",
    language,
    languageVersion: { id: world.ids.named("language", name), name, language },
    pipelineTags: { technicalTags: [] },
    proprietary: false,
    inputFormType: pipeline.inputFormType,
    resources: { f1: false, f2: false, gpu: false, "software-only": true },
  };
}
