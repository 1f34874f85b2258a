/**
 * The law by which the permitted rate is found: pure numbers, no clock of its own. ICA documents no limit (ica-facts,
 * Rate limits), so it is learned from 429s as TCP learns a path's capacity: slow start, multiplicative decrease, then
 * CUBIC's curve (RFC 9438): quick recovery, a plateau at the last known limit, and probing above it that grows bolder.
 */

export interface Pace {
  /** Starts a second. */
  rate(): number;
  /** The limit as last met; undefined before the first 429. */
  limit(): number | undefined;
  /** @param wasPaced whether the rate, not the work, bounded the call: only then has the rate proved itself */
  succeeded(wasPaced: boolean): void;
  /** A 429 of a call that started after the last decrease; returns whether it came soon after the one before. */
  throttled(now: number): boolean;
}

const FIRST_RATE = 20;
/** Per success, which doubles the rate every second. */
const SLOW_START_GAIN = Math.LN2;
const LOWEST_RATE = 0.05;
/** 429s with fewer successes between them follow each other: the limit is well below the rate. */
const ENOUGH_SUCCESSES = 20;
/** From so many on, the time that they took tells the server's rate well enough not to fall below it. */
const TELLING_SUCCESSES = 5;
const SLIGHT_DECREASE = 0.9;
const STRONG_DECREASE = 0.7;
/** The plateau is reached after so many successes: counted, not timed, so that 429s stay as rare at any rate. */
const RECOVERY = 60;
/** How far above the limit the probing is after another `RECOVERY` successes. */
const PROBING = 0.15;
/** A limit that is passed by so much is not the limit any more: the curve begins anew, at a plateau. */
const NEWS = 1.3;
/** Then up to so many times as quickly, below the rate that one begins with: another client may have gone. */
const MOST_WEIGHT = 4;
/** Calls that got through between two 429s, a second, are at most what the server grants: a little more is tried. */
const ABOVE_DELIVERED = 1.02;

/** @param ceiling starts a second that are never exceeded */
export function createPace(ceiling = Number.POSITIVE_INFINITY): Pace {
  let rate = Math.min(FIRST_RATE, ceiling);
  let limit: number | undefined;
  /** Successes since the last decrease: all of them, and those that the rate bounded. */
  let answered = 0;
  let proved = 0;
  let throttledAt: number | undefined;
  let depth = 0;
  /** The rate before 429s followed each other; what is far below it may have fallen by bad luck, and recovers sooner. */
  let peak = 0;
  /** How much each success counts: more, once the limit has proved to be out of date. */
  let weight = 1;

  function recovered(target: number): number {
    const position = proved / RECOVERY - 1;
    return target * (1 + (position < 0 ? depth : PROBING) * position ** 3);
  }

  return {
    rate: () => rate,
    limit: () => limit,
    succeeded(wasPaced) {
      answered += 1;
      if (!wasPaced) return;
      proved += limit === undefined ? 1 : Math.max(weight, peak / limit);
      rate = Math.min(ceiling, limit === undefined ? rate + SLOW_START_GAIN : recovered(limit));
      if (limit !== undefined && rate > limit * NEWS) {
        limit = rate;
        proved = RECOVERY;
        weight = Math.min(MOST_WEIGHT, FIRST_RATE / rate);
      }
    },
    throttled(now) {
      const before = rate;
      const isSoon = limit === undefined || answered < ENOUGH_SUCCESSES;
      // From an empty bucket to an empty bucket, what got through is the server's rate, whatever its burst.
      const delivered = throttledAt === undefined ? 0 : (answered * 1000) / Math.max(1, now - throttledAt);
      if (isSoon) {
        const floor = answered < TELLING_SUCCESSES ? 0 : delivered * SLIGHT_DECREASE;
        // Where nothing got through, the rate had no part in it: the pause doubles instead.
        if (limit === undefined || answered > 0) {
          rate = Math.min(rate * SLIGHT_DECREASE, Math.max(rate * STRONG_DECREASE, floor));
          limit = rate / SLIGHT_DECREASE;
        }
      } else {
        limit = Math.min(rate, Math.max(delivered * ABOVE_DELIVERED, rate * STRONG_DECREASE));
        rate = Math.min(rate, limit) * SLIGHT_DECREASE;
      }
      limit ??= rate;
      rate = Math.max(LOWEST_RATE, rate);
      peak = answered < TELLING_SUCCESSES ? Math.max(peak, before) : (Math.max(peak, before) + limit) / 2;
      limit = Math.max(LOWEST_RATE, limit);
      depth = 1 - rate / limit;
      throttledAt = now;
      answered = 0;
      proved = 0;
      weight = 1;
      return isSoon;
    },
  };
}
