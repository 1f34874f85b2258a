import type { Exchange, Layer } from "../http.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";
import { callerOf } from "./auth.ts";

interface Bucket {
  tokens: number;
  filledAt: number;
  violations: number;
  lockedUntil: number;
}

/** A token bucket for each user (or user and endpoint): beyond it 429, and a lock-out if that is switched on. */
export function rateLimit(world: World): Layer {
  const buckets = new Map<string, Bucket>();
  const startedAt = world.clock.now();
  let served = 0;
  return (next) => async (exchange) => {
    const now = world.clock.now();
    served += 1;
    const rate = rateNow(world, served, (now - startedAt) / 1000);
    if (!Number.isFinite(rate)) return next(exchange);
    const burst = world.switches.burst > 0 ? world.switches.burst : Math.max(1, Math.floor(rate));
    const name = scopeOf(world, exchange);
    const bucket = buckets.get(name) ?? { tokens: burst, filledAt: now, violations: 0, lockedUntil: 0 };
    buckets.set(name, bucket);
    if (bucket.lockedUntil > now) throw tooMany(world, bucket.lockedUntil - now);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
    bucket.filledAt = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      bucket.violations = 0;
      return next(exchange);
    }
    bucket.violations += 1;
    const { lockout } = world.switches;
    if (lockout !== null && bucket.violations >= lockout.after) {
      bucket.violations = 0;
      bucket.lockedUntil = now + lockout.seconds * 1000;
      throw tooMany(world, lockout.seconds * 1000);
    }
    throw tooMany(world, ((1 - bucket.tokens) / rate) * 1000);
  };
}

/** 429 in the words that users see (ica-facts), with Retry-After as the switch says. @param wait milliseconds */
export function tooMany(world: World, wait: number): Refusal {
  const { retryAfter } = world.switches;
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  const date = new Date(world.clock.now() + seconds * 1000).toUTCString();
  const headers: Record<string, string> =
    retryAfter === "none" ? {} : { "retry-after": retryAfter === "date" ? date : String(seconds) };
  return new Refusal(429, "ICA_API_429", "Too many requests. Please try again later!", { headers });
}

function rateNow(world: World, served: number, seconds: number): number {
  const change = world.switches.rateChange;
  if (change === null) return world.switches.rate;
  const { afterRequests = Number.POSITIVE_INFINITY, afterSeconds = Number.POSITIVE_INFINITY } = change;
  return served > afterRequests || seconds > afterSeconds ? change.rate : world.switches.rate;
}

function scopeOf(world: World, exchange: Exchange): string {
  const caller = callerOf(exchange);
  if (world.switches.rateScope === "key") return caller;
  const endpoint = exchange.path.replaceAll(/\/[^/:]*\d[^/:]*(?=[/:]|$)/g, "/*");
  return `${caller} ${exchange.method} ${endpoint}`;
}
