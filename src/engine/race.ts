import { byCodeUnit } from "../core/address.ts";
import { ApiError, mayHaveTakenEffect } from "../core/errors.ts";
import type { Analysis } from "../core/ica.ts";
import { phaseOf } from "../core/status.ts";
import { messageOf } from "./failure.ts";
import type { Result } from "./outcome.ts";
import type { ApplyContext, CreateTask } from "./task.ts";

/** Tries of one abort; to abort twice does no harm. */
const ABORT_TRIES = 3;

/**
 * Another apply has started the same attempt as well. The later one (by timeCreated, then id) is aborted, if this
 * process made it; where that does not succeed the result says so and is not done.
 */
export async function resolveRace(
  task: CreateTask,
  own: Analysis,
  others: readonly Analysis[],
  result: Result,
  context: ApplyContext,
): Promise<Result> {
  const [winner = own, ...later] = [own, ...others].sort(
    (left, right) => byCodeUnit(left.timeCreated, right.timeCreated) || byCodeUnit(left.id, right.id),
  );
  const first = { ...result, analysisId: winner.id, reference: winner.reference };
  if (own.id === winner.id) {
    const ids = later.map((analysis) => analysis.id).join(", ");
    return {
      ...first,
      note: joined(result.note, `another apply started it too: ${ids}, which is for that apply to abort`),
    };
  }
  const failure = await abort(task, own.id, context);
  if (failure !== undefined) {
    return {
      ...first,
      outcome: "failed",
      error: `another apply was first with ${winner.reference}; our later ${own.reference} (${own.id}) goes on: ${failure}; abort it in ICA`,
    };
  }
  return {
    ...first,
    note: joined(
      result.note,
      `another apply was first with ${winner.reference}; our later ${own.reference} is aborted`,
    ),
  };
}

/** Undefined once ICA has taken the abort; else why not. */
async function abort(task: CreateTask, id: string, { writer, reader }: ApplyContext): Promise<string | undefined> {
  const { projectId } = task.step;
  for (let tries = 1; ; tries++) {
    try {
      await writer.abortAnalysis(projectId, id);
      return undefined;
    } catch (error) {
      if (tries < ABORT_TRIES && mayHaveTakenEffect(error)) continue;
      const isOver = error instanceof ApiError && error.status === 409;
      if ((isOver || mayHaveTakenEffect(error)) && (await isAborted(projectId, id, reader))) return undefined;
      return messageOf(error);
    }
  }
}

async function isAborted(projectId: string, id: string, reader: ApplyContext["reader"]): Promise<boolean> {
  try {
    const { analysis } = await reader.analysis(projectId, id);
    return phaseOf(analysis.status) === "aborted" || analysis.status === "ABORTING";
  } catch {
    // What cannot be read is not known to be aborted.
    return false;
  }
}

function joined(earlier: string | undefined, note: string): string {
  return earlier === undefined ? note : `${earlier}; ${note}`;
}
