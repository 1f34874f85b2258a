import type { Decision } from "../core/decision.ts";
import { RefusedError, TreeError } from "../core/errors.ts";
import type { AnalysisStep, Reader } from "../core/ica.ts";
import { INTERRUPTED, messageOf } from "./failure.ts";
import type { Followed } from "./follow.ts";
import type { Result } from "./outcome.ts";

/** Failed runs of which the steps are read: two calls each, and nobody reads more of them in one message. */
const MAX_TOLD = 5;
const MAX_STEPS = 5;
const LOG_LINES = 20;

/** The end of a step's log as text; undefined where ICA keeps none or it cannot be read. */
export type ReadLog = (projectId: string, step: AnalysisStep) => Promise<string | undefined>;

/**
 * One result for each declared thing that was started, followed or did not come to success; what had succeeded before
 * is left out. Of failed runs the failed steps are told, and the end of their logs.
 */
export async function followedResults(
  followed: Followed,
  reader: Pick<Reader, "steps">,
  readLog: ReadLog,
): Promise<Result[]> {
  const results: Result[] = [];
  const failed: { projectId: string; analysisId: string; result: Result }[] = [];
  for (const decision of followed.decisions) {
    const result = resultOf(decision, followed);
    if (result === undefined) continue;
    results.push(result);
    const { kind, project, id } = decision.observed ?? {};
    // A start that failed has no steps: the newest attempt is an earlier one.
    if (kind !== "PipelineRun" || project === undefined || id === undefined) continue;
    if (result.outcome === "failed" && result.analysisId === id)
      failed.push({ projectId: project.id, analysisId: id, result });
  }
  const seen = new Set(followed.decisions.map(({ change }) => change.address));
  for (const start of followed.started.values()) {
    if (seen.has(start.address)) continue;
    results.push(
      start.outcome === "done" ? { ...start, outcome: "unknown", error: "started, and not seen since" } : start,
    );
  }
  for (const { projectId, analysisId, result } of failed.slice(0, MAX_TOLD)) {
    const steps = await failedSteps(projectId, analysisId, reader, readLog);
    if (steps.length > 0) result.steps = steps;
  }
  return results;
}

function resultOf({ change, desired, observed }: Decision, followed: Followed): Result | undefined {
  if (change.action === "orphan" || change.action === "abort" || desired === undefined) return undefined;
  const own = followed.started.get(change.address);
  if (own !== undefined && own.outcome !== "done") return own;
  if (observed === undefined || observed.attempt === 0) {
    if (own !== undefined) return own;
    return desired.kind === "PipelineRun" ? notStarted(change, desired, followed) : undefined;
  }
  const named = {
    address: change.address,
    action: own?.action ?? change.action,
    analysisId: observed.id,
    ...(observed.reference === undefined ? {} : { reference: observed.reference }),
    ...(observed.status === undefined ? {} : { status: observed.status }),
  };
  switch (observed.phase) {
    case "succeeded": {
      if (change.action === "wait" || change.action === "rerun" || change.action === "create")
        return notStarted(change, desired, followed);
      const isNews = own !== undefined || followed.followed.has(change.address);
      return isNews ? { ...own, ...named, outcome: "done" } : undefined;
    }
    case "failed":
    case "aborted": {
      const why = observed.summary === undefined ? "" : `, as ICA says: ${observed.summary}`;
      const help =
        change.action === "rerun"
          ? "rerun.onFailure allows another attempt: apply again"
          : `one more attempt: icaform apply --rerun ${desired.name} --reason '…'`;
      return { ...named, outcome: "failed", error: `attempt ${observed.attempt} ended ${observed.status}${why}`, help };
    }
    default:
      return { ...named, outcome: "unknown", error: `attempt ${observed.attempt} is still ${observed.status}` };
  }
}

function notStarted(change: Decision["change"], desired: NonNullable<Decision["desired"]>, followed: Followed): Result {
  const { file, line, column } = desired.locate(["metadata", "name"]);
  const blocked = followed.blockedBecause(change);
  const isReady = change.action === "create" || change.action === "rerun";
  const error = blocked ?? (isReady ? whyNotStarted(change, followed) : change.reason);
  const action = blocked === undefined ? change.action : "wait";
  return { address: change.address, action, outcome: "skipped", error, file, line, column };
}

function whyNotStarted({ reason }: Decision["change"], { fault, end }: Followed): string {
  if (fault instanceof RefusedError) return fault.message;
  if (fault instanceof TreeError) return `not started: ${firstMistake(fault)}`;
  if (fault !== undefined) return `not started: ${messageOf(fault)}`;
  return end === "interrupted" ? INTERRUPTED : `not started: the approved plan did not hold it (${reason})`;
}

/** The others are told beside the results. */
function firstMistake({ diagnostics, message }: TreeError): string {
  const first = diagnostics.find(({ severity }) => severity === "error");
  return first === undefined ? message : `${first.file}:${first.line}:${first.column}: ${first.message}`;
}

/** What went wrong must never hide how it ended: what cannot be read is left out. */
async function failedSteps(
  projectId: string,
  analysisId: string,
  reader: Pick<Reader, "steps">,
  readLog: ReadLog,
): Promise<NonNullable<Result["steps"]>> {
  try {
    const steps = (await reader.steps(projectId, analysisId)).filter(({ status }) => status === "FAILED");
    const told: NonNullable<Result["steps"]> = [];
    for (const step of steps.slice(0, MAX_STEPS)) {
      const text = await readLog(projectId, step).catch(() => undefined);
      const log = text?.trimEnd().split(/\r?\n/).slice(-LOG_LINES);
      told.push({
        name: step.name,
        status: step.status,
        ...(step.exitCode === undefined ? {} : { exitCode: step.exitCode }),
        ...(log === undefined ? {} : { log }),
        ...(step.stdErr?.path === undefined ? {} : { logPath: step.stdErr.path }),
      });
    }
    return told;
  } catch {
    return [];
  }
}
