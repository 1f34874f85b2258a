/** The wire: one undici pool with keep-alive, and what its failures mean. The only file that knows undici. */
import type { buildConnector, Dispatcher } from "undici";
import { NetworkError, ProtocolError, UsageError } from "../core/errors.ts";
import { targetOf } from "./base-url.ts";
import type { HttpProxy } from "./proxy.ts";
import { reasonOf } from "./text.ts";
import type { Exchange, IcaRequest, RawResponse } from "./types.ts";

export interface SocketOptions {
  /** Sockets at most; with as many as calls at a time none waits unseen in the pool. */
  connections: number;
  connectTimeoutMs: number;
  /** An answer's size in bytes, as it comes off the wire, that is still read. */
  maxBytes: number;
  userAgent: string;
  proxy?: HttpProxy | undefined;
}

export interface Socket {
  exchange: Exchange;
  close(): Promise<void>;
}

/**
 * Opens nothing yet: undici is loaded and connected by the first call (its import takes 68 ms).
 *
 * Failures are `NetworkError`s. `sent` is false only for what the connector itself reports: refused, unknown host,
 * failed TLS, connect timeout. Whatever happens once a connection stands leaves the outcome unknown.
 */
export function openSocket(server: URL, options: SocketOptions): Socket {
  const unsent = new WeakSet<object>();
  let opened: Promise<Dispatcher> | undefined;

  async function exchange(request: IcaRequest): Promise<RawResponse> {
    opened ??= openPool(server, options, unsent);
    const pool = await opened;
    try {
      const answer = await pool.request({
        origin: server.origin,
        method: request.method,
        path: targetOf(server, request),
        headers: headersOf(request, options.userAgent),
        body: request.body ?? null,
        signal: request.signal ?? null,
      });
      const headers = flat(answer.headers);
      return { status: answer.statusCode, headers, body: await readWhole(request, answer, options.maxBytes) };
    } catch (error) {
      throw meaningOf(request, error, unsent);
    }
  }

  return {
    exchange,
    async close() {
      const pool = await opened;
      await pool?.close();
    },
  };
}

async function openPool(server: URL, options: SocketOptions, unsent: WeakSet<object>): Promise<Dispatcher> {
  const { buildConnector, EnvHttpProxyAgent, Pool } = await import("./undici.ts");
  const { connections, connectTimeoutMs: timeout, proxy } = options;
  // The timeout policy bounds the whole exchange.
  const pooled = { connections, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
  const connect = buildConnector({ timeout });
  if (proxy === undefined) return new Pool(server.origin, { ...pooled, connect: marking(connect, unsent) });
  return new EnvHttpProxyAgent({
    ...pooled,
    connect,
    httpProxy: "",
    httpsProxy: proxy.url.href,
    noProxy: proxy.except,
    proxyTls: { timeout },
    requestTls: { timeout },
    // Whether through the tunnel or past it: what fails to connect was not sent.
    factory: (origin, given: { connect: buildConnector.connector }) =>
      new Pool(origin, { ...given, connect: marking(given.connect, unsent) }),
  });
}

function marking(connect: buildConnector.connector, unsent: WeakSet<object>): buildConnector.connector {
  return (target, callback) => {
    connect(target, (...[error, socket]) => {
      if (error !== null) {
        unsent.add(error);
        callback(error, null);
      } else {
        callback(null, socket);
      }
    });
  };
}

function headersOf(request: IcaRequest, userAgent: string): Record<string, string> {
  return {
    accept: request.accept,
    "user-agent": userAgent,
    ...(request.contentType === undefined ? {} : { "content-type": request.contentType }),
    ...(request.idempotencyKey === undefined ? {} : { "idempotency-key": request.idempotencyKey }),
    ...(request.ifMatch === undefined ? {} : { "if-match": request.ifMatch }),
    ...request.headers,
  };
}

async function readWhole(request: IcaRequest, answer: Dispatcher.ResponseData, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new ProtocolError(request, `answered more than ${maxBytes} bytes`, answer.statusCode);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flattened: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      flattened[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
    }
  }
  return flattened;
}

function meaningOf(request: IcaRequest, error: unknown, unsent: WeakSet<object>): Error {
  if (error instanceof ProtocolError) {
    return error;
  }
  if (codeOf(error) === "UND_ERR_INVALID_ARG") {
    return new UsageError(`${request.method} ${request.path}: cannot be sent: ${reasonOf(error)}`, undefined, {
      cause: error,
    });
  }
  const sent = !(typeof error === "object" && error !== null && unsent.has(error));
  return new NetworkError(request, `${sent ? "no whole answer" : "no connection"}: ${reasonOf(error)}`, sent, {
    cause: error,
  });
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
