import { ApiError, mayHaveTakenEffect } from "../core/errors.ts";
import type { Analysis } from "../core/ica.ts";
import { failureOf } from "./failure.ts";
import { findAttempt } from "./find-attempt.ts";
import type { Result } from "./outcome.ts";
import { finishedBody } from "./secrets.ts";
import { type ApplyContext, type CreateTask, named, type Task } from "./task.ts";

const KEY_REUSED =
  "another body was sent under this run's identity in the last 7 days, and no such run is in ICA as declared; " +
  "nothing was started. Compare the manifest with what was applied before";

/** Waits between reads while another call with the same key is in flight: about a minute in all. */
const IN_FLIGHT_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/**
 * Starts one run. Whatever the answer, the run is never sent under another identity: 409 is waited out, 422 is read
 * again by tag, and an answer that was lost is left `unknown` for `settle`.
 */
export async function applyRun(
  task: CreateTask,
  context: ApplyContext,
  credentials: ReadonlyMap<string, string>,
): Promise<Result> {
  const { change, step } = task;
  const body = await finishedBody(step.body, context.secrets, (name) => {
    const id = credentials.get(name);
    if (id === undefined) throw new Error(`storage credential ${name} is not in ICA`);
    return id;
  });
  const send = () => context.writer.createAnalysis(step.projectId, step.endpoint, body, step.idempotencyKey);
  context.replays.set(change, send);
  let mayBeUnderWay = false;
  for (const wait of [...IN_FLIGHT_WAITS_MS, undefined]) {
    try {
      return done(task, await send());
    } catch (error) {
      const isInFlight = error instanceof ApiError && error.status === 409;
      mayBeUnderWay ||= isInFlight;
      const isOpen = mayBeUnderWay || mayHaveTakenEffect(error) || isKeyReused(error);
      const found = isOpen ? await findIfReadable(task, context) : undefined;
      if (found !== undefined && found !== "unreadable") {
        return { ...done(task, found), note: "it was there already: an earlier call had started it" };
      }
      if (isInFlight && wait !== undefined && !context.signal.aborted) {
        await context.clock.sleep(wait, context.signal);
        continue;
      }
      const failure = failureOf(error);
      const isUnknown = mayBeUnderWay || (isKeyReused(error) && found === "unreadable");
      return {
        ...named(change),
        ...failure,
        outcome: isUnknown ? "unknown" : failure.outcome,
        error: isKeyReused(error) && !isUnknown ? `${failure.error}: ${KEY_REUSED}` : (failure.error ?? ""),
      };
    }
  }
  throw new Error("unreachable: the last wait ends the loop");
}

/** What cannot be read now is settled later: how the create ended must never be told from a failed reading. */
async function findIfReadable(task: CreateTask, context: ApplyContext): Promise<Analysis | undefined | "unreadable"> {
  try {
    return await findAttempt(task, context);
  } catch {
    return "unreadable";
  }
}

/** 422: another body was sent under this identity (ica-facts, "Idempotency"). */
function isKeyReused(error: unknown): boolean {
  return error instanceof ApiError && error.status === 422;
}

export function done(task: Task, analysis: Pick<Analysis, "id" | "reference">): Result {
  return {
    address: task.change.address,
    action: task.change.action,
    outcome: "done",
    analysisId: analysis.id,
    reference: analysis.reference,
  };
}
