import { header, jsonAnswer, type Layer } from "../http.ts";
import { PROBLEM } from "../media.ts";
import { problemBody, Refusal } from "../refusal.ts";
import type { World } from "../world.ts";

/** Cross-origin requests (ica-api-page): preflights are answered without a key, answers may be read from any origin. */
export const cors: Layer = (next) => async (exchange) => {
  const origin = header(exchange, "origin") ?? "*";
  const shared = { "access-control-allow-origin": origin, vary: "Origin, Accept-Encoding" };
  if (exchange.method === "OPTIONS") {
    const requested = header(exchange, "access-control-request-headers");
    const headers = {
      ...shared,
      "access-control-allow-methods": "GET, POST, PUT, DELETE, OPTIONS",
      "access-control-allow-headers":
        requested ?? "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, X-API-Key",
      "access-control-max-age": "600",
    };
    return { status: 204, headers, body: "" };
  }
  const answer = await next(exchange);
  const exposed = { "access-control-expose-headers": "ETag, Retry-After" };
  return { ...answer, headers: { ...shared, ...exposed, ...answer.headers } };
};

/** Turns refusals into `application/problem+json`; a mistake of the simulator itself becomes a 500 with its text. */
export function problems(world: World): Layer {
  return (next) => async (exchange) => {
    try {
      return await next(exchange);
    } catch (error) {
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, "ICA_API_500", `Simulator error: ${String(error)}`);
      return jsonAnswer(refusal.status, PROBLEM, problemBody(refusal, world.ids, world.clock.now()), refusal.headers);
    }
  };
}
