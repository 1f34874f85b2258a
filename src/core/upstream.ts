/** What a run owes to those that it depends on: whether it has to wait, and whether it is outdated. */
import { inDependencyOrder } from "./graph.ts";
import type { Change } from "./plan.ts";
import type { Attempt, Observed } from "./resource.ts";

/** What was decided of something that a run depends on. */
interface Decided {
  change: Change;
  observed?: Observed;
}

/** Why a run cannot start yet. `blockedBy`: a run that ended otherwise than by success, so that waiting alone is no help. */
export interface Wait {
  reason: string;
  blockedBy?: string;
}

/**
 * What keeps a run from starting, by what was decided of all that it depends on; undefined: nothing. Of several causes
 * one that blocks is told, since somebody has to act on it.
 */
export function waitFor(dependsOn: readonly string[], decided: ReadonlyMap<string, Decided>): Wait | undefined {
  const waits = dependsOn.flatMap((address) => waitForOne(address, decided.get(address)) ?? []);
  const told = waits.find((wait) => wait.blockedBy !== undefined) ?? waits[0];
  if (told === undefined || waits.length === 1) return told;
  return { ...told, reason: `${told.reason}, and for ${waits.length - 1} more` };
}

function waitForOne(address: string, upstream: Decided | undefined): Wait | undefined {
  if (upstream === undefined) return undefined;
  const { action, blockedBy } = upstream.change;
  // Plans and `status` tell this, so that it speaks of no plan.
  if (action === "create") return { reason: `waits for ${address}, which is not started yet` };
  if (action === "rerun") return { reason: `waits for ${address}, which is to run again` };
  if (action === "wait") {
    return blockedBy === undefined
      ? { reason: `waits for ${address}, which waits itself` }
      : { reason: `blocked: waits for ${address}, which ${blockedBy} blocks`, blockedBy };
  }
  const { observed } = upstream;
  if (observed?.phase === "succeeded") return undefined;
  if (observed?.phase === "failed" || observed?.phase === "aborted") {
    return { reason: `blocked: ${address} ended ${observed.status}; it must succeed first`, blockedBy: address };
  }
  return { reason: `waits for ${address} (${observed?.status})` };
}

/** A run that could start, but for something that a run before it did not make. */
export interface Blocked {
  address: string;
  reason: string;
  blockedBy: string;
}

/**
 * Lets runs wait that were to start, since something is not there that no waiting brings, and tells all that waits for
 * them, through all levels, who blocks it. The decisions are changed in place.
 */
export function block(decided: readonly Decided[], blocked: readonly Blocked[]): void {
  const byAddress = new Map(decided.map((one) => [one.change.address, one]));
  for (const { address, reason, blockedBy } of blocked) {
    const change = byAddress.get(address)?.change;
    if (change !== undefined) Object.assign(change, { action: "wait", reason, blockedBy });
  }
  const waiting = decided
    .map(({ change }) => change)
    .filter(({ action, blockedBy }) => action === "wait" && !blockedBy);
  const ordered = inDependencyOrder(
    waiting,
    ({ address }) => address,
    ({ dependsOn }) => dependsOn ?? [],
  );
  for (const change of ordered) {
    const wait = waitFor(change.dependsOn ?? [], byAddress);
    if (wait?.blockedBy !== undefined) Object.assign(change, wait);
  }
}

/** Why what a run has made does not rest on the newest of what it depends on. */
export interface Outdated {
  by: string;
  reason: string;
  /** Whether a rerun of this run alone brings it up to date: not while what it depends on is outdated itself. */
  isDirect: boolean;
}

/**
 * Whether something that a run depends on, through all levels, was started again after it, or is by this plan. An
 * attempt that failed has made nothing new.
 */
export function outdated(
  dependsOn: readonly string[],
  observed: Observed,
  decided: ReadonlyMap<string, Decided>,
): Outdated | undefined {
  const found = dependsOn.flatMap((address) => outdatedByOne(address, decided.get(address), observed) ?? []);
  return found.find((one) => one.isDirect) ?? found[0];
}

function outdatedByOne(address: string, upstream: Decided | undefined, own: Observed): Outdated | undefined {
  if (upstream?.observed === undefined) return undefined;
  const { change, observed } = upstream;
  const direct = (reason: string) => ({ by: address, reason, isDirect: true });
  if (change.action === "rerun" || change.action === "wait") return direct(`${address} is to run again`);
  // A later attempt that failed does not make what an earlier one made any older.
  const isNews = ({ attempt, phase, timeCreated }: Pick<Attempt, "attempt" | "phase" | "timeCreated">) =>
    attempt > 1 && phase !== "failed" && phase !== "aborted" && Date.parse(timeCreated) > Date.parse(own.timeCreated);
  if ([observed, ...observed.attempts].some(isNews)) {
    return direct(`${address} ran again since attempt ${own.attempt}`);
  }
  if (change.outdatedBy === undefined) return undefined;
  const reason = `${address} is outdated itself, since ${change.outdatedBy} ran again`;
  return { by: change.outdatedBy, reason, isDirect: false };
}
