import { ApiError, mayHaveTakenEffect } from "../core/errors.ts";
import type { SampleBatch } from "../core/ica.ts";
import { failureOf, INTERRUPTED, messageOf } from "./failure.ts";
import type { Result } from "./outcome.ts";
import { failuresOf, followBatch, madeOf } from "./sample-batch.ts";
import { clearEarlier, type Patience } from "./sample-clearing.ts";
import { type CreateSample, NO_SAMPLES, nameOf, ownSamples, settledByReading, verify } from "./sample-reading.ts";
import { sendBatch } from "./sample-send.ts";
import { SampleTally } from "./sample-tally.ts";
import type { ApplyContext, Task } from "./task.ts";

/** A batch that is older was made by an earlier apply: what failed in it then is tried once more. */
const FRESH_MS = 60_000;

/**
 * Creates samples of one project, each exactly once, in batches of at most `largest`.
 *
 * A batch is sent only when every earlier one of the stack is over and what it made is known. Which there are, ICA's
 * jobs tell. Batches are numbered, and a number is a key that says nothing of the body: of two processes that send at
 * once, or where a job does not show yet, one is refused (422), or gets the other's batch when it is the same.
 */
export async function createSamples(
  projectId: string,
  tasks: readonly CreateSample[],
  largest: number,
  context: ApplyContext,
  tell: (task: Task, result: Result) => void,
): Promise<void> {
  const tally = new SampleTally(tasks, tell);
  try {
    await goRounds(projectId, largest, context, tally);
  } catch (error) {
    // A listing could not be read: what became of the rest is not known.
    tally.end(tally.left(), { outcome: "unknown", error: messageOf(error) });
  }
  await verify(projectId, tally.made, context, tell);
}

async function goRounds(projectId: string, largest: number, context: ApplyContext, tally: SampleTally): Promise<void> {
  const patience: Patience = { spentMs: 0 };
  let taken: number | undefined;
  for (;;) {
    const cleared = await clearEarlier(projectId, taken, patience, context, tally);
    if (context.signal.aborted) return tally.end(tally.left(), { outcome: "skipped", error: INTERRUPTED });
    if ("unfinished" in cleared) {
      const error = `nothing was sent: an earlier batch may still be making samples (${cleared.unfinished}); apply again later`;
      return tally.end(tally.left(), { outcome: "unknown", error });
    }
    taken = await sendFrom(cleared.next, projectId, largest, context, tally);
    if (taken === undefined) return;
  }
}

/** Batch after batch, from a number on. @returns the number that another batch has taken; undefined when all is said */
async function sendFrom(
  first: number,
  projectId: string,
  largest: number,
  context: ApplyContext,
  tally: SampleTally,
): Promise<number | undefined> {
  for (let number = first; tally.left().length > 0; number++) {
    if (context.signal.aborted) {
      tally.end(tally.left(), { outcome: "skipped", error: INTERRUPTED });
      return undefined;
    }
    const tasks = tally.left().slice(0, largest);
    const sent = await sendBatch(projectId, tasks, number, context);
    if ("isTaken" in sent) return number;
    const isOver =
      "error" in sent
        ? await notSent(projectId, tasks, sent.error, context, tally)
        : await settleBatch(projectId, tasks, sent.batch, context, tally);
    if (!isOver) return undefined;
  }
  return undefined;
}

/** @returns false: what could not be sent for one batch cannot be sent for the next */
async function notSent(
  projectId: string,
  tasks: readonly CreateSample[],
  error: unknown,
  context: ApplyContext,
  tally: SampleTally,
): Promise<false> {
  // 409 to the end: another call under this number is still in flight, perhaps this one's own first try.
  const isInFlight = error instanceof ApiError && error.status === 409;
  const mayBeThere = isInFlight || mayHaveTakenEffect(error);
  tally.endSeen(mayBeThere ? await settledByReading(projectId, tasks, context) : NO_SAMPLES);
  const failure = failureOf(error);
  const isLeft = new Set(tally.left());
  const own = tasks.filter((task) => isLeft.has(task));
  tally.end(own, isInFlight ? { ...failure, outcome: "unknown" } : failure);
  tally.end(tally.left(), { outcome: "skipped", ...(failure.error === undefined ? {} : { error: failure.error }) });
  return false;
}

/** @returns false when what became of the batch is not known, so that no other may be sent */
async function settleBatch(
  projectId: string,
  tasks: readonly CreateSample[],
  batch: SampleBatch,
  context: ApplyContext,
  tally: SampleTally,
): Promise<boolean> {
  const followed = await followBatch(projectId, batch, context);
  if ("unfinished" in followed) {
    tally.endSeen(await ownSamples(projectId, context).catch(() => NO_SAMPLES));
    const error = `ICA has not said what became of batch ${batch.id}: ${followed.unfinished}; apply again to go on`;
    tally.end(tally.left(), { outcome: "unknown", error });
    return false;
  }
  const failures = failuresOf(followed.items);
  const isEarlier = batch.ageMs > FRESH_MS;
  // A name that is taken may be taken by ourselves: a batch whose answer was lost. And what an earlier batch made may
  // be gone again.
  if (isEarlier || failures.size > 0) tally.endSeen(await ownSamples(projectId, context));
  if (isEarlier) {
    await tally.endMade(projectId, madeOf(followed.items, batch), context);
    return true;
  }
  const isLeft = new Set(tally.left());
  for (const task of tasks.filter((one) => isLeft.has(one))) {
    const error = failures.get(nameOf(task));
    tally.end([task], error === undefined ? { outcome: "done" } : { outcome: "failed", error });
  }
  return true;
}
