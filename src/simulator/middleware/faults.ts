import type { FaultRule } from "../faultRules.ts";
import type { Answer, Exchange, Layer, Serve } from "../http.ts";
import { conflict, Refusal, unauthorized } from "../refusal.ts";
import type { World } from "../world.ts";
import type { Keys } from "./auth.ts";

/** The rules in force and how often each has matched and fired. */
export interface Faults {
  rules(): readonly FaultRule[];
  add(rules: FaultRule[]): void;
  clear(): void;
  layer: Layer;
}

export function faultsOf(world: World, keys: Keys): Faults {
  let entries: { rule: FaultRule; matched: number; fired: number }[] = [];
  const due = (exchange: Exchange): FaultRule | undefined => {
    for (const entry of entries) {
      const { match } = entry.rule;
      if (!applies(match, exchange)) continue;
      entry.matched += 1;
      if (match.nth !== undefined && entry.matched !== match.nth) continue;
      if (match.every !== undefined && entry.matched % match.every !== 0) continue;
      if (match.times !== undefined && entry.fired >= match.times) continue;
      if (match.probability !== undefined && world.ids.dice.next() >= match.probability) continue;
      entry.fired += 1;
      return entry.rule;
    }
    return undefined;
  };
  return {
    rules: () => entries.map(({ rule }) => rule),
    add(rules) {
      entries = [...entries, ...rules.map((rule) => ({ rule, matched: 0, fired: 0 }))];
    },
    clear() {
      entries = [];
    },
    layer: (next) => async (exchange) => {
      const rule = due(exchange);
      return rule === undefined ? next(exchange) : misbehave(rule, exchange, next, keys);
    },
  };
}

function applies(match: FaultRule["match"], exchange: Exchange): boolean {
  if (match.method !== undefined && match.method !== exchange.method) return false;
  if (match.path !== undefined && !match.path.test(exchange.path)) return false;
  if (match.body !== undefined && !match.body.test(exchange.body.toString("utf8"))) return false;
  return match.user === undefined || match.user === exchange.user?.name;
}

async function misbehave(rule: FaultRule, exchange: Exchange, next: Serve, keys: Keys): Promise<Answer> {
  switch (rule.fault) {
    case "lose-request":
      return { status: 0, headers: {}, body: "", cut: "nothing" };
    case "lose-answer":
      return { ...(await next(exchange)), cut: "nothing" };
    case "reset-mid-body":
      return { ...(await next(exchange)), cut: "half" };
    case "status-before":
      throw failure(rule);
    case "status-after":
      await next(exchange);
      throw failure(rule);
    case "conflict":
      throw conflict("ICA_API_409", "The original call with this Idempotency-Key is still in progress");
    case "slow":
      exchange.delay[rule.when] = rule.delay;
      return next(exchange);
    case "html":
      return {
        status: rule.status,
        headers: { "content-type": "text/html" },
        body: "<html><body>Bad gateway</body></html>",
      };
    case "broken-json": {
      const answer = await next(exchange);
      return { ...answer, body: answer.body.slice(0, Math.ceil(answer.body.length / 2)) };
    }
    case "redirect":
      return { status: 302, headers: { location: rule.location }, body: "" };
    case "expire-token":
      if (exchange.token === null) return next(exchange);
      keys.expire(exchange.token);
      throw unauthorized();
  }
}

function failure({ status, retryAfter }: FaultRule): Refusal {
  const message = status === 429 ? "Too many requests. Please try again later!" : "Simulated fault";
  const headers: Record<string, string> = retryAfter === null ? {} : { "retry-after": String(retryAfter) };
  return new Refusal(status, `ICA_API_${status}`, message, { headers });
}
