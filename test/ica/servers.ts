/** Real servers on loopback for the client's tests, each with a log of what it received. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach } from "vitest";
import type { Reader, Writer } from "../../src/core/ica.ts";
import { type ClientOptions, type Connection, createReader, createWriter } from "../../src/ica/client.ts";

interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface TestServer {
  url: URL;
  received: Received[];
}

export type Handler = (received: Received, response: ServerResponse, count: number, socket: Socket) => void;

const cleanups: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

export async function serve(handler: Handler): Promise<TestServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const entry = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks).toString("utf8"),
    };
    received.push(entry);
    handler(entry, response, received.length, request.socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/ica/rest`), received };
}

/** A server that gives out tokens `token-1`, `token-2`, … and leaves all else to the handler. */
export async function serveWithTokens(handler: Handler): Promise<TestServer> {
  let tokens = 0;
  let others = 0;
  return serve((received, response, _count, socket) => {
    if (received.url === "/ica/rest/api/tokens") {
      tokens++;
      json(response, 200, { token: `token-${tokens}` });
    } else {
      others++;
      handler(received, response, others, socket);
    }
  });
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status >= 400 ? "application/problem+json" : "application/vnd.illumina.v3+json";
  response.writeHead(status, { "content-type": type, ...headers }).end(JSON.stringify(body));
}

type Rest = Partial<ClientOptions>;

export function readerFor(server: { url: URL }, rest: Rest = {}): Reader & Connection {
  const reader = createReader({ ...defaults(server), ...rest });
  cleanups.push(() => reader.close());
  return reader;
}

export function writerFor(server: { url: URL }, rest: Rest = {}): Writer & Connection {
  const writer = createWriter({ ...defaults(server), ...rest });
  cleanups.push(() => writer.close());
  return writer;
}

/** Backoff that keeps its shape but takes no time worth mentioning. */
function defaults(server: { url: URL }): ClientOptions {
  return {
    server: server.url,
    credentials: { apiKey: "key-of-the-test" },
    userAgent: "icaform-test",
    retry: { baseMs: 2, capMs: 8, floorMs: 1 },
  };
}

export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) {
    all.push(row);
  }
  return all;
}
