import { ApiError, mayHaveTakenEffect } from "../core/errors.ts";
import type { Change } from "../core/plan.ts";
import { forEachBounded } from "./bounded.ts";
import { messageOf } from "./failure.ts";
import { attemptOf, attemptsOf, isAsDeclared, ownership } from "./find-attempt.ts";
import { keyReused } from "./key-reused.ts";
import type { Result } from "./outcome.ts";
import { readBack } from "./read-back.ts";
import { type ApplyContext, type CreateTask, done, isCreate, type Task } from "./task.ts";

/** A run whose answer was lost may take a moment to show, and a server a moment to come back. */
const WAITS_MS = [0, 2_000, 4_000, 8_000, 15_000, 31_000];
const LONGEST_MS = 60_000;
/** A person who has interrupted waits for the truth, but not for long. */
const LONGEST_INTERRUPTED_MS = 10_000;

/**
 * Settles unknown outcomes. A run that is listed as this user's own is done; else it is asked for again under the same
 * key, which gives the run that the lost call made, or starts the one that it did not. Another user's run of the same
 * attempt settles nothing. What stays open stays `unknown`, and is safe to apply again.
 */
export async function settle(
  tasks: readonly Task[],
  results: Map<Change, Result>,
  context: ApplyContext,
): Promise<void> {
  const { clock, signal } = context;
  const isOpen = (task: Task) => results.get(task.change)?.outcome === "unknown";
  const unknown = tasks.filter(isOpen);
  const begunAt = clock.now();
  for (const wait of WAITS_MS) {
    const open = unknown.filter(isOpen);
    const left = (signal.aborted ? LONGEST_INTERRUPTED_MS : LONGEST_MS) - (clock.now() - begunAt);
    if (open.length === 0 || left < wait) break;
    if (wait > 0) await clock.sleep(wait, signal.aborted ? undefined : signal);
    const settled = (task: Task, result: Result) => results.set(task.change, result);
    const noted = (task: Task, error: unknown) => {
      const result = results.get(task.change);
      if (result !== undefined) result.note = `could not be settled: ${messageOf(error)}`;
    };
    const runs = open.filter(isCreate);
    for (const projectId of new Set(runs.map((task) => task.step.projectId))) {
      const own = runs.filter((task) => task.step.projectId === projectId);
      await settleRuns(projectId, own, context, settled, noted);
    }
    for (const task of open.filter((one) => !isCreate(one))) {
      try {
        const result = await readBack(task, context);
        if (result !== undefined) settled(task, result);
      } catch (error) {
        noted(task, error);
      }
    }
  }
  for (const task of unknown) context.onResult(results.get(task.change) as Result);
}

async function settleRuns(
  projectId: string,
  runs: readonly CreateTask[],
  context: ApplyContext,
  settled: (task: Task, result: Result) => void,
  noted: (task: Task, error: unknown) => void,
): Promise<void> {
  let attempts: Awaited<ReturnType<typeof attemptsOf>>;
  try {
    attempts = await attemptsOf(projectId, context);
  } catch (error) {
    for (const task of runs) noted(task, error);
    return;
  }
  const missing = runs.filter((task) => {
    const seen = attempts.get(attemptOf(task)) ?? [];
    const own = seen.find((one) => isAsDeclared(task, one) && ownership(one.analysis, context) === "ours");
    if (own === undefined) return true;
    settled(task, { ...done(task, own.analysis, context), note: "settled by reading: the answer was lost" });
    return false;
  });
  // After an interrupt nothing more is sent; and what cannot be reached for one run cannot be reached for the next.
  let isInReach = !context.signal.aborted;
  await forEachBounded(missing, context.concurrency, async (task) => {
    const replay = context.sent.get(task.change)?.replay;
    if (!isInReach || replay === undefined) return;
    try {
      const note = "settled by asking again under the same key: the answer was lost";
      settled(task, { ...done(task, await replay(), context), note });
    } catch (error) {
      if (error instanceof ApiError && error.status === 422) settled(task, await keyReused(task, error, context));
      // A refusal, too, is of this call alone: it does not say that the lost one was not carried out.
      else noted(task, error);
      if (mayHaveTakenEffect(error)) isInReach = false;
    }
  });
}
