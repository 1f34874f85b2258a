import { ApiError, mayHaveTakenEffect } from "../core/errors.ts";
import type { Analysis } from "../core/ica.ts";
import { failureOf } from "./failure.ts";
import { isAsDeclared, ownership, seenAs } from "./find-attempt.ts";
import { keyReused } from "./key-reused.ts";
import type { Result } from "./outcome.ts";
import { finishedBody } from "./secrets.ts";
import { type ApplyContext, type CreateTask, done, named } from "./task.ts";

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
  context.sent.set(change, { replay: send });
  let mayBeUnderWay = false;
  for (const wait of [...IN_FLIGHT_WAITS_MS, undefined]) {
    try {
      return done(task, await send(), context);
    } catch (error) {
      // 422: another body was sent under this identity (ica-facts, "Idempotency").
      if (error instanceof ApiError && error.status === 422) return keyReused(task, error, context);
      const isInFlight = error instanceof ApiError && error.status === 409;
      mayBeUnderWay ||= isInFlight;
      const isOpen = mayBeUnderWay || mayHaveTakenEffect(error);
      const found = isOpen ? await findOwn(task, context) : undefined;
      if (found !== undefined) {
        return { ...done(task, found, context), note: "it was there already: an earlier call had started it" };
      }
      if (isInFlight && wait !== undefined && !context.signal.aborted) {
        await context.clock.sleep(wait, context.signal);
        continue;
      }
      const failure = failureOf(error);
      return {
        ...named(change),
        ...failure,
        outcome: mayBeUnderWay ? "unknown" : failure.outcome,
        error: failure.error ?? "",
      };
    }
  }
  throw new Error("unreachable: the last wait ends the loop");
}

/** This user's own run of this attempt and fingerprint; what cannot be read now is settled later. */
async function findOwn(task: CreateTask, context: ApplyContext): Promise<Analysis | undefined> {
  try {
    const seen = await seenAs(task, context);
    return seen.find((one) => isAsDeclared(task, one) && ownership(one.analysis, context) === "ours")?.analysis;
  } catch {
    // How the create ended must never be told from a failed reading.
    return undefined;
  }
}
