import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { Check } from "./check.ts";
import type { Violation } from "./exchange.ts";

/**
 * A request header for this proxy alone: the rules that the request breaks on purpose, `body,query`. They are no
 * violations then, but it is one if the check does not find them. It is not passed on.
 */
export const EXPECT = "x-conformance-expect";

/** Statuses that say that a request was wrong, whatever the state of the server. */
const REFUSALS = [400, 403, 405, 406, 415];

export interface Coverage {
  count: number;
  statuses: Set<number>;
}

export interface CheckingProxy {
  /** What to give to a client as its server: `http://127.0.0.1:PORT/ica/rest` */
  url: string;
  readonly violations: readonly Violation[];
  exchanges(): number;
  /** What the server could not make sense of: `METHOD path: status`. */
  readonly refused: ReadonlySet<string>;
  /** By operation id. */
  readonly coverage: ReadonlyMap<string, Coverage>;
  close(): Promise<void>;
}

/** Stands between a client and a server, passes bytes on unchanged, and checks every exchange. @param server base URL */
export async function startProxy(server: string, check: Check): Promise<CheckingProxy> {
  const upstream = new URL(server);
  const agent = new Agent({ keepAlive: true });
  const violations: Violation[] = [];
  const coverage = new Map<string, Coverage>();
  const refused = new Set<string>();
  let exchanges = 0;

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readAll(incoming);
    const received = await forward(upstream, agent, incoming, body);
    const { [EXPECT]: expected, ...headers } = incoming.headers;
    const answer =
      received === undefined
        ? undefined
        : { status: received.status, headers: received.headers, body: unpacked(received.headers, received.body) };
    const target = incoming.url ?? "/";
    const method = incoming.method ?? "GET";
    const checked = check({ method, target, headers, body: body.toString("utf8"), answer });
    exchanges += 1;
    violations.push(...unexpected(checked.violations, expected, `${method} ${target}`));
    if (answer !== undefined && REFUSALS.includes(answer.status))
      refused.add(`${method} ${target.split("?")[0]}: ${answer.status}`);
    if (checked.operation !== undefined) count(coverage, checked.operation, answer?.status);
    if (received === undefined) {
      incoming.socket.destroy();
      return;
    }
    outgoing.writeHead(received.status, received.rawHeaders).end(received.body);
  }

  const listening = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
  });
  listening.keepAliveTimeout = 60_000;
  const port = await new Promise<number>((resolve, reject) => {
    listening.once("error", reject);
    listening.listen(0, "127.0.0.1", () => resolve((listening.address() as AddressInfo).port));
  });
  return {
    url: `http://127.0.0.1:${port}${upstream.pathname}`,
    violations,
    exchanges: () => exchanges,
    refused,
    coverage,
    close: () =>
      new Promise((resolve) => {
        listening.close(() => resolve());
        listening.closeAllConnections();
        agent.destroy();
      }),
  };
}

interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: Buffer;
}

/** What the server answers; undefined when it cuts the connection, as the simulator does on purpose. */
function forward(upstream: URL, agent: Agent, incoming: IncomingMessage, body: Buffer): Promise<Received | undefined> {
  const { hostname, port } = upstream;
  const headers = incoming.rawHeaders.filter((_text, index, all) => all[index - (index % 2)]?.toLowerCase() !== EXPECT);
  return new Promise((resolve) => {
    const options = { hostname, port, agent, method: incoming.method, path: incoming.url, headers };
    const outgoing = request(options, (response) => {
      readAll(response).then(
        (whole) => {
          const { statusCode = 0, rawHeaders } = response;
          resolve({ status: statusCode, headers: response.headers, rawHeaders, body: whole });
        },
        () => resolve(undefined),
      );
    });
    outgoing.on("error", () => resolve(undefined)).end(body);
  });
}

function unexpected(found: Violation[], expected: string | string[] | undefined, request: string): Violation[] {
  if (expected === undefined) return found;
  const rules = String(expected).split(",");
  const isExpected = ({ direction, rule }: Violation): boolean => direction === "request" && rules.includes(rule);
  const missed = rules.filter((rule) => !found.some((violation) => isExpected(violation) && violation.rule === rule));
  const misses = missed.map(
    (rule): Violation => ({
      operation: request,
      direction: "request",
      rule: "expected",
      pointer: rule,
      message: "was to be violated here, and is not",
    }),
  );
  return [...found.filter((violation) => !isExpected(violation)), ...misses];
}

function count(coverage: Map<string, Coverage>, operation: string, status: number | undefined): void {
  const entry = coverage.get(operation) ?? { count: 0, statuses: new Set<number>() };
  entry.count += 1;
  if (status !== undefined) entry.statuses.add(status);
  coverage.set(operation, entry);
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function unpacked(headers: IncomingHttpHeaders, body: Buffer): string {
  return (headers["content-encoding"] === "gzip" && body.length > 0 ? gunzipSync(body) : body).toString("utf8");
}
