import { findProject } from "../creation.ts";
import { JSON_TYPE, V3 } from "../media.ts";
import { paged } from "../paging.ts";
import { flag, list, nullable, object, text } from "../read.ts";
import type { SampleBatch, SampleBatchItem } from "../recordsOfBatches.ts";
import { badRequest, notFound, Refusal } from "../refusal.ts";
import type { Call, Reply, Route } from "../router.ts";
import { createSample, filesOf, newSample, withoutDuplicates } from "../samples.ts";
import type { Json } from "../views/common.ts";
import { jobView, processingView } from "../views/jobs.ts";
import { sampleView } from "../views/samples.ts";
import { nextSequence } from "../world.ts";

const base = "/api/projects/{projectId}/sampleCreationBatch";

/** Many samples in one call; each item succeeds or fails alone. */
export const sampleBatchRoutes: Route[] = [
  { method: "POST", path: base, answers: [V3], takes: [V3, JSON_TYPE], idempotent: true, handle: createBatch },
  {
    method: "GET",
    path: `${base}/{batchId}`,
    answers: [V3],
    handle: (call) => ({ status: 200, body: batchView(call, findBatch(call)) }),
  },
  { method: "GET", path: `${base}/{batchId}/items`, answers: [V3], handle: listItems },
  {
    method: "GET",
    path: `${base}/{batchId}/items/{itemId}`,
    answers: [V3],
    handle: (call) => {
      const batch = findBatch(call);
      const item = batch.items.find(({ id }) => id === call.param("itemId"));
      if (item === undefined) throw notFound("Batch item", call.param("itemId"));
      return { status: 200, body: itemView(call, batch, item) };
    },
  },
];

const itemBody = object({
  sampleToCreate: newSample,
  dataToLink: nullable(list(nullable(object({ dataId: text({ min: 1 }) })))),
  completeSample: flag,
});

const batchBody = object({ items: list(itemBody) });

function createBatch(call: Call): Reply {
  const { world, user, param } = call;
  const { items } = batchBody(call.body, "");
  if (items.length === 0) throw badRequest("A batch needs at least one item");
  const now = world.clock.now();
  const batch: SampleBatch = {
    id: world.ids.uuid(),
    jobId: world.ids.uuid(),
    projectId: findProject(world, param("projectId")),
    ownerId: user.id,
    timeCreated: now,
    doneAt: now + world.switches.batchDelay,
    items: items.map((item, index) => {
      const visibleFrom = now + (world.switches.batchDelay * (index + 1)) / items.length;
      return startItem(call, item, visibleFrom);
    }),
  };
  world.store.sampleBatches.set(batch.id, batch);
  return { status: 201, body: batchView(call, batch) };
}

function startItem(
  { world, user, param }: Call,
  given: ReturnType<typeof itemBody>,
  visibleFrom: number,
): SampleBatchItem {
  const scope = { world, userId: user.id, projectId: param("projectId") };
  const { name, description, tags } = given.sampleToCreate;
  const common = { name, description, tags, complete: given.completeSample };
  const item = { sequence: nextSequence(world), id: world.ids.uuid(), ...common };
  try {
    const ids = (given.dataToLink ?? []).filter((entry) => entry !== null).map(({ dataId }) => dataId);
    const files = withoutDuplicates(filesOf(scope, ids));
    const sample = createSample(scope, given.sampleToCreate, visibleFrom);
    for (const file of files) file.sampleId = sample.id;
    if (given.completeSample) sample.status = "AVAILABLE";
    return { ...item, sampleId: sample.id, error: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...item, sampleId: null, error: error.message };
  }
}

function listItems(call: Call): Reply {
  const batch = findBatch(call);
  const asked = call.query.getAll("status").filter((status) => status !== "");
  const { rows, fields } = paged<SampleBatchItem>(call, {
    rows: batch.items,
    matches: (item) => asked.length === 0 || asked.includes(processingView(call.world, batch, item).status),
    filters: JSON.stringify(asked),
  });
  return { status: 200, body: { items: rows.map((item) => itemView(call, batch, item)), ...fields } };
}

function findBatch({ world, param }: Call): SampleBatch {
  const batch = world.store.sampleBatches.get(param("batchId"));
  if (batch === undefined || batch.projectId !== param("projectId")) throw notFound("Batch", param("batchId"));
  return batch;
}

function batchView({ world }: Call, batch: SampleBatch): Json {
  return { id: batch.id, job: jobView(world, batch, "SampleCreationBatch"), sequencingRunId: null };
}

function itemView({ world }: Call, batch: SampleBatch, item: SampleBatchItem): Json {
  const { id, name, description, tags, complete } = item;
  const processing = processingView(world, batch, item);
  const sample = item.sampleId === null ? undefined : world.store.samples.get(item.sampleId);
  const shown = sample !== undefined && processing.status === "SUCCEEDED";
  return {
    id,
    request: { sampleToCreate: { name, description, tags }, completeSample: complete },
    processing,
    ...(shown ? { createdSample: sampleView(world, sample) } : {}),
  };
}
