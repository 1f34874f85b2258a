import type { SampleBatch } from "../core/ica.ts";
import { messageOf } from "./failure.ts";
import type { ApplyContext } from "./task.ts";

/** Waits between looks at a batch; the last one goes on. */
const WAITS_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000];
const LONGEST_MS = 10 * 60_000;

/** ICA's words for a job, and for an item, that is over. */
const FINAL = new Set(["SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "STOPPED"]);

/** Names of the samples that could not be made, each with ICA's reason; or why that is not known. */
export type Followed = { failures: Map<string, string> } | { unfinished: string };

/** Follows a batch of samples until its job is over: one call a look, and one listing of its items at the end. */
export async function followBatch(projectId: string, batch: SampleBatch, context: ApplyContext): Promise<Followed> {
  const { reader, clock, signal } = context;
  const begunAt = clock.now();
  let waited = 0;
  for (let look = 0; ; look++) {
    try {
      const { status } = await reader.sampleBatch(projectId, batch.id);
      if (status === undefined || FINAL.has(status)) {
        const failures = await failuresOf(projectId, batch.id, context);
        if (failures !== undefined) return { failures };
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

/** Undefined while some item is not over. */
async function failuresOf(
  projectId: string,
  batchId: string,
  { reader }: ApplyContext,
): Promise<Map<string, string> | undefined> {
  const failures = new Map<string, string>();
  for await (const { name, status, message } of reader.sampleBatchItems(projectId, batchId)) {
    if (!FINAL.has(status)) return undefined;
    if (status !== "SUCCEEDED") failures.set(name, message ?? `ICA says ${status}, and no reason`);
  }
  return failures;
}
