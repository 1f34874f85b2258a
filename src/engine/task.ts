import type { Clock } from "../core/clock.ts";
import type { Position } from "../core/diagnostic.ts";
import type { Analysis, Reader, Writer } from "../core/ica.ts";
import type { Change } from "../core/plan.ts";
import type { SecretRef } from "../core/spec.ts";
import type { Step } from "../core/step.ts";
import type { Result } from "./outcome.ts";
import type { SecretStore } from "./secrets.ts";

export interface ApplyContext {
  stack: string;
  writer: Writer;
  /** For settling and verifying: goes on reading after an interrupt, when the writer no longer does. */
  reader: Reader;
  secrets: SecretStore;
  /** Where a manifest asks for a secret; left out: nobody will be told. */
  placeOfSecret?: (ref: SecretRef) => Position | undefined;
  clock: Clock;
  /** Writes under way at once. */
  concurrency: number;
  /** Once aborted nothing more is issued; what is in flight is let finish and settled. */
  signal: AbortSignal;
  /** The creates that were sent, set by `applyRun` before it sends. */
  sent: Map<Change, Sent>;
  /** Told of every result as it comes, in no fixed order. */
  onResult: (result: Result) => void;
}

/** One create call of this process. */
export interface Sent {
  /** Asks again: the same body under the same key is answered from ICA's store, or carried out if it never arrived. */
  replay: () => Promise<Analysis>;
  /** The run that it made: from ICA's answer, or read and known to be this user's; never another apply's. */
  made?: Analysis;
}

/** One change with its write; what the executors get. */
export interface Task<Write extends Step = Step> {
  change: Change;
  step: Write;
}

export type StepOf<Type extends Step["type"]> = Extract<Step, { type: Type }>;
export type CreateTask = Task<StepOf<"create-analysis">>;

/** Whether a task starts a run. */
export function isCreate(task: Task): task is CreateTask {
  return task.step.type === "create-analysis";
}

/** The name of the run that a task is about. */
export function runOf(task: Task): string {
  return task.change.address.slice("PipelineRun/".length);
}

/** The part of a result that says what it is about. */
export function named(change: Change): Pick<Result, "address" | "action" | "analysisId" | "reference"> {
  return {
    address: change.address,
    action: change.action,
    ...(change.action === "update" || change.action === "abort"
      ? {
          ...(change.analysisId === undefined ? {} : { analysisId: change.analysisId }),
          ...(change.reference === undefined ? {} : { reference: change.reference }),
        }
      : {}),
  };
}

/** The result of a run that this process made; it is kept, so that verifying knows which of two is its own. */
export function done(task: Task, analysis: Analysis, context: ApplyContext): Result {
  const sent = context.sent.get(task.change);
  if (sent !== undefined) sent.made = analysis;
  return {
    address: task.change.address,
    action: task.change.action,
    outcome: "done",
    analysisId: analysis.id,
    reference: analysis.reference,
  };
}
