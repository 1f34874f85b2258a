import { byCodeUnit } from "../core/address.ts";
import type { Change } from "../core/plan.ts";
import { done } from "./apply-run.ts";
import { messageOf } from "./failure.ts";
import { attemptKey, attemptsOf, mayBeOurs } from "./find-attempt.ts";
import type { Result } from "./outcome.ts";
import { type ApplyContext, type CreateTask, isCreate, runOf, type Task } from "./task.ts";

/** A run whose answer was lost may take a moment to show in listings. */
const WAITS_MS = [0, 2_000, 5_000];

/**
 * Settles unknown outcomes by reading: a run that is there is done. One that stays unseen stays `unknown`: it is safe
 * to apply again, since its idempotency key keeps a second call from starting a second run.
 */
export async function settle(
  tasks: readonly Task[],
  results: Map<Change, Result>,
  context: ApplyContext,
): Promise<void> {
  const isOpen = (task: Task) => results.get(task.change)?.outcome === "unknown";
  for (const wait of WAITS_MS) {
    const open = tasks.filter((task): task is CreateTask => isCreate(task) && isOpen(task));
    if (open.length === 0) break;
    await context.clock.sleep(wait);
    for (const projectId of new Set(open.map((task) => task.step.projectId))) {
      try {
        const attempts = await attemptsOf(projectId, context);
        for (const task of open.filter((one) => one.step.projectId === projectId)) {
          const key = attemptKey(runOf(task), task.change.attempt ?? 1);
          const ours = (attempts.get(key) ?? []).filter((analysis) => mayBeOurs(analysis, context));
          const [first] = ours.sort((left, right) => byCodeUnit(left.timeCreated, right.timeCreated));
          if (first !== undefined)
            results.set(task.change, { ...done(task, first), note: "settled by reading: the answer was lost" });
        }
      } catch (error) {
        // What cannot be read cannot be settled; the outcome stays unknown and says so.
        for (const task of open) {
          const result = results.get(task.change);
          if (result !== undefined) result.note = `could not be settled: ${messageOf(error)}`;
        }
      }
    }
  }
  for (const result of results.values()) {
    if (result.outcome === "unknown" || result.note?.startsWith("settled")) context.onResult(result);
  }
}
