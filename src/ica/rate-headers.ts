/** What a server says of its limit before it is met. */

export interface Allowance {
  /** Calls left until `resetMs` have passed. */
  remaining: number;
  resetMs: number;
}

const LONGEST_RESET_MS = 120_000;
/** Larger numbers are no seconds from now but a time, in seconds since 1970. */
const EPOCH_FROM = 1_000_000_000;

/**
 * Reads `RateLimit-Remaining` and `RateLimit-Reset` (draft-ietf-httpapi-ratelimit-headers-07), the same with `X-` or
 * as `X-Rate-Limit-…`. Undefined when the server does not say both, or not understandably.
 */
export function allowanceOf(headers: Readonly<Record<string, string>>, now: number): Allowance | undefined {
  for (const prefix of ["ratelimit", "x-ratelimit", "x-rate-limit"]) {
    const remaining = numberIn(headers[`${prefix}-remaining`]);
    const reset = numberIn(headers[`${prefix}-reset`]);
    if (remaining === undefined || reset === undefined) continue;
    const resetMs = reset >= EPOCH_FROM ? reset * 1000 - answeredAt(headers, now) : reset * 1000;
    return { remaining, resetMs: Math.min(Math.max(resetMs, 0), LONGEST_RESET_MS) };
  }
  return undefined;
}

/** By the server's own clock where it shows it: a wrong clock on this side does no harm. */
function answeredAt(headers: Readonly<Record<string, string>>, now: number): number {
  const date = Date.parse(headers.date ?? "");
  return Number.isNaN(date) ? now : date;
}

function numberIn(value: string | undefined): number | undefined {
  const text = value?.trim() ?? "";
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
