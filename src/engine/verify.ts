import type { Change } from "../core/plan.ts";
import { phaseOf } from "../core/status.ts";
import { messageOf } from "./failure.ts";
import { attemptKey, attemptsOf } from "./find-attempt.ts";
import type { Result } from "./outcome.ts";
import { resolveRace } from "./race.ts";
import { type ApplyContext, type CreateTask, isCreate, runOf, type Task } from "./task.ts";

/** New runs may be missing from listings for a while (ica-facts: lag unknown). */
const WAITS_MS = [0, 1_000, 2_000, 4_000];

/**
 * One verifying listing by tag: each run that was made must be there exactly once. Where another user's apply won the
 * race, the later one (by timeCreated, then id) is aborted, if this process made it.
 */
export async function verify(
  tasks: readonly Task[],
  results: Map<Change, Result>,
  context: ApplyContext,
): Promise<void> {
  const made = tasks.filter((task): task is CreateTask => {
    return isCreate(task) && results.get(task.change)?.outcome === "done";
  });
  for (const projectId of new Set(made.map((task) => task.step.projectId))) {
    const own = made.filter((task) => task.step.projectId === projectId);
    try {
      await verifyProject(projectId, own, results, context);
    } catch (error) {
      for (const task of own) addNote(results.get(task.change), `made, but not verified: ${messageOf(error)}`);
    }
  }
}

async function verifyProject(
  projectId: string,
  made: readonly CreateTask[],
  results: Map<Change, Result>,
  context: ApplyContext,
): Promise<void> {
  let unseen: readonly CreateTask[] = made;
  const settled = new Set<CreateTask>();
  for (const wait of WAITS_MS) {
    await context.clock.sleep(wait, context.signal);
    const attempts = await attemptsOf(projectId, context);
    const seenAs = (task: Task) =>
      (attempts.get(attemptKey(runOf(task), task.change.attempt ?? 1)) ?? []).filter(
        (analysis) => phaseOf(analysis.status) !== "aborted" || analysis.id === results.get(task.change)?.analysisId,
      );
    for (const task of unseen) {
      const same = seenAs(task);
      if (same.length > 1 && !settled.has(task)) {
        settled.add(task);
        const result = results.get(task.change);
        if (result !== undefined) results.set(task.change, await resolveRace(task, same, result, context));
      }
    }
    unseen = unseen.filter((task) => !seenAs(task).some((one) => one.id === results.get(task.change)?.analysisId));
    if (unseen.length === 0 || context.signal.aborted) break;
  }
  for (const task of unseen)
    addNote(results.get(task.change), "ICA accepted it, but does not list it yet: plan again later");
}

function addNote(result: Result | undefined, note: string): void {
  if (result !== undefined) result.note = result.note === undefined ? note : `${result.note}; ${note}`;
}
