import { isLeftOf } from "../core/digest.ts";
import { RefusedError } from "../core/errors.ts";
import { isWrite, type Plan } from "../core/plan.ts";
import { grownBeyond } from "../core/subset.ts";
import type { Io } from "./io.ts";
import { tell } from "./log.ts";
import type { SavedPlan } from "./plan-file.ts";

/** What was reviewed: a saved plan, the digest of one, or both; neither where nobody did. */
export interface Reviewed {
  plan: SavedPlan | undefined;
  digest: string | undefined;
}

/**
 * What is about to be done must be the reviewed plan or a subset of it.
 *
 * @param planWhole makes the plan without `--target`, where that was given: a digest alone cannot tell what a part is of
 * @throws RefusedError when it is not
 */
export async function refuseUnlessReviewed(
  fresh: Plan,
  { plan, digest }: Reviewed,
  planWhole: (() => Promise<Plan>) | undefined,
  io: Io,
): Promise<void> {
  if (plan !== undefined) refuseUnlessHeld(plan, fresh);
  if (digest === undefined || isLeftOf(digest, fresh)) return;
  if (planWhole !== undefined && isLeftOf(digest, await planWhole())) return;
  const digests = `its digest is ${fresh.digest}, expected ${digest}`;
  if (fresh.changes.some((change) => isWrite(change.action)))
    throw new RefusedError(`this is not the reviewed plan: ${digests}`);
  // Updates, aborts and a later apply leave no trace in the digest: a plan that is done may look like another one.
  const message = `nothing to do; this is not the reviewed plan, or not to be known as it: ${digests}`;
  const help =
    "after updates, aborts or another apply that is as it should be; else give the arguments of the reviewed plan";
  tell(
    io,
    { event: "diagnostic", level: "warn", severity: "warning", code: "not-the-reviewed-plan", message, help },
    `warning: ${message}\n  help: ${help}\n`,
  );
}

function refuseUnlessHeld(reviewed: SavedPlan, fresh: Plan): void {
  if (reviewed.stack !== fresh.stack)
    throw new RefusedError(`the plan is of stack ${reviewed.stack}, not ${fresh.stack}`);
  if (reviewed.server !== fresh.server)
    throw new RefusedError(`the plan is for ${reviewed.server}, not ${fresh.server}`);
  const grown = grownBeyond(reviewed, fresh);
  if (grown.length > 0)
    throw new RefusedError("the saved plan does not hold what would be done now; plan again", grown);
}
