import { LONGEST_MS } from "./sample-batch.ts";
import { followEarlier } from "./sample-earlier.ts";
import { ownSamples } from "./sample-reading.ts";
import type { SampleTally } from "./sample-tally.ts";
import type { ApplyContext } from "./task.ts";

/** Waits for a batch of which nothing but its number is known; the last one goes on. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** A batch that ICA's jobs never show is over when no sample of the stack has come for so long. */
const QUIET_MS = 5 * 60_000;

/** What one apply has waited for batches that ICA's jobs do not show. */
export interface Patience {
  spentMs: number;
}

/**
 * Waits until every earlier batch of the stack is over, and ends the tasks whose samples are made by then.
 *
 * @param taken a number under which ICA has a batch already: it must be among those that were seen. ICA's jobs may show
 *   it late, or not at all; then it counts as over when samples have stopped coming for long
 * @returns the next number to try; or why it is not known whether all are over: then nothing may be sent
 */
export async function clearEarlier(
  projectId: string,
  taken: number | undefined,
  patience: Patience,
  context: ApplyContext,
  tally: SampleTally,
): Promise<{ next: number } | { unfinished: string }> {
  let [count, quietMs] = [0, 0];
  for (let look = 0; ; look++) {
    const earlier = await followEarlier(projectId, context);
    if ("unfinished" in earlier) return earlier;
    const own = await ownSamples(projectId, context);
    tally.endSeen(own);
    await tally.endMade(projectId, earlier.made, context);
    // A number that a sample carries may still be at work; one that a job carries is over.
    const next = Math.max(earlier.highest + 1, own.highest, 0);
    if (taken === undefined || earlier.highest >= taken) return { next };
    if (tally.left().length === 0 || context.signal.aborted) return { next };
    if (own.count > count) quietMs = 0;
    count = own.count;
    if (quietMs >= QUIET_MS) return { next: Math.max(next, taken + 1) };
    const wait = WAITS_MS[Math.min(look, WAITS_MS.length - 1)] ?? 0;
    if (patience.spentMs + wait > LONGEST_MS) return { unfinished: "ICA does not say whether it is over" };
    patience.spentMs += wait;
    quietMs += wait;
    await context.clock.sleep(wait, context.signal);
  }
}
