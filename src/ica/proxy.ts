import { UsageError } from "../core/errors.ts";
import { isLoopback } from "../core/server.ts";

/** An HTTP proxy through which ICA is reached, by a tunnel (CONNECT): it sees the host, never the key. */
export interface HttpProxy {
  url: URL;
  /** Hosts that are reached without it, as `NO_PROXY` lists them. */
  except: string;
}

/**
 * The proxy that `HTTPS_PROXY` names, as curl and others read it: the lower-case name first. A server on this machine
 * is reached without.
 *
 * @throws UsageError when it is no http or https URL; its text, which may hold a password, is not repeated
 */
export function proxyFor(
  server: URL,
  environment: Readonly<Record<string, string | undefined>>,
): HttpProxy | undefined {
  const text = environment.https_proxy ?? environment.HTTPS_PROXY ?? "";
  if (text === "" || isLoopback(server.hostname)) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isReadable = url !== undefined && /^https?:$/.test(url.protocol) && !/%(?![0-9a-f]{2})/i.test(url.href);
  if (!isReadable) {
    throw new UsageError("HTTPS_PROXY is not an http URL", "write it like http://proxy.example.org:3128");
  }
  return { url, except: environment.no_proxy ?? environment.NO_PROXY ?? "" };
}
