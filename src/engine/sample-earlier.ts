import { ApiError } from "../core/errors.ts";
import type { SampleBatch, SampleBatchItem } from "../core/ica.ts";
import { parseSampleIdentity } from "../core/identity.ts";
import { followBatch, isItemOver, isOver, itemsOf, madeOf, RECENT_MS } from "./sample-batch.ts";
import type { ApplyContext } from "./task.ts";

/** ICA forgets idempotency keys after seven days; a day more for clocks that differ. */
const LOOK_BACK_MS = 8 * 24 * 3_600_000;

/** ICA's answers of who may not list jobs, or cannot. */
const CANNOT_LIST = new Set([400, 403, 404, 405, 501]);

/** The stack's batches that were sent before; all of them that ICA's jobs show are over. */
export interface EarlierBatches {
  /** The highest number among them; -1: none is seen. */
  highest: number;
  /** What the newest of them made: names of samples, each with its id where ICA tells. */
  made: ReadonlyMap<string, string | undefined>;
}

/**
 * Finds the stack's batches among the user's jobs, and follows those that are at work to their end. Whose a batch is,
 * and its number, stand in the tags of its items: they are there from the moment at which ICA takes it, before any of
 * its samples is, and whoever sent it may be dead.
 *
 * @returns none when jobs cannot be listed: then nothing but its key tells of a batch
 */
export async function followEarlier(
  projectId: string,
  context: ApplyContext,
): Promise<EarlierBatches | { unfinished: string }> {
  const made = new Map<string, string | undefined>();
  let highest = -1;
  let isNewestSeen = false;
  for await (const batch of ownCandidates(projectId, context)) {
    if (isOver(batch) && isNewestSeen && batch.ageMs > RECENT_MS) continue;
    let items = await itemsOf(projectId, batch.id, context);
    const number = numberOf(items, context.stack);
    if (number === undefined) continue;
    if (!isOver(batch) || !items.every(isItemOver)) {
      const followed = await followBatch(projectId, batch, context);
      if ("unfinished" in followed) return { unfinished: `batch ${batch.id}: ${followed.unfinished}` };
      items = followed.items;
    }
    isNewestSeen = true;
    highest = Math.max(highest, number);
    for (const [name, sampleId] of madeOf(items, batch)) if (!made.has(name)) made.set(name, sampleId);
  }
  return { highest, made };
}

async function* ownCandidates(projectId: string, { reader }: ApplyContext): AsyncGenerator<SampleBatch> {
  try {
    for await (const batch of reader.sampleBatches(projectId)) {
      if (batch.ageMs > LOOK_BACK_MS) return;
      yield batch;
    }
  } catch (error) {
    if (!(error instanceof ApiError && CANNOT_LIST.has(error.status))) throw error;
  }
}

/** -1 for a batch of the stack that an earlier version of icaform sent; undefined for another stack's. */
function numberOf(items: readonly SampleBatchItem[], stack: string): number | undefined {
  for (const { technicalTags } of items) {
    const identity = parseSampleIdentity(technicalTags);
    if (identity.stack === stack) return identity.batch ?? -1;
  }
  return undefined;
}
