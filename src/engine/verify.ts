import type { Analysis } from "../core/ica.ts";
import type { Change } from "../core/plan.ts";
import { phaseOf } from "../core/status.ts";
import { messageOf, unverified } from "./failure.ts";
import { attemptOf, attemptsOf, type Seen } from "./find-attempt.ts";
import type { Result } from "./outcome.ts";
import { resolveRace } from "./race.ts";
import { type ApplyContext, type CreateTask, isCreate, named, runOf, type Task } from "./task.ts";

/** New runs may be missing from listings for a while (ica-facts: lag unknown), and a listing may fail: 30 s in all. */
const WAITS_MS = [0, 1_000, 2_000, 4_000, 8_000, 15_000];
const LONGEST_MS = 30_000;

/**
 * One verifying listing by tag: each run that was made must be there exactly once. Listed again until our own is seen,
 * for any other that came before it is seen by then as well. Where another user's apply won the race, the later one
 * (by timeCreated, then id) is aborted, if this process made it.
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
    await verifyProject(projectId, own, results, context);
  }
}

async function verifyProject(
  projectId: string,
  made: readonly CreateTask[],
  results: Map<Change, Result>,
  context: ApplyContext,
): Promise<void> {
  const { clock, signal } = context;
  const begunAt = clock.now();
  const resolved = new Set<CreateTask>();
  let unseen = made;
  let failure: string | undefined;
  for (const wait of WAITS_MS) {
    if (wait > 0) await clock.sleep(wait, signal);
    try {
      const attempts = await attemptsOf(projectId, context);
      failure = undefined;
      for (const task of unseen) {
        const own = context.sent.get(task.change)?.made;
        const result = results.get(task.change);
        const seen = attempts.get(attemptOf(task)) ?? [];
        const others = seen.map((one) => one.analysis).filter((one) => one.id !== own?.id && !isGone(one));
        if (own === undefined || result === undefined || others.length === 0 || resolved.has(task)) continue;
        resolved.add(task);
        results.set(task.change, await resolveRace(task, own, others, result, context));
      }
      const byId = new Map([...attempts.values()].flat().map((seen) => [seen.analysis.id, seen]));
      for (const task of unseen) {
        const other = heldByAnother(task, byId, context);
        if (other !== undefined) results.set(task.change, notStarted(task, other));
      }
      unseen = unseen.filter((task) => {
        if (results.get(task.change)?.outcome !== "done") return false;
        const ownId = context.sent.get(task.change)?.made?.id;
        return !attempts.get(attemptOf(task))?.some((one) => one.analysis.id === ownId);
      });
    } catch (error) {
      failure = messageOf(error);
    }
    if (unseen.length === 0 || signal.aborted || clock.now() - begunAt >= LONGEST_MS) break;
  }
  const note = unverified(failure);
  for (const task of unseen) addNote(results.get(task.change), note);
}

/** The run as which our own answer's analysis is listed: ICA gave a run that was renamed since for its name's old key. */
function heldByAnother(task: CreateTask, byId: ReadonlyMap<string, Seen>, { sent }: ApplyContext): Seen | undefined {
  const own = byId.get(sent.get(task.change)?.made?.id ?? "");
  return own?.identity.run === runOf(task) ? undefined : own;
}

function notStarted(task: CreateTask, { identity, analysis }: Seen): Result {
  return {
    ...named(task.change),
    outcome: "failed",
    analysisId: analysis.id,
    reference: analysis.reference,
    error: `attempt ${task.change.attempt} under this name is PipelineRun/${identity.run} since it was renamed; nothing was started`,
    help: `give the run another name; or, to keep that one, metadata.formerNames: [${identity.run}]`,
  };
}

/** Whether an attempt does not count any more: somebody has aborted it. */
function isGone({ status }: Analysis): boolean {
  return phaseOf(status) === "aborted" || status === "ABORTING";
}

function addNote(result: Result | undefined, note: string): void {
  if (result !== undefined) result.note = result.note === undefined ? note : `${result.note}; ${note}`;
}
