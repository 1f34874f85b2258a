import { startsRun } from "./credits.ts";
import { firstOf } from "./first-of.ts";
import type { Action, Change, CreditsTotal } from "./plan.ts";
import type { Policy } from "./spec.ts";

/** Without a limit of its own a stack reruns at most so many: editing a default must not restart a cohort unseen. */
const DEFAULT_MAX_RERUNS = 10;

/** What a plan would do beyond the stack's policy, one line each; empty when it may be applied. */
export function policyViolations(
  policy: Policy | undefined,
  changes: readonly Change[],
  credits?: CreditsTotal,
): string[] {
  const { maxCreates, maxReruns = DEFAULT_MAX_RERUNS, maxAborts, forbidOverwrite = false } = policy ?? {};
  return [
    ...beyond("maxCreates", maxCreates, changes, "create"),
    ...beyond("maxReruns", maxReruns, changes, "rerun"),
    ...beyond("maxAborts", maxAborts, changes, "abort"),
    ...(policy?.maxCredits === undefined || credits === undefined ? [] : tooDear(policy.maxCredits, changes, credits)),
    ...(forbidOverwrite ? overwrites(changes) : []),
  ];
}

/** The same for an apply that goes on with what waits: from the beginning all of it counts that can still start. */
export function policyViolationsWithWaits(policy: Policy | undefined, changes: readonly Change[]): string[] {
  const starts = changes.flatMap((change): Change[] => {
    if (change.action !== "wait") return [change];
    if (change.blockedBy !== undefined) return [];
    return [{ ...change, action: (change.attempt ?? 1) > 1 ? "rerun" : "create" }];
  });
  return policyViolations(policy, starts);
}

/** A price that nobody knows is no price of 0: what cannot be estimated is refused too. */
function tooDear(limit: number, changes: readonly Change[], credits: CreditsTotal): string[] {
  const unknown = changes.filter((change) => startsRun(change) && change.credits === undefined);
  const shown = unknown.map(({ address, pipeline, storage }) => `${address}: ${pipeline} on ${storage}`);
  return [
    ...(unknown.length === 0
      ? []
      : [
          `policy.maxCredits: ICA has no price of a succeeded run like ${unknown.length} of those to be started ` +
            `(${firstOf(shown)}); plan again some minutes after one has ended, or start a first one with ` +
            "maxCredits left out",
        ]),
    ...(credits.p90 <= limit
      ? []
      : [
          `policy.maxCredits: the plan may cost ${credits.p90} iCredits, ${limit} allowed (90th percentile of what ` +
            `${runs(credits.runs, "succeeded ")} cost; by the median ${credits.median})`,
        ]),
  ];
}

function beyond(name: string, limit: number | undefined, changes: readonly Change[], action: Action): string[] {
  // The limits are about runs, which cost money; credentials and samples do not.
  const counted = changes.filter((change) => change.action === action && change.address.startsWith("PipelineRun/"));
  if (limit === undefined || counted.length <= limit) return [];
  const shown = firstOf(counted.map((change) => change.address));
  return [`policy.${name}: the plan would ${action} ${runs(counted.length)}, ${limit} allowed (${shown})`];
}

/** Only what is still to be started counts: what ran has written already. */
function overwrites(changes: readonly Change[]): string[] {
  const met = changes.flatMap(({ address, effects }) =>
    effects
      .filter((effect) => effect.action === "OVERWRITE")
      .map((effect) => `${address} may overwrite ${effect.project}:${effect.target}`),
  );
  return met.length === 0 ? [] : [`policy.forbidOverwrite: ${firstOf(met)}`];
}

function runs(count: number, which = ""): string {
  return `${count} ${which}${count === 1 ? "run" : "runs"}`;
}
