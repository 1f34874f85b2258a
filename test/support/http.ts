/** Small HTTP servers on loopback, for answers that no ICA gives. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Served {
  /** `http://127.0.0.1:PORT/ica/rest` */
  url: string;
  received: Received[];
}

export type Answerer = (request: Received, response: ServerResponse) => unknown;

/** Starts one that is gone after the test. */
export async function serve(answer: Answerer): Promise<Served> {
  const { close, ...served } = await openServer(answer);
  onTestFinished(close);
  return served;
}

/** Starts one that the caller closes. */
export async function openServer(answer: Answerer): Promise<Served & { close(): Promise<void> }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = "", url = "", headers } = request;
    const entry = { method, url, headers, body: Buffer.concat(chunks).toString("utf8") };
    received.push(entry);
    await answer(entry, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/ica/rest`,
    received,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What a `proxy` may change of an answer. */
export interface Passed {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export type Rewrite = (request: Received, answer: Passed) => Partial<Passed> | undefined;

/** Stands before another server and rewrites its answers; undefined passes one on as it is. */
export function proxy(target: string, rewrite: Rewrite): Promise<Served> {
  return serve(passingOn(target, rewrite));
}

/** What a proxy answers. */
export function passingOn(target: string, rewrite: Rewrite): Answerer {
  return async (request, response) => {
    const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
    const answer = await fetch(new URL(request.url, target), {
      method: request.method,
      headers: { ...(headers as Record<string, string>), "accept-encoding": "identity" },
      ...(request.body === "" ? {} : { body: request.body }),
    });
    const passed: Passed = {
      status: answer.status,
      headers: { "content-type": answer.headers.get("content-type") ?? "" },
      body: await answer.text(),
    };
    const etag = answer.headers.get("etag");
    if (etag !== null) passed.headers.etag = etag;
    const { status, headers: sent, body } = { ...passed, ...rewrite(request, passed) };
    response.writeHead(status, sent).end(status === 204 ? undefined : body);
  };
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
