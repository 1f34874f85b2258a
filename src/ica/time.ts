/** Time as the client's policies see it: all of it is passed in, so that a test of backoff waits for no real second. */
import { setTimeout as delay } from "node:timers/promises";
import { AbortedError } from "../core/errors.ts";

/** Milliseconds since 1970. */
export type Clock = () => number;

/** Resolves after `ms`; may reject at once when `signal` aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** A number from 0 to, but not including, 1. */
export type Random = () => number;

export interface Time {
  clock: Clock;
  sleep: Sleep;
  random: Random;
}

export const realTime: Time = {
  clock: Date.now,
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
  random: Math.random,
};

/** Sleeps, and throws `AbortedError` as soon as the signal says so. */
export async function pause(time: Time, ms: number, signal: AbortSignal | undefined): Promise<void> {
  refuseAborted(signal);
  try {
    await time.sleep(ms, signal);
  } catch (error) {
    refuseAborted(signal, error);
    throw error;
  }
  refuseAborted(signal);
}

export function refuseAborted(signal: AbortSignal | undefined, cause?: unknown): void {
  if (signal?.aborted) {
    throw new AbortedError("interrupted", { cause: cause ?? signal.reason });
  }
}
