import type { Action, Change } from "./plan.ts";
import type { Policy } from "./spec.ts";

/** Without a limit of its own a stack reruns at most so many: editing a default must not restart a cohort unseen. */
const DEFAULT_MAX_RERUNS = 10;

/** What a plan would do beyond the stack's policy, one line each; empty when it may be applied. */
export function policyViolations(policy: Policy | undefined, changes: readonly Change[]): string[] {
  const { maxCreates, maxReruns = DEFAULT_MAX_RERUNS, maxAborts, forbidOverwrite = false } = policy ?? {};
  return [
    ...beyond("maxCreates", maxCreates, changes, "create"),
    ...beyond("maxReruns", maxReruns, changes, "rerun"),
    ...beyond("maxAborts", maxAborts, changes, "abort"),
    ...(forbidOverwrite ? overwrites(changes) : []),
  ];
}

function beyond(name: string, limit: number | undefined, changes: readonly Change[], action: Action): string[] {
  // The limits are about runs, which cost money; a credential is none.
  const counted = changes.filter((change) => change.action === action && change.project !== undefined);
  if (limit === undefined || counted.length <= limit) return [];
  const shown = counted.slice(0, 5).map((change) => change.address);
  const more = counted.length > shown.length ? `, and ${counted.length - shown.length} more` : "";
  return [
    `policy.${name}: the plan would ${action} ${counted.length} runs, ${limit} allowed (${shown.join(", ")}${more})`,
  ];
}

/** Only what is still to be started counts: what ran has written already. */
function overwrites(changes: readonly Change[]): string[] {
  return changes.flatMap((change) =>
    change.effects
      .filter((effect) => effect.action === "OVERWRITE")
      .map((effect) => `policy.forbidOverwrite: ${change.address} may overwrite ${effect.project}:${effect.target}`),
  );
}
