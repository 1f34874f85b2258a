import type { CreateBody, CreateKind } from "./bodies/analysis.ts";
import { checkInput, checkTags, findData, type Scope } from "./bodies/rules.ts";
import { asFolder } from "./files.ts";
import { plannedCourse, schedule } from "./lifecycle.ts";
import type { AnalysisRecord, Pipeline } from "./records.ts";
import { badRequest, notFound } from "./refusal.ts";
import { addAnalysis, dataShelf } from "./store.ts";
import { nextSequence, type World } from "./world.ts";

/** Checks a create body against the world and starts the run. */
export function createAnalysis(scope: Scope, kind: CreateKind, body: CreateBody): AnalysisRecord {
  const { world, projectId } = scope;
  const pipeline = findPipeline(scope, body.pipelineId);
  checkKind(pipeline, kind, body);
  checkTags(world, { ...body.tags });
  checkInput(scope, pipeline, body.input);
  checkTargets(world, body);
  checkActivationCode(world, pipeline, body.activationCodeDetailId);
  if (body.storageId !== null && !world.store.storages.has(body.storageId)) {
    throw badRequest(`Analysis storage ${body.storageId} does not exist`, { analysisStorageId: body.storageId });
  }
  markUsed(scope, body);
  const { inputKey: _where, ...input } = body.input;
  const id = world.ids.uuid();
  const now = world.clock.now();
  const analysis: AnalysisRecord = {
    sequence: nextSequence(world),
    id,
    reference: referenceOf(pipeline, id),
    userReference: body.userReference,
    projectId,
    ownerId: scope.userId,
    pipelineId: pipeline.id,
    storageId: body.storageId ?? pipeline.storageId,
    price: null,
    tags: body.tags,
    timeCreated: now,
    timeEdited: now,
    version: 1,
    transitions: plannedCourse(world.clock, pipeline.duration, pipeline.outcome),
    summary: null,
    input,
    mappings: body.mappings,
    outputParentPath: folderPath(scope, body.outputParentFolderId, "outputParentFolderId") ?? "/",
    logsPath: logsPath(scope, body),
    settled: false,
    deliveries: [],
  };
  addAnalysis(world.store, analysis);
  schedule(world, analysis);
  return analysis;
}

/** A pipeline that is linked to the project, by id or URN. */
export function findPipeline(scope: Pick<Scope, "world" | "projectId">, idOrUrn: string): Pipeline {
  const id = /^urn:ilmn:ica:pipeline:([^#]+)/.exec(idOrUrn)?.[1] ?? idOrUrn;
  const pipeline = scope.world.store.pipelines.get(id);
  if (pipeline === undefined) throw badRequest(`Pipeline ${id} does not exist`, { pipelineId: "does not exist" });
  if (!pipeline.projects.includes(scope.projectId)) {
    throw badRequest(`Pipeline ${pipeline.code} is not linked to the project`, {
      pipelineId: "is not linked to the project",
    });
  }
  return pipeline;
}

/** The server's own unique reference of a run; even a long pipeline code fits into 255 characters. */
export function referenceOf(pipeline: Pipeline, id: string): string {
  return `${pipeline.code.slice(0, 200)}-${id}`;
}

/** The language and the form of the pipeline must be those of the endpoint; a document bypasses the form. */
function checkKind(pipeline: Pipeline, kind: CreateKind, body: CreateBody): void {
  const language = kind.startsWith("nextflow") ? "NEXTFLOW" : "CWL";
  if (pipeline.language !== language) {
    throw badRequest(
      `Pipeline ${pipeline.code} is a ${pipeline.language} pipeline, analysis:${kind} takes ${language}`,
      {
        pipelineId: pipeline.language,
      },
    );
  }
  const form = kind.endsWith("Json") ? "JSON" : "XML";
  if (body.input.document === null && pipeline.inputFormType !== form) {
    throw badRequest(`Pipeline ${pipeline.code} has a ${pipeline.inputFormType} form, analysis:${kind} takes ${form}`, {
      pipelineId: pipeline.inputFormType,
    });
  }
}

function checkTargets(world: World, body: CreateBody): void {
  for (const [index, mapping] of body.mappings.entries()) {
    const field = `analysisOutput[${index}]`;
    if (!world.store.projects.has(mapping.targetProjectId)) {
      throw badRequest(`Target project ${mapping.targetProjectId} does not exist`, {
        [`${field}.targetProjectId`]: "does not exist",
      });
    }
    if (mapping.sourcePath === "" || mapping.targetPath === "") {
      throw badRequest(`${field} needs a sourcePath and a targetPath`, { [field]: "is empty" });
    }
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function checkActivationCode(world: World, pipeline: Pipeline, id: string | null): void {
  if (id === null) return;
  const code = world.store.activationCodes.get(id);
  if (code === undefined && world.store.takesAnyActivationCode && UUID.test(id)) return;
  if (code === undefined || (code.pipelineIds !== null && !code.pipelineIds.includes(pipeline.id))) {
    throw badRequest(`Activation code ${id} does not exist or does not fit the pipeline`, {
      activationCodeDetailId: id,
    });
  }
}

function logsPath(scope: Scope, body: CreateBody): string | null {
  const byId = folderPath(scope, body.logsFolderId, "logs.logsFolderId");
  return byId ?? (body.logsFolderPath === null ? null : asFolder(body.logsFolderPath));
}

function folderPath(scope: Scope, id: string | null, field: string): string | null {
  if (id === null) return null;
  const folder = findData(scope, id);
  if (folder === undefined || folder.type !== "FOLDER")
    throw badRequest(`Folder ${id} does not exist`, { [field]: id });
  return folder.path;
}

function markUsed(scope: Scope, body: CreateBody): void {
  for (const { dataIds, mounts } of body.input.data) {
    for (const id of [...dataIds, ...mounts.map(({ dataId }) => dataId)]) {
      const record = findData(scope, id);
      if (record !== undefined) record.usedInRun = true;
    }
  }
}

/** The analysis of a path; those of other projects are not found. */
export function findAnalysis(world: World, projectId: string, id: string): AnalysisRecord {
  findProject(world, projectId);
  const analysis = world.store.analysisById.get(id);
  if (analysis === undefined || analysis.projectId !== projectId) throw notFound("Analysis", id);
  return analysis;
}

/** Refuses with 404 unless the project exists. */
export function findProject(world: World, id: string): string {
  if (!world.store.projects.has(id)) throw notFound("Project", id);
  dataShelf(world.store, id);
  return id;
}
