import type { Reader } from "../core/ica.ts";
import { isWrite } from "../core/plan.ts";
import type { Tree } from "../core/spec.ts";
import { type Followed, type Following, follow } from "../engine/follow.ts";
import { followedResults, type ReadLog } from "../engine/follow-results.ts";
import { observeStack } from "../engine/observe.ts";
import type { Result } from "../engine/outcome.ts";
import type { PlannedStack, PlanOptions } from "../engine/plan.ts";
import { logTail } from "../ica/log-tail.ts";
import { KINDS } from "../kinds/index.ts";
import { counted } from "../render/amounts.ts";
import { safe } from "../render/safe.ts";
import { systemClock } from "./clock.ts";
import type { Io } from "./io.ts";
import { type Log, tell, tellTrouble } from "./log.ts";
import { DEFAULT_INTERVAL } from "./options.ts";

export interface WaitOptions {
  wait: boolean;
  /** Milliseconds. */
  interval?: number;
  timeout?: number;
}

export interface Waiting extends WaitOptions {
  tree: Tree;
  reader: Reader;
  planOptions: () => PlanOptions;
  approved: PlannedStack;
  results: readonly Result[];
  /** An exact plan was reviewed: nothing but that is started. */
  isPinned: boolean;
  plan: Following["plan"];
  apply: Following["apply"];
  signal: AbortSignal;
}

/** Follows what an apply has started, and what was running, to the end; the results of all of it. */
export async function waitForAll(given: Waiting, io: Io, log: Log): Promise<{ results: Result[]; followed: Followed }> {
  const { tree, reader, approved, signal } = given;
  const followed = await follow({
    approved: approved.plan,
    started: given.results,
    policy: tree.stack.spec.policy,
    mayRetry: !given.isPinned,
    observe: async () => (await observeStack(tree, reader, KINDS, given.planOptions())).decisions,
    plan: given.plan,
    apply: given.apply,
    clock: systemClock,
    intervalMs: given.interval ?? DEFAULT_INTERVAL,
    ...(given.timeout === undefined ? {} : { deadline: Date.now() + given.timeout }),
    signal,
    onStatus: (address, status) => log("info", "run.status", `${safe(address)}: ${safe(status)}`, { address, status }),
    onTrouble: (message) => tellTrouble(log, message),
  });
  if (followed.end !== "final") tellHowToGoOn(followed.end, followed, io);
  const results =
    signal.aborted || followed.end === "unseen"
      ? await followedResults(followed, { steps: async () => [] }, async () => undefined)
      : await followedResults(followed, reader, logReader(reader, io));
  return { results, followed };
}

/** What apply would still have to do or to follow, so that a person must have agreed to it. */
export function hasAnythingAhead({ plan }: PlannedStack, isWaiting: boolean): boolean {
  return plan.changes.some(({ action }) => isWrite(action) || (isWaiting && action === "wait"));
}

function logReader(reader: Reader, io: Io): ReadLog {
  return async (projectId, { stdErr }) => {
    if (stdErr === undefined) return undefined;
    const url = await reader.downloadUrl(projectId, stdErr.id);
    io.secrets.add(url);
    return logTail(url);
  };
}

type EarlyEnd = Exclude<Followed["end"], "final">;

const WHY_ENDED: Record<EarlyEnd, string> = {
  timeout: "--timeout is over",
  interrupted: "no longer waiting",
  unseen: "ICA cannot be read",
};

function tellHowToGoOn(end: EarlyEnd, { decisions }: Followed, io: Io): void {
  const active = decisions.filter(({ observed, change }) => observed?.phase === "active" && change.action !== "orphan");
  const what = active.length === 1 ? "1 run goes on in ICA" : `${counted(active.length, "run")} go on in ICA`;
  const message = `${WHY_ENDED[end]}: ${what}; apply --wait again to follow them and start what waits: nothing is started twice`;
  tell(io, { event: "follow.ended", level: "warn", message, reason: end, active: active.length }, `${message}\n`);
}
