import { type Answer, type Exchange, header, jsonAnswer, type Layer, type Serve, stack } from "./http.ts";
import { answerType, bodyType, JSON_TYPE, type Version, versionOf } from "./media.ts";
import type { User } from "./records.ts";
import { badRequest, notFound, Refusal, unauthorized } from "./refusal.ts";
import type { World } from "./world.ts";

/** What a handler gets. */
export interface Call {
  world: World;
  user: User;
  query: URLSearchParams;
  /** The parsed JSON body; `undefined` if there is none. */
  body: unknown;
  /** Version of the body's media type; null for `application/json`. */
  bodyVersion: Version;
  /** Version of the answer's media type. */
  version: Version;
  ifMatch: string | undefined;
  /** The path as sent, for what must not be mixed up between endpoints. */
  path: string;
  param(name: string): string;
  exchange: Exchange;
}

/** What a handler gives: `body` is sent as JSON unless it is absent. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Route {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** As in the OpenAPI description: `/api/projects/{projectId}`. */
  path: string;
  /** Media types of the answer, those of the OpenAPI description; none for 204. */
  answers: readonly string[];
  /** Media types of the body; absent where there is none. */
  takes?: readonly string[];
  bodyOptional?: boolean;
  /** Whether the operation has the Idempotency-Key header. */
  idempotent?: boolean;
  /** Answered without a valid key or token: the token endpoint, which looks at them itself. */
  open?: boolean;
  handle: (call: Call) => Reply;
}

/**
 * Finds the route of a request and executes it.
 *
 * @param around layers for routes with an Idempotency-Key, and for all
 */
export function router(world: World, routes: Route[], around: { idempotent: Layer[]; all: Layer[] }): Serve {
  const table = routes.map((route) => {
    const core: Serve = async (exchange) => execute(world, route, exchange);
    const layers = route.idempotent === true ? [...around.idempotent, ...around.all] : around.all;
    return { route, pattern: patternOf(route.path), serve: stack(layers, core) };
  });
  return async (exchange) => {
    const path = exchange.path.replaceAll(/%3A/gi, ":");
    const fitting = table.filter(({ pattern }) => pattern.test(path));
    const entry = fitting.find(({ route }) => route.method === exchange.method);
    if (exchange.user === null && entry?.route.open !== true) throw unauthorized();
    if (entry !== undefined) return entry.serve(exchange);
    if (fitting.length === 0) throw new Refusal(404, "ICA_API_404", `There is no endpoint ${exchange.method} ${path}`);
    const allow = [...new Set(fitting.map(({ route }) => route.method))].join(", ");
    throw new Refusal(405, "ICA_API_405", `${exchange.method} is not allowed here`, { headers: { allow } });
  };
}

function execute(world: World, route: Route, exchange: Exchange): Answer {
  const type =
    route.takes !== undefined && exchange.body.length > 0
      ? bodyType(header(exchange, "content-type"), route.takes)
      : null;
  const answered = answerType(header(exchange, "accept"), route.answers, type);
  const body = type === null ? undefined : parse(exchange.body);
  if (body === undefined && route.takes !== undefined && route.bodyOptional !== true)
    throw badRequest("A body is required");
  const values = patternOf(route.path).exec(exchange.path.replaceAll(/%3A/gi, ":"))?.groups ?? {};
  const reply = route.handle({
    world,
    user: exchange.user ?? { id: "", name: "", apiKey: "" },
    query: exchange.query,
    body,
    bodyVersion: type === JSON_TYPE ? null : versionOf(type),
    version: versionOf(answered),
    ifMatch: header(exchange, "if-match"),
    path: exchange.path,
    param: (name) => decode(values[name] ?? ""),
    exchange,
  });
  if (reply.body === undefined) return { status: reply.status, headers: reply.headers ?? {}, body: "" };
  return jsonAnswer(reply.status, answered, reply.body, reply.headers);
}

/** A parameter takes neither "/" nor ":", but for `{dataUrn}`, which is full of colons. */
function patternOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
  const named = escaped.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    name === "dataUrn" ? `(?<${name}>urn:[^/]+)` : `(?<${name}>[^/:]+)`,
  );
  return new RegExp(`^${named}$`);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw badRequest(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw notFound("Resource", value);
  }
}
