/** How many calls run at once, and how fast they start: one governor for everything, the token call included. */
import { retryAfterMs } from "./backoff.ts";
import type { ClientEvent, OnEvent } from "./events.ts";
import { createPace } from "./pace.ts";
import { places } from "./places.ts";
import { type Allowance, allowanceOf } from "./rate-headers.ts";
import { pause, refuseAborted, type Time } from "./time.ts";
import type { Transport } from "./types.ts";

/** A call's permission to start. */
export interface Turn {
  /** Milliseconds since 1970. */
  startedAt: number;
  /** Whether the rate held it back. */
  wasPaced: boolean;
}

export interface Governor {
  /** Runs `start` when its turn comes; rejects with `AbortedError` when the signal aborts before that. */
  run<T>(start: (turn: Turn) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** What the server answered, for the governor to learn from; without a turn, to a call that started just now. */
  report(status: number, headers: Readonly<Record<string, string>>, turn?: Turn): void;
  /** Starts a second that the server has shown to permit; undefined until it has refused some. */
  limit(): number | undefined;
}

/** A `pause`, with the starts a second that follow it. */
export interface PauseEvent extends ClientEvent {
  type: "pause";
  requestsPerSecond: number;
}

/** Every exchange takes its turn; waits between retries are outside of it and hold no place. */
export function governed(next: Transport, governor: Governor): Transport {
  return (request) =>
    governor.run(async (turn) => {
      refuseAborted(request.signal);
      const response = await next(request);
      governor.report(response.status, response.headers, turn);
      return response;
    }, request.signal);
}

export interface Limits {
  concurrency: number;
  /** Starts a second at most, whatever the server would permit. */
  requestsPerSecond?: number | undefined;
}

/** So many calls at first are not paced: a short command should not wait for a rate that nobody has asked for. */
const OPENING = 10;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const SPREAD_MS = 1_000;
/** A lone 429 means that the bucket is empty by a hair: it is given so many calls' time to fill. */
const REFILL_CALLS = 2;
/** After so many 429s in a row one call at a time asks whether they are over: some servers lock out who insists. */
const ONE_AT_A_TIME_FROM = 3;

/**
 * A governor whose rate follows the server's 429s (`pace.ts`). First come, first served; starts are evenly spaced, and
 * a start that came late is made up for once. A 429 stops all starts together, for `Retry-After` or for a pause that
 * doubles while nothing gets through; calls that were under way when it began are the same news again.
 */
export function adaptiveGovernor(limits: Limits, time: Time, onEvent: OnEvent): Governor {
  const pace = createPace(limits.requestsPerSecond);
  const waiting = places(limits.concurrency);
  const head = places(1);
  let opening = limits.requestsPerSecond === undefined ? OPENING : 0;
  let nextStart = time.clock();
  let pausedUntil = 0;
  /** Pauses since the last success, and 429s in a row. */
  let strikes = 0;
  let refused = 0;
  let underWay = 0;
  /** Calls that the server's headers leave until the reset; those under way count as made. */
  let allowed = Number.POSITIVE_INFINITY;
  let resetAt = 0;
  let onEnd: () => void = () => undefined;

  /** Only the first in line waits for the clock, so that a rate that changes meanwhile holds for all behind it. */
  async function turn(signal: AbortSignal | undefined): Promise<Turn> {
    const leave = await head.enter(signal);
    try {
      let until: number;
      let wasPaced = false;
      do {
        while ((refused >= ONE_AT_A_TIME_FROM || allowed < 1) && underWay > 0) await nextEnd();
        refuseAborted(signal);
        const now = time.clock();
        const isFree = opening > 0 && pace.limit() === undefined;
        until = Math.max(pausedUntil, isFree ? 0 : nextStart, allowed < 1 ? resetAt : 0);
        wasPaced ||= !isFree && nextStart > now - 1000 / pace.rate();
        if (until > now) await pause(time, until - now, signal);
        // A pause that was declared while this caller slept holds for it too.
      } while (pausedUntil > until && pausedUntil > time.clock());
      const startedAt = time.clock();
      const spacing = 1000 / pace.rate();
      nextStart = Math.max(nextStart, startedAt - spacing) + spacing;
      opening -= 1;
      allowed -= 1;
      underWay += 1;
      return { startedAt, wasPaced };
    } finally {
      leave();
    }
  }

  function nextEnd(): Promise<void> {
    return new Promise((resolve) => {
      onEnd = resolve;
    });
  }

  function hold(status: number, until: number, now: number): void {
    if (until <= pausedUntil) return;
    pausedUntil = until;
    nextStart = Math.max(nextStart, until);
    const event: PauseEvent = { type: "pause", status, waitMs: until - now, requestsPerSecond: pace.rate() };
    onEvent(event);
  }

  /** After a pause that the server asked for, other clients come back as well: a little later, and not in lockstep. */
  function spread(waitMs: number): number {
    return waitMs + time.random() * Math.min(SPREAD_MS, waitMs);
  }

  function refusal(status: number, asked: number | undefined, startedAt: number, now: number): void {
    refused += 1;
    if (startedAt < pausedUntil) {
      if (asked !== undefined && now + asked > pausedUntil) hold(status, now + spread(asked), now);
      return;
    }
    const isSoon = status === 429 && pace.throttled(now);
    strikes += 1;
    const bound =
      isSoon || strikes > 1
        ? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (strikes - 1))
        : Math.min(FIRST_PAUSE_MS, (REFILL_CALLS * 1000) / pace.rate());
    hold(status, now + (asked === undefined ? bound * (0.5 + time.random() / 2) : spread(asked)), now);
  }

  /** What is left is spread over the time that it must last for. */
  function obey(allowance: Allowance | undefined, startedAt: number, now: number): void {
    if (allowance === undefined) {
      allowed = Number.POSITIVE_INFINITY;
      return;
    }
    const { remaining, resetMs } = allowance;
    allowed = remaining - (underWay - 1);
    resetAt = now + resetMs;
    if (remaining > 0) nextStart = Math.max(nextStart, startedAt + resetMs / remaining);
  }

  return {
    limit: pace.limit,

    async run(start, signal) {
      const leave = await waiting.enter(signal);
      try {
        const permitted = await turn(signal);
        try {
          return await start(permitted);
        } finally {
          underWay -= 1;
          onEnd();
        }
      } finally {
        leave();
      }
    },

    report(status, headers, { startedAt, wasPaced } = { startedAt: time.clock(), wasPaced: true }) {
      const now = time.clock();
      const asked = retryAfterMs(headers, now);
      if (status === 429 || (status === 503 && asked !== undefined)) {
        refusal(status, asked, startedAt, now);
        return;
      }
      if (status < 400) {
        strikes = 0;
        refused = 0;
        pace.succeeded(wasPaced);
      }
      obey(allowanceOf(headers, now), startedAt, now);
    },
  };
}
