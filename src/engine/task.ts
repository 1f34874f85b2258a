import type { Clock } from "../core/clock.ts";
import type { Analysis, Reader, Writer } from "../core/ica.ts";
import type { Change } from "../core/plan.ts";
import type { Step } from "../core/step.ts";
import type { Result } from "./outcome.ts";
import type { SecretStore } from "./secrets.ts";

export interface ApplyContext {
  stack: string;
  writer: Writer;
  /** For settling and verifying: goes on reading after an interrupt, when the writer no longer does. */
  reader: Reader;
  secrets: SecretStore;
  clock: Clock;
  /** Writes under way at once. */
  concurrency: number;
  /** Once aborted nothing more is issued; what is in flight is let finish and settled. */
  signal: AbortSignal;
  /**
   * How to ask again for what one's own create made: the same body under the same key is answered from ICA's store.
   * Set by `applyRun` before it sends.
   */
  replays: Map<Change, () => Promise<Analysis>>;
  /** Told of every result as it comes, in no fixed order. */
  onResult: (result: Result) => void;
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
