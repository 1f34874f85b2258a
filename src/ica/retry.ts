/** Which failures are tried again, and what earlier tries leave open. */
import { AbortedError, NetworkError } from "../core/errors.ts";
import { backoffMs, type RetryPolicy, retryAfterMs } from "./backoff.ts";
import type { OnEvent } from "./events.ts";
import { pause, type Time } from "./time.ts";
import type { IcaRequest, IcaResponse, Transport } from "./types.ts";

/**
 * Tries again with full-jitter exponential backoff, never sooner than `Retry-After`.
 *
 * | failure | tried again |
 * | --- | --- |
 * | 429; no connection | always: ICA did not execute it |
 * | 500, 502, 503, 504; connection lost | when the request is `safe` or has an idempotency key |
 * | all other answers | never |
 *
 * What earlier tries left open is kept: a later answer or failure then carries `unsettled`, or `sent`.
 */
export function retried(next: Transport, policy: RetryPolicy, time: Time, onEvent: OnEvent): Transport {
  let wasReached = false;
  return async (request) => {
    let waitedMs = 0;
    let unsettled = request.unsettled ?? false;
    for (let attempt = 1; ; attempt++) {
      const outcome = await tryOnce(next, { ...request, attempt }, unsettled);
      wasReached ||= "response" in outcome || outcome.error.sent;
      if (
        !mayRepeat(request, outcome) ||
        attempt >= (wasReached ? policy.tries : Math.min(policy.tries, policy.connectTries))
      ) {
        return settled(request, outcome, attempt, unsettled);
      }
      const waitMs = waitFor(outcome, attempt, policy, time);
      waitedMs += waitMs;
      if (waitedMs > policy.budgetMs) {
        return settled(request, outcome, attempt, unsettled);
      }
      unsettled ||= mayBeDone(outcome);
      onEvent({
        type: "retry",
        method: request.method,
        path: request.path,
        ...("response" in outcome ? { status: outcome.response.status } : {}),
        attempt,
        waitMs,
      });
      await interruptible(() => pause(time, waitMs, request.signal), request, unsettled);
    }
  };
}

type Outcome = { response: IcaResponse } | { error: NetworkError };

async function tryOnce(next: Transport, request: IcaRequest, unsettled: boolean): Promise<Outcome> {
  try {
    return { response: await interruptible(() => next(request), request, unsettled) };
  } catch (error) {
    if (error instanceof NetworkError && !(error.cause instanceof AbortedError)) {
      return { error };
    }
    throw error;
  }
}

function mayRepeat(request: IcaRequest, outcome: Outcome): boolean {
  const harmless = request.safe || request.idempotencyKey !== undefined;
  if ("error" in outcome) {
    return harmless || !outcome.error.sent;
  }
  const { status } = outcome.response;
  return status === 429 || (harmless && [500, 502, 503, 504].includes(status));
}

function mayBeDone(outcome: Outcome): boolean {
  return "error" in outcome ? outcome.error.sent : outcome.response.status >= 500;
}

/** `Retry-After` is never undercut; the jitter on top keeps callers from coming back in lockstep. */
function waitFor(outcome: Outcome, attempt: number, policy: RetryPolicy, time: Time): number {
  const asked = "response" in outcome ? retryAfterMs(outcome.response.headers, time.clock()) : undefined;
  return asked === undefined
    ? backoffMs(attempt, policy, time.random)
    : asked + Math.max(policy.floorMs, time.random() * policy.baseMs);
}

function settled(request: IcaRequest, outcome: Outcome, attempts: number, unsettled: boolean): IcaResponse {
  if ("response" in outcome) {
    return { ...outcome.response, attempts, unsettled };
  }
  if (attempts === 1 && !unsettled) {
    throw outcome.error;
  }
  const what = outcome.error.message.slice(`${request.method} ${request.path}: `.length);
  throw new NetworkError(request, `${what} (after ${attempts} tries)`, outcome.error.sent || unsettled, {
    cause: outcome.error,
  });
}

/** `AbortedError` promises that nothing was sent, which an unsettled earlier try makes untrue. */
async function interruptible<T>(step: () => Promise<T>, request: IcaRequest, unsettled: boolean): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof AbortedError && unsettled) {
      throw new NetworkError(request, "interrupted after a try whose outcome is unknown", true, { cause: error });
    }
    throw error;
  }
}
