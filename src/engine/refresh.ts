import type { Clock } from "../core/clock.ts";
import { RefusedError } from "../core/errors.ts";
import { grownBeyond } from "../core/subset.ts";
import type { PlannedStack } from "./plan.ts";

/** A plan that is older has to be looked at again: somebody may have applied while a person was reading. */
const MAX_AGE_MS = 60_000;

/**
 * The plan to execute: the one that was shown, or a fresh one when that is older than a minute.
 *
 * @throws RefusedError when the fresh one would do what the shown one does not hold, or is beyond policy by now
 */
export async function refreshed(
  shown: PlannedStack,
  shownAt: number,
  clock: Pick<Clock, "now">,
  plan: () => Promise<PlannedStack>,
): Promise<PlannedStack> {
  if (clock.now() - shownAt <= MAX_AGE_MS) return shown;
  const fresh = await plan();
  const grown = grownBeyond(shown.plan, fresh.plan);
  if (grown.length > 0) throw new RefusedError("ICA has changed since the plan was shown; plan again", grown);
  if (fresh.refusals.length > 0) throw new RefusedError("the plan is beyond the stack's policy", fresh.refusals);
  return fresh;
}
