import { UsageError } from "../core/errors.ts";
import { parseServer } from "../core/server.ts";
import type { StackSpec } from "../core/spec.ts";
import type { ClientOptions } from "../ica/client.ts";
import { proxyFor } from "../ica/proxy.ts";
import type { Io } from "./io.ts";
import { type Log, logEvents } from "./log.ts";
import type { GlobalOptions } from "./options.ts";

const DEFAULT_SERVER = "https://ica.illumina.com/ica/rest";

/**
 * The base URL: --server, else ICA_SERVER (ICAV2_BASE_URL), else the Stack's own, else Illumina's. Only the operator
 * can name a host outside illumina.com: the manifest checks have refused a Stack that does.
 *
 * @throws UsageError when what the operator gave is no URL
 */
export function serverOf(options: Pick<GlobalOptions, "server">, stack: StackSpec | undefined): URL {
  return operatorServer(options) ?? parseServer(stack?.server ?? DEFAULT_SERVER);
}

/** The server that the operator named outside the manifests, if there is one. */
export function operatorServer(options: Pick<GlobalOptions, "server">): URL | undefined {
  const sources = {
    "--server": options.server,
    ICA_SERVER: process.env.ICA_SERVER,
    ICAV2_BASE_URL: process.env.ICAV2_BASE_URL,
  };
  const [source, text] = Object.entries(sources).find(([, value]) => value) ?? [];
  if (source === undefined || text === undefined) return undefined;
  try {
    const url = parseServer(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
    // icav2's own setting names the host alone.
    if (url.pathname === "/") url.pathname = "/ica/rest";
    return url;
  } catch (cause) {
    if (cause instanceof UsageError) throw new UsageError(`${source}: ${cause.message}`, cause.help, { cause });
    throw cause;
  }
}

/**
 * What the client needs, from flags, environment and the Stack's limits. The key is never a flag.
 *
 * @throws UsageError without a key
 */
export function clientOptions(
  options: GlobalOptions,
  stack: StackSpec | undefined,
  io: Io,
  log: Log,
  onEvent?: ClientOptions["onEvent"],
): ClientOptions {
  const limits = stack?.limits;
  const server = serverOf(options, stack);
  const proxy = proxyFor(server, process.env);
  if (proxy?.url.password) io.secrets.add(decodeURIComponent(proxy.url.password));
  return {
    server,
    proxy,
    credentials: credentials(io),
    secrets: io.secrets,
    userAgent: `icaform/${ICAFORM_VERSION}`,
    concurrency: options.concurrency ?? limits?.concurrency,
    requestsPerSecond: limits?.requestsPerSecond,
    pageSize: limits?.pageSize,
    onEvent: (event) => {
      logEvents(log)(event);
      onEvent?.(event);
    },
  };
}

function credentials(io: Io): ClientOptions["credentials"] {
  const apiKey = process.env.ICA_API_KEY;
  const variable = process.env.ICA_ACCESS_TOKEN ? "ICA_ACCESS_TOKEN" : "ICAV2_ACCESS_TOKEN";
  const accessToken = process.env[variable];
  for (const secret of [apiKey, accessToken]) if (secret) io.secrets.add(secret);
  if (apiKey) return { apiKey };
  if (accessToken) return { accessToken, variable };
  throw new UsageError(
    "no key to ICA: neither ICA_API_KEY nor ICA_ACCESS_TOKEN is set",
    "make an API key in the Illumina portal and run: export ICA_API_KEY=…",
  );
}
