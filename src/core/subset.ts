import { canonicalJson } from "./canonical.ts";
import { type Change, isWrite, type Plan } from "./plan.ts";

/**
 * What a fresh plan would do that a reviewed one does not hold, one line each; empty when it is that plan or a subset
 * of it. What waited in the review may have become ready since: its start was reviewed with it.
 */
export function grownBeyond(reviewed: Pick<Plan, "changes">, fresh: Pick<Plan, "changes">): string[] {
  const isHeld = heldBy(reviewed);
  return fresh.changes
    .filter((change) => isWrite(change.action) && !isHeld(change))
    .map((change) => `${change.address}: ${change.action} (${change.reason})`);
}

/** Whether a plan holds what a change of another one does. */
export function heldBy({ changes }: Pick<Plan, "changes">): (change: Change) => boolean {
  const held = new Set(changes.map(actOf));
  return (change) => held.has(actOf(change));
}

/** What one change does, without the words about it. */
function actOf(change: Change): string {
  const { address, project, action, attempt, fingerprint, analysisId } = change;
  if (action === "create" || action === "rerun" || action === "wait") {
    return canonicalJson(["start", address, project, attempt, fingerprint]);
  }
  const patch = action === "update" ? change.patch : [];
  return canonicalJson([action, address, project, attempt, fingerprint, patch, action === "abort" ? analysisId : null]);
}
