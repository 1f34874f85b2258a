import { createHmac, timingSafeEqual } from "node:crypto";
import { type Exchange, header } from "../http.ts";
import type { User } from "../records.ts";
import { surroundings, type World } from "../world.ts";

/** Who is asking, by API key or token. Tokens can be made to expire before their time. */
export interface Keys {
  identify(exchange: Pick<Exchange, "headers">): { user: User | null; token: string | null };
  newToken(user: User): string;
  expire(token: string): void;
}

export function keysOf(world: World): Keys {
  const secret = world.ids.named("jwt-secret");
  const expired = new Set<string>();
  const byToken = (token: string): User | null => {
    const subject = expired.has(token) ? null : subjectOf(token, secret, world.clock.now());
    return world.store.users.find(({ id }) => id === subject) ?? null;
  };
  return {
    identify(exchange) {
      const { "x-api-key": key, authorization } = exchange.headers;
      const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1] ?? null;
      if (key !== undefined && key !== "")
        return { user: world.store.users.find(({ apiKey }) => apiKey === key) ?? null, token };
      return { user: token === null ? null : byToken(token), token };
    },
    newToken(user) {
      const issued = Math.floor(world.clock.now() / 1000);
      const { tenantId, tenantName } = surroundings(world);
      const claims = {
        iss: "ica-simulator",
        aud: ["ica"],
        sub: user.id,
        jti: world.ids.problem(),
        iat: issued,
        exp: Math.floor((world.clock.now() + world.switches.jwtLifetime * 1000) / 1000),
        name: user.name,
        tid: tenantId,
        tns: tenantName,
      };
      return signToken(claims, secret);
    },
    expire(token) {
      expired.add(token);
    },
  };
}

/** A name for whoever sends a request, also without a valid key. */
export function callerOf(exchange: Exchange): string {
  return exchange.user?.id ?? header(exchange, "x-api-key") ?? "anonymous";
}

/** A JSON Web Token (RFC 7519), HS256. @param now milliseconds since 1970 */
function signToken(claims: Record<string, unknown>, secret: string): string {
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${content}.${signature(content, secret)}`;
}

/** The subject of a token of ours that has not expired, or null. */
function subjectOf(token: string, secret: string, now: number): string | null {
  const [head = "", body = "", proof = ""] = token.split(".");
  const expected = Buffer.from(signature(`${head}.${body}`, secret));
  const given = Buffer.from(proof);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const claims: unknown = JSON.parse(Buffer.from(body, "base64url").toString("utf8"));
  if (typeof claims !== "object" || claims === null || !("exp" in claims) || !("sub" in claims)) return null;
  const { exp, sub } = claims;
  return typeof exp === "number" && typeof sub === "string" && exp * 1000 > now ? sub : null;
}

function encode(value: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function signature(content: string, secret: string): string {
  return createHmac("sha256", secret).update(content).digest("base64url");
}
