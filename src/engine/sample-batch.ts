import type { SampleBatch, SampleBatchItem } from "../core/ica.ts";
import { messageOf } from "./failure.ts";
import type { ApplyContext } from "./task.ts";

/** Samples of one batch at most: the largest that ICA takes is not documented. */
export const LARGEST_BATCH = 1_000;

/** Waits between looks at a batch; the last one goes on. */
const WAITS_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000];

/** An apply waits no longer for one batch. */
export const LONGEST_MS = 10 * 60_000;

/** Samples of a batch that is no older may be missing from listings; its items tell. */
export const RECENT_MS = 10 * 60_000;

/** ICA's words for a job, and for an item, that is over. */
const FINAL = new Set(["SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "STOPPED"]);

/** What became of a batch's samples, all of them; or why that is not known. */
export type Followed = { items: SampleBatchItem[] } | { unfinished: string };

/** Follows a batch of samples until its job is over: one call a look, and one listing of its items at the end. */
export async function followBatch(projectId: string, batch: SampleBatch, context: ApplyContext): Promise<Followed> {
  const { reader, clock, signal } = context;
  const begunAt = clock.now();
  let waited = 0;
  for (let look = 0; ; look++) {
    try {
      if (isOver(await reader.sampleBatch(projectId, batch.id))) {
        const items = await itemsOf(projectId, batch.id, context);
        if (items.every(isItemOver)) return { items };
      }
    } catch (error) {
      return { unfinished: messageOf(error) };
    }
    if (signal.aborted) return { unfinished: "interrupted" };
    const wait = WAITS_MS[Math.min(look, WAITS_MS.length - 1)] ?? 0;
    if (Math.max(clock.now() - begunAt, waited) + wait > LONGEST_MS) return { unfinished: "it is still at work" };
    waited += wait;
    await clock.sleep(wait, signal);
  }
}

/** Whether the job of a batch is over, as far as ICA says: its items may be not. */
export function isOver({ status }: SampleBatch): boolean {
  return status === undefined || FINAL.has(status);
}

export function isItemOver({ status }: SampleBatchItem): boolean {
  return FINAL.has(status);
}

export async function itemsOf(
  projectId: string,
  batchId: string,
  { reader }: Pick<ApplyContext, "reader">,
): Promise<SampleBatchItem[]> {
  const items: SampleBatchItem[] = [];
  for await (const item of reader.sampleBatchItems(projectId, batchId)) items.push(item);
  return items;
}

/** Names of the samples that could not be made, each with ICA's reason. */
export function failuresOf(items: readonly SampleBatchItem[]): Map<string, string> {
  return new Map(
    items.flatMap(({ name, status, message }) =>
      status === "SUCCEEDED" ? [] : [[name, message ?? `ICA says ${status}, and no reason`] as const],
    ),
  );
}

/** Names of the samples that were made, each with its id; where ICA does not tell it, of a recent batch alone. */
export function madeOf(items: readonly SampleBatchItem[], { ageMs }: SampleBatch): Map<string, string | undefined> {
  return new Map(
    items
      .filter(({ status, sampleId }) => status === "SUCCEEDED" && (sampleId !== undefined || ageMs <= RECENT_MS))
      .map(({ name, sampleId }) => [name, sampleId]),
  );
}
