import { byCodeUnit } from "../core/address.ts";
import type { ApiError } from "../core/errors.ts";
import { changedSections } from "../core/fingerprint.ts";
import { messageOf } from "./failure.ts";
import { isAsDeclared, ownership, type Seen, seenAs } from "./find-attempt.ts";
import type { Result } from "./outcome.ts";
import { type ApplyContext, type CreateTask, done, named } from "./task.ts";

/** That the plan did not see the run means that listings lag: they are given a moment. */
const WAITS_MS = [0, 1_000, 2_000, 4_000];

/**
 * 422: this user has sent another body under this identity in the last seven days. If the run is in ICA as declared it
 * is done, since only what names resolve to has changed. Else nothing is started, and the result shows what differs.
 */
export async function keyReused(task: CreateTask, error: ApiError, context: ApplyContext): Promise<Result> {
  const seen = await look(task, context);
  if (typeof seen === "string") {
    const note = `could not be settled: ${seen}`;
    return { ...named(task.change), outcome: "unknown", error: messageOf(error), note };
  }
  const same = seen.find((one) => isAsDeclared(task, one));
  if (same !== undefined) {
    return { ...done(task, same.analysis, context), note: "it was there already: an earlier call had started it" };
  }
  const [other] = seen;
  const why =
    other === undefined
      ? "another body was sent under this run's identity in the last 7 days, and ICA does not list its run yet"
      : `attempt ${task.change.attempt} is in ICA as ${other.analysis.reference} (${other.analysis.id}), ${difference(task, other)}`;
  return {
    ...named(task.change),
    outcome: "failed",
    error: `${messageOf(error)}: ${why}; nothing was started`,
    help:
      "plan again once ICA lists that run: the plan then shows what has changed, and what a rerun would do" +
      (other === undefined ? "; if it never does, ask who applied under this name before" : ""),
  };
}

/** This user's runs of this attempt, the earliest first; a text: why they cannot be read. */
async function look(task: CreateTask, context: ApplyContext): Promise<Seen[] | string> {
  let seen: Seen[] | string = [];
  for (const wait of WAITS_MS) {
    if (wait > 0) await context.clock.sleep(wait, context.signal);
    try {
      const all = await seenAs(task, context);
      seen = all.filter(({ analysis }) => ownership(analysis, context) !== "theirs");
      if (seen.length > 0) {
        return seen.sort((one, other) => byCodeUnit(one.analysis.timeCreated, other.analysis.timeCreated));
      }
    } catch (error) {
      seen = messageOf(error);
    }
    if (context.signal.aborted) break;
  }
  return seen;
}

function difference({ change }: CreateTask, { identity }: Seen): string {
  if (identity.fingerprint === undefined) return "started by another version of icaform";
  const sections = changedSections(change.fingerprint ?? {}, identity.fingerprint);
  return `started with another ${sections.join(", ")}`;
}
