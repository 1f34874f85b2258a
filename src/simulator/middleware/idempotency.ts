import { createHash } from "node:crypto";
import { type Answer, type Exchange, header, type Layer } from "../http.ts";
import { badRequest, conflict, Refusal } from "../refusal.ts";
import type { World } from "../world.ts";

/** Seven days, in milliseconds (OpenAPI, header Idempotency-Key). */
const KEPT = 7 * 24 * 3600 * 1000;

/**
 * The Idempotency-Key as the OpenAPI description has it: the same user, endpoint, key and body get the stored answer
 * for 7 days; while the first call runs 409; another body 422; answers of 400 and more are not stored.
 */
export function idempotency(world: World): Layer {
  return (next) => async (exchange) => {
    const key = header(exchange, "idempotency-key");
    if (key === undefined || key === "") return next(exchange);
    if (key.length > 255) throw badRequest("Idempotency-Key must have at most 255 characters");
    const scope = `${exchange.user?.id} ${exchange.method} ${exchange.path} ${key}`;
    const bodyHash = createHash("sha256").update(exchange.body).digest("hex");
    const known = present(world, scope);
    if (known !== undefined) return repeat(known, bodyHash);
    const entry = { bodyHash, storedAt: world.clock.now(), answer: null as Answer | null };
    const kept = world.store.idempotency;
    kept.set(scope, entry);
    try {
      const answer = await next(exchange);
      if (answer.status < 400) entry.answer = answer;
      return answer;
    } finally {
      entry.storedAt = world.clock.now();
      if (entry.answer === null) kept.delete(scope);
    }
  };
}

/** Waits as a fault rule says. It lies inside the Idempotency-Key, so that a slow call is one "in progress". */
export function slowness(sleep: (milliseconds: number) => Promise<void>): Layer {
  return (next) => async (exchange: Exchange) => {
    if (exchange.delay.before > 0) await sleep(exchange.delay.before);
    try {
      return await next(exchange);
    } finally {
      if (exchange.delay.after > 0) await sleep(exchange.delay.after);
    }
  };
}

function present(world: World, scope: string): { bodyHash: string; answer: Answer | null } | undefined {
  const entry = world.store.idempotency.get(scope);
  if (entry === undefined || world.clock.now() - entry.storedAt < KEPT || entry.answer === null) return entry;
  world.store.idempotency.delete(scope);
  return undefined;
}

function repeat(known: { bodyHash: string; answer: Answer | null }, bodyHash: string): Answer {
  if (known.bodyHash !== bodyHash) {
    throw new Refusal(422, "ICA_API_422", "The Idempotency-Key was already used with another request body");
  }
  if (known.answer === null) {
    throw conflict("ICA_API_409", "The original call with this Idempotency-Key is still in progress");
  }
  return known.answer;
}
