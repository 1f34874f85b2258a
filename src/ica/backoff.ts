/** How long to wait before trying again: by our own backoff, or as long as the server asks. */

export interface RetryPolicy {
  /** Tries in all, the first among them. */
  tries: number;
  /** Tries while this server has never been reached: a wrong address must not keep anybody waiting. */
  connectTries: number;
  baseMs: number;
  /** No backoff is longer; `Retry-After` may be. */
  capMs: number;
  /** No backoff is shorter. */
  floorMs: number;
  /** The waits of one call add up to no more; its time in line for the governor does not count. */
  budgetMs: number;
}

/** Source: ica-facts, Rate limits: heavy users try up to 10 times, with jitter. */
export const DEFAULT_RETRY: RetryPolicy = {
  tries: 10,
  connectTries: 4,
  baseMs: 500,
  capMs: 30_000,
  floorMs: 200,
  budgetMs: 300_000,
};

/** The wait before the next try: uniform between 0 and the bound that doubles, but `floorMs` at least. */
export function backoffMs(attempt: number, policy: RetryPolicy, random: () => number): number {
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1));
  return Math.max(policy.floorMs, random() * bound);
}

/** A server that asks for more is asked again after two minutes. */
const LONGEST_RETRY_AFTER_MS = 120_000;

/**
 * Milliseconds from now, at least 0 and at most `LONGEST_RETRY_AFTER_MS`; undefined when the server does not say, or
 * not understandably. A date counts from the answer's own `Date`, so a wrong clock on this side does no harm.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (value === undefined || value === "") {
    return undefined;
  }
  if (/^\d+(\.\d+)?$/.test(value)) {
    return bounded(Number(value) * 1000);
  }
  // Every form of an HTTP date begins with a weekday; the parser alone would take "-3" for a date.
  const at = /^[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) {
    return undefined;
  }
  const answered = Date.parse(headers.date ?? "");
  return bounded(at - (Number.isNaN(answered) ? now : answered));
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
