import { CREATE_BODIES, type CreateBody, type CreateKind } from "../bodies/analysis.ts";
import { createAnalysis, findProject } from "../creation.ts";
import { V3, V4 } from "../media.ts";
import { paged } from "../paging.ts";
import { anything, list, object, optional } from "../read.ts";
import type { AnalysisBatch, AnalysisBatchItem } from "../recordsOfBatches.ts";
import { badRequest, notFound, Refusal } from "../refusal.ts";
import type { Call, Reply, Route } from "../router.ts";
import { analysisView } from "../views/analyses.ts";
import type { Json } from "../views/common.ts";
import { jobView, processingView } from "../views/jobs.ts";
import { nextSequence } from "../world.ts";

const base = "/api/projects/{projectId}/analysisCreationBatch";

/** Many analyses in one call; each item succeeds or fails alone. */
export const analysisBatchRoutes: Route[] = [
  { method: "POST", path: base, answers: [V3], takes: [V3], idempotent: true, handle: createBatch },
  {
    method: "GET",
    path: `${base}/{batchId}`,
    answers: [V3],
    handle: (call) => ({ status: 200, body: batchView(call, findBatch(call)) }),
  },
  { method: "GET", path: `${base}/{batchId}/items`, answers: [V4, V3], handle: listItems },
  {
    method: "GET",
    path: `${base}/{batchId}/items/{itemId}`,
    answers: [V4, V3],
    handle: (call) => {
      const batch = findBatch(call);
      const item = batch.items.find(({ id }) => id === call.param("itemId"));
      if (item === undefined) throw notFound("Batch item", call.param("itemId"));
      return { status: 200, body: itemView(call, batch, item) };
    },
  },
];

/** The lists of a batch and the endpoint whose bodies they hold. */
const LISTS: readonly [string, CreateKind][] = [
  ["cwlItems", "cwl"],
  ["nextflowItems", "nextflow"],
  ["nextflowJsonItems", "nextflowJson"],
];

const lists = optional(list(anything));
const batchBody = object({ cwlItems: lists, nextflowItems: lists, nextflowJsonItems: lists });

function createBatch(call: Call): Reply {
  const { world, user, param } = call;
  const given: Record<string, unknown[] | undefined> = batchBody(call.body, "");
  const bodies = LISTS.flatMap(([name, kind]) =>
    (given[name] ?? []).map((body, index) => ({ kind, body: CREATE_BODIES[kind](body, `${name}[${index}]`) })),
  );
  if (bodies.length === 0) throw badRequest("A batch needs at least one item");
  const now = world.clock.now();
  const batch: AnalysisBatch = {
    id: world.ids.uuid(),
    jobId: world.ids.uuid(),
    projectId: findProject(world, param("projectId")),
    ownerId: user.id,
    timeCreated: now,
    doneAt: now + world.switches.batchDelay,
    items: bodies.map(({ kind, body }) => startItem(call, kind, body)),
  };
  world.store.analysisBatches.set(batch.id, batch);
  return { status: 201, body: batchView(call, batch) };
}

function startItem({ world, user, param }: Call, kind: CreateKind, body: CreateBody): AnalysisBatchItem {
  const { userReference, pipelineId, tags } = body;
  const item = { sequence: nextSequence(world), id: world.ids.uuid(), userReference, pipelineId, tags };
  try {
    const analysis = createAnalysis({ world, userId: user.id, projectId: param("projectId") }, kind, body);
    return { ...item, analysisId: analysis.id, error: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...item, analysisId: null, error: error.message };
  }
}

function listItems(call: Call): Reply {
  const batch = findBatch(call);
  const asked = call.query.getAll("status").filter((status) => status !== "");
  const { rows, fields } = paged<AnalysisBatchItem>(call, {
    rows: batch.items,
    matches: (item) => asked.length === 0 || asked.includes(processingView(call.world, batch, item).status),
    filters: JSON.stringify(asked),
  });
  return { status: 200, body: { items: rows.map((item) => itemView(call, batch, item)), ...fields } };
}

function findBatch({ world, param }: Call): AnalysisBatch {
  const batch = world.store.analysisBatches.get(param("batchId"));
  if (batch === undefined || batch.projectId !== param("projectId")) throw notFound("Batch", param("batchId"));
  return batch;
}

function batchView({ world }: Call, batch: AnalysisBatch): Json {
  return { id: batch.id, job: jobView(world, batch, "AnalysisCreationBatch") };
}

function itemView({ world, version }: Call, batch: AnalysisBatch, item: AnalysisBatchItem): Json {
  const { id, userReference, pipelineId, tags } = item;
  const processing = processingView(world, batch, item);
  const analysis = item.analysisId === null ? undefined : world.store.analysisById.get(item.analysisId);
  const shown = analysis !== undefined && processing.status === "SUCCEEDED";
  return {
    id,
    request: { userReference, pipelineId, tags },
    processing,
    ...(shown ? { createdAnalysis: analysisView(world, analysis, version ?? "V4") } : {}),
  };
}
