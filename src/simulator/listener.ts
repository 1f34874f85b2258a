import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Answer, Exchange, Serve } from "./http.ts";
import type { User } from "./records.ts";

/** What the listener asks of the server. */
export interface Desk {
  /** Path prefix → who serves what is below it. */
  serve: Record<string, Serve>;
  identify(request: IncomingMessage): { user: User | null; token: string | null };
  /** Milliseconds since 1970, simulated. */
  now(): number;
}

/** Everything but the API itself: sockets, bodies, gzip, connections that are cut on purpose. */
export function listener(desk: Desk): Server {
  const server = createServer((request, response) => {
    answerRequest(desk, request, response).catch((error: unknown) => response.destroy(asError(error)));
  });
  // Clients keep connections; a server that closes idle ones early would cause resets that no fault rule asked for.
  server.keepAliveTimeout = 60_000;
  return server;
}

async function answerRequest(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://simulator");
  const prefix = Object.keys(desk.serve).find((start) => url.pathname.startsWith(`${start}/`)) ?? "";
  const serve = desk.serve[prefix];
  const exchange: Exchange = {
    method: request.method ?? "GET",
    path: url.pathname.slice(prefix.length),
    query: url.searchParams,
    headers: request.headers,
    body: await readBody(request),
    ...desk.identify(request),
    delay: { before: 0, after: 0 },
  };
  if (serve === undefined) {
    response.writeHead(404, { "content-type": "text/plain" }).end("The API is below /ica/rest\n");
    return;
  }
  const answer = await serve(exchange);
  // The simulated time, since clients reckon Retry-After dates and token ends from it.
  response.setHeader("date", new Date(desk.now()).toUTCString());
  await send(request, response, answer);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const compress = promisify(gzip);

async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.cut === "nothing") {
    request.socket.destroy();
    return;
  }
  const zipped = answer.body !== "" && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  // Speed before size: pages of thousands of rows are the common case.
  const payload = zipped ? await compress(answer.body, { level: 1 }) : Buffer.from(answer.body);
  const length = answer.status === 204 ? {} : { "content-length": String(payload.length) };
  response.writeHead(answer.status, {
    ...answer.headers,
    ...length,
    ...(zipped ? { "content-encoding": "gzip" } : {}),
  });
  if (answer.cut === undefined) response.end(payload);
  else response.write(payload.subarray(0, Math.floor(payload.length / 2)), () => request.socket.destroy());
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
