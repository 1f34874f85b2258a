/** What a server says of its limit before it is met. */

export interface Allowance {
  /** Calls left until `resetMs` have passed. */
  remaining: number;
  resetMs: number;
}

const LONGEST_RESET_MS = 120_000;
/** Larger numbers are no seconds from now but a time, in seconds since 1970; from the second on, in milliseconds. */
const EPOCH_FROM = 1_000_000_000;
const EPOCH_MS_FROM = 100_000_000_000;

/**
 * Reads every form that servers have used, at most two minutes ahead. Undefined when the server does not say both what
 * is left and until when, or not understandably. Sources: draft-ietf-httpapi-ratelimit-headers, whose version 06 has
 * `RateLimit-Remaining` and `RateLimit-Reset` (also as `X-…`), version 07 `RateLimit: limit=10, remaining=5, reset=2`,
 * and version 08 and later `RateLimit: "policy";r=5;t=2`. Of several policies the tightest counts.
 */
export function allowanceOf(headers: Readonly<Record<string, string>>, now: number): Allowance | undefined {
  const told = [
    ...(headers.ratelimit === undefined ? [] : policiesIn(headers.ratelimit)),
    ...["ratelimit", "x-ratelimit", "x-rate-limit"].map((prefix) => ({
      remaining: headers[`${prefix}-remaining`],
      reset: headers[`${prefix}-reset`],
    })),
  ];
  const allowances = told.flatMap((one): Allowance[] => {
    const remaining = numberIn(one.remaining);
    const reset = numberIn(one.reset);
    if (remaining === undefined || reset === undefined) return [];
    const ms = reset >= EPOCH_MS_FROM ? reset : reset * 1000;
    const resetMs = reset >= EPOCH_FROM ? ms - answeredAt(headers, now) : ms;
    return [{ remaining, resetMs: Math.min(Math.max(resetMs, 0), LONGEST_RESET_MS) }];
  });
  return allowances.sort(tightestFirst)[0];
}

interface Told {
  remaining: string | undefined;
  reset: string | undefined;
}

/** The items of `RateLimit`. A policy's name may hold any character but a quote. */
function policiesIn(value: string): Told[] {
  const text = value.replace(/"[^"]*"/g, "");
  const parameter = (item: string, name: string) => new RegExp(`(?:^|[;,\\s])${name}=([\\d.]+)`, "i").exec(item)?.[1];
  if (/\bremaining=/i.test(text)) {
    return [{ remaining: parameter(text, "remaining"), reset: parameter(text, "reset") }];
  }
  return text.split(",").map((item) => ({ remaining: parameter(item, "r"), reset: parameter(item, "t") }));
}

/** Fewer calls a second. */
function tightestFirst(left: Allowance, right: Allowance): number {
  return left.remaining * right.resetMs - right.remaining * left.resetMs || right.resetMs - left.resetMs;
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
