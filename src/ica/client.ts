/** The client for ICA: one transport made of one-purpose policies, and the two faces that the engine sees. */
import { setMaxListeners } from "node:events";
import { UsageError } from "../core/errors.ts";
import type { Reader, Writer } from "../core/ica.ts";
import { knownSecrets, type Secrets } from "../core/redact.ts";
import { parseServer } from "../core/server.ts";
import { authenticated, type Credentials, knownUser } from "./auth.ts";
import { DEFAULT_RETRY, type RetryPolicy } from "./backoff.ts";
import { withoutRedirects } from "./base-url.ts";
import { type ClientStats, counted, type OnEvent, observed } from "./events.ts";
import { adaptiveGovernor, type Governor, governed } from "./governor.ts";
import { gzipped } from "./gzip.ts";
import { jsonAnswers } from "./media-type.ts";
import { typedErrors } from "./problem.ts";
import type { HttpProxy } from "./proxy.ts";
import { reader } from "./reader.ts";
import { retried } from "./retry.ts";
import { openSocket } from "./socket.ts";
import { type Clock, type Random, realTime, type Sleep } from "./time.ts";
import { timed } from "./timeout.ts";
import type { Transport } from "./types.ts";
import { writer } from "./writer.ts";

export interface ClientOptions {
  /** The base, such as `https://ica.illumina.com/ica/rest`; paths below it start with `/api`. */
  server: URL;
  credentials: Credentials;
  userAgent: string;
  /** How ICA is reached from a network that does not let one out directly. */
  proxy?: HttpProxy | undefined;
  /** Calls at once, the token call among them; 8 by default. */
  concurrency?: number | undefined;
  requestsPerSecond?: number | undefined;
  /** 1000 by default; smaller once the server refuses it. */
  pageSize?: number | undefined;
  /** For one exchange; 60 s by default. */
  timeoutMs?: number | undefined;
  retry?: Partial<RetryPolicy> | undefined;
  onEvent?: OnEvent | undefined;
  clock?: Clock | undefined;
  sleep?: Sleep | undefined;
  random?: Random | undefined;
  /** Interrupts waits and reads with `AbortedError`; a write under way is settled first. */
  signal?: AbortSignal | undefined;
  /** Gives up on writes under way too: what became of them is then unknown. */
  deadline?: AbortSignal | undefined;
  /** That of another client of this process: a server's limit is for both together. */
  governor?: Governor | undefined;
  /** Values that no message may show, beside the key, the tokens and the credentials that the client sees itself. */
  secrets?: Secrets | undefined;
}

export interface Connection {
  /** Waits for what is under way, then closes the sockets. */
  close(): Promise<void>;
  stats(): ClientStats;
  governor: Governor;
}

/** Answers are read whole; the largest known ones are pages of 1000 rows, a few MB. */
const MAX_BYTES = 256 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

/** For `plan`: has no method that writes. @throws UsageError for an address, key or limit that cannot work */
export function createReader(options: ClientOptions): Reader & Connection {
  const { transport, connection, pageSize } = connect(options);
  return { ...reader(transport, pageSize), ...connection };
}

/** For `apply` alone. @throws UsageError for an address, key or limit that cannot work */
export function createWriter(options: ClientOptions): Writer & Connection {
  const { transport, connection, userId, pageSize, secrets } = connect(options);
  return { ...writer(transport, pageSize, secrets), userId, ...connection };
}

interface Connected {
  transport: Transport;
  connection: Connection;
  userId: () => string | undefined;
  pageSize: number;
  secrets: Secrets;
}

function connect(options: ClientOptions): Connected {
  const server = parseServer(options.server.href);
  const time = {
    clock: options.clock ?? realTime.clock,
    sleep: options.sleep ?? realTime.sleep,
    random: options.random ?? realTime.random,
  };
  const concurrency = whole("concurrency", options.concurrency ?? 8);
  const requestsPerSecond =
    options.requestsPerSecond === undefined ? undefined : positive("requestsPerSecond", options.requestsPerSecond);
  const timeoutMs = positive("timeoutMs", options.timeoutMs ?? 60_000);
  const { onEvent, stats } = counted(options.onEvent);
  const secrets = options.secrets ?? knownSecrets();
  const governor = options.governor ?? adaptiveGovernor({ concurrency, requestsPerSecond }, time, onEvent);
  const closing = new AbortController();
  const socket = openSocket(server, {
    connections: concurrency,
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    maxBytes: MAX_BYTES,
    userAgent: options.userAgent,
    proxy: options.proxy,
  });

  // From the caller down to the wire; the token call starts below `authenticated`.
  const { transport: bearing, userId } = knownUser(
    interruptible(
      typedErrors(
        jsonAnswers(
          retried(
            governed(
              observed(
                withoutRedirects(gzipped(timed(socket.exchange, timeoutMs, options.deadline), MAX_BYTES), server),
                onEvent,
                time.clock,
              ),
              governor,
            ),
            { ...DEFAULT_RETRY, ...options.retry },
            time,
            onEvent,
          ),
        ),
        secrets,
      ),
      AbortSignal.any([closing.signal, ...(options.signal === undefined ? [] : [options.signal])]),
    ),
  );
  const transport = authenticated(bearing, options.credentials, time.clock, onEvent, secrets);
  const pageSize = whole("pageSize", options.pageSize ?? 1000);
  // Whoever still waits or reads when the connection is closed ends at once, and does not take it for a lost one.
  const close = () => {
    closing.abort();
    return socket.close();
  };
  return { transport, connection: { close, stats, governor }, userId, pageSize, secrets };
}

function interruptible(next: Transport, signal: AbortSignal): Transport {
  // One listener for each call that waits for its turn; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  return (request) => next({ signal, ...request });
}

function whole(name: string, value: number): number {
  if (!Number.isInteger(value)) {
    throw new UsageError(`${name} must be a whole number`);
  }
  return positive(name, value);
}

function positive(name: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new UsageError(`${name} must be a number above 0`);
  }
  return value;
}
