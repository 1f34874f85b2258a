import type { Clock } from "../core/clock.ts";
import { totalOf } from "../core/credits.ts";
import type { Decision } from "../core/decision.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import { AbortedError, RefusedError } from "../core/errors.ts";
import { changedSections } from "../core/fingerprint.ts";
import { type Change, isWrite, type Plan } from "../core/plan.ts";
import { policyViolations } from "../core/policy.ts";
import type { Policy } from "../core/spec.ts";
import { heldBy } from "../core/subset.ts";
import type { Result } from "./outcome.ts";
import { createPatience, type Patience } from "./patience.ts";
import type { PlannedStack } from "./plan.ts";
import { waitAfter } from "./watch.ts";

/** What following needs of its surroundings. */
export interface Following {
  /** The plan that a person or a digest has approved, and the results of its first round. */
  approved: Plan;
  started: readonly Result[];
  policy: Policy | undefined;
  /** Whether a failed run may be tried again by its `rerun.onFailure`; not where an exact plan was reviewed. */
  mayRetry: boolean;
  /** A handful of calls: how far everything is, and what could be done. */
  observe(): Promise<readonly Decision[]>;
  plan(): Promise<PlannedStack>;
  apply(planned: PlannedStack): Promise<readonly Result[]>;
  clock: Clock;
  /** Milliseconds between two looks at ICA, at least. */
  intervalMs: number;
  /** Milliseconds since the epoch. */
  deadline?: number;
  signal: AbortSignal;
  /** Told of each run's status when it changes, and of trouble that passes. */
  onStatus(address: string, status: string): void;
  onTrouble(message: string): void;
}

/** How it ended: the last look at everything, and how the starts went. `unseen`: ICA could no longer be read. */
export interface Followed {
  decisions: readonly Decision[];
  /** By address. */
  started: ReadonlyMap<string, Result>;
  /** Addresses that were active at some look. */
  followed: ReadonlySet<string>;
  end: "final" | "interrupted" | "timeout" | "unseen";
  /** Why a plan has found that something cannot start which a look at ICA takes for ready, or for waiting. */
  blockedBecause(change: Change): string | undefined;
  /** What that plan warned of. */
  warnings: readonly Diagnostic[];
  /** Why nothing more was started, whatever it is; what was running has been followed all the same. */
  fault?: unknown;
}

/**
 * Looks at ICA until every run is final or cannot go on. What becomes ready is started when the approved plan held
 * just that (same attempt, same fingerprint); nothing is tried twice. It throws nothing: whatever happens to the next
 * level, or to ICA, how the runs ended that were started must be told.
 */
export async function follow(given: Following): Promise<Followed> {
  const { clock, signal, approved } = given;
  const started = new Map(given.started.map((result) => [result.address, result]));
  const tried = new Set(approved.changes.filter(({ action }) => isWrite(action)).map(keyOf));
  const begun = approved.changes.filter(({ action }) => isWrite(action));
  const isAllowed = allowedBy(approved, given.mayRetry);
  const followed = new Set<string>();
  const told = new Map<string, string>();
  const blocked = new Map<string, string>();
  let warnings: readonly Diagnostic[] = [];
  let decisions: readonly Decision[] = [];
  let fault: unknown;
  const looking = createPatience(given.onTrouble);
  const starting = createPatience(given.onTrouble);
  const end = (how: Followed["end"]): Followed => ({
    decisions,
    started,
    followed,
    end: how,
    fault,
    warnings,
    blockedBecause: (change) => blocked.get(placeOf(change)),
  });

  /** Whether anything became of what is ready: it was started, or is known to be blocked. */
  const startReady = async (isReady: (change: Change) => boolean): Promise<boolean> => {
    const whole = await given.plan();
    const ready = new Set(decisions.flatMap(({ change }) => (isReady(change) ? [placeOf(change)] : [])));
    const stopped = whole.plan.changes.filter((change) => change.blockedBy !== undefined);
    for (const change of stopped) blocked.set(placeOf(change), change.reason);
    const isNews = stopped.some((change) => ready.has(placeOf(change)));
    if (isNews) warnings = whole.plan.diagnostics;
    for (const change of stopped) if (ready.has(placeOf(change))) tried.add(keyOf(change));
    const planned = only(whole, isReady);
    const { changes } = planned.plan;
    if (changes.length === 0) return isNews;
    // What this round holds; else together with the rounds before.
    const all = [...begun, ...changes];
    const refusals =
      planned.refusals.length > 0 ? planned.refusals : policyViolations(given.policy, all, totalOf(all, 0));
    if (refusals.length > 0)
      throw new RefusedError("nothing more is started: it would be beyond the stack's policy", refusals);
    for (const change of changes) tried.add(keyOf(change));
    begun.push(...changes);
    for (const result of await given.apply(planned)) started.set(result.address, result);
    return true;
  };

  for (;;) {
    const since = clock.now();
    if (signal.aborted) return end("interrupted");
    try {
      decisions = await given.observe();
      looking.restore();
    } catch (error) {
      if (error instanceof AbortedError) return end("interrupted");
      const lasting = unlessItPasses(looking, error);
      if (lasting !== undefined) {
        fault ??= lasting;
        return end("unseen");
      }
    }
    for (const decision of decisions) tell(decision, told, given.onStatus);
    const byPlace = new Map(decisions.map((decision) => [placeOf(decision.change), decision]));
    const isReady = (change: Change) =>
      isStart(change) && !tried.has(keyOf(change)) && isAllowed(change, byPlace.get(placeOf(change)));
    const isAnyReady = fault === undefined && decisions.some(({ change }) => isReady(change));
    if (isAnyReady && !looking.isStrained) {
      try {
        const isBegun = await startReady(isReady);
        starting.restore();
        if (isBegun) continue;
      } catch (error) {
        if (error instanceof AbortedError) return end("interrupted");
        fault = unlessItPasses(starting, error);
        if (fault !== undefined) continue;
      }
    }
    const active = decisions.filter((decision) => isUnderWay(decision, started, tried));
    for (const { change } of active) followed.add(change.address);
    if (!looking.isStrained && !isAnyReady && active.length === 0) return end("final");
    if (given.deadline !== undefined && clock.now() >= given.deadline) return end("timeout");
    const wait = waitAfter(given.intervalMs, clock.now() - since, looking.isStrained);
    await clock.sleep(Math.min(wait, (given.deadline ?? Number.POSITIVE_INFINITY) - clock.now()), signal);
  }
}

/** The error that does not pass, or has not passed for too long. */
function unlessItPasses(patience: Patience, error: unknown): unknown {
  try {
    patience.strain(error);
    return undefined;
  } catch (lasting) {
    return lasting;
  }
}

function tell({ change, observed }: Decision, told: Map<string, string>, onStatus: Following["onStatus"]): void {
  if (observed === undefined || observed.attempt === 0 || change.action === "orphan") return;
  const status = `${observed.status ?? "UNKNOWN"}${observed.attempt > 1 ? ` (attempt ${observed.attempt})` : ""}`;
  const before = told.get(change.address);
  told.set(change.address, status);
  const isOver = observed.phase !== "active" && observed.phase !== "unknown";
  if (before !== status && !(before === undefined && isOver)) onStatus(change.address, status);
}

/** The plan that was approved held this start; or it is another attempt of what it started, and those are allowed. */
function allowedBy(approved: Plan, mayRetry: boolean): (change: Change, decision: Decision | undefined) => boolean {
  const isHeld = heldBy(approved);
  const byPlace = new Map(approved.changes.map((change) => [placeOf(change), change]));
  return (change, decision) => {
    if (isHeld(change)) return true;
    const held = byPlace.get(placeOf(change));
    const observed = decision?.observed;
    if (!mayRetry || held === undefined || observed?.phase !== "failed" || change.action !== "rerun") return false;
    const isSame = (other: Change["fingerprint"]) =>
      other !== undefined && changedSections(change.fingerprint ?? {}, other).length === 0;
    return isSame(held.fingerprint) && isSame(observed.fingerprint);
  };
}

/** Active in ICA, or started and not listed yet. */
function isUnderWay(
  { change, observed }: Decision,
  started: ReadonlyMap<string, Result>,
  tried: ReadonlySet<string>,
): boolean {
  if (change.action === "orphan" || change.action === "abort") return false;
  if (observed !== undefined && observed.attempt > 0 && (observed.phase === "active" || observed.phase === "unknown"))
    return true;
  return isStart(change) && tried.has(keyOf(change)) && started.get(change.address)?.outcome === "done";
}

function isStart({ action }: Change): boolean {
  return action === "create" || action === "rerun";
}

function only(planned: PlannedStack, isWanted: (change: Change) => boolean): PlannedStack {
  const changes = planned.plan.changes.filter(isWanted);
  return { ...planned, plan: { ...planned.plan, changes } };
}

function placeOf({ address, project }: Change): string {
  return `${project ?? ""} ${address}`;
}

function keyOf(change: Change): string {
  return `${placeOf(change)} ${change.attempt ?? 0}`;
}
