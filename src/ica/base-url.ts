/** Which server is talked to: the trust in its address, and that nothing leads the client elsewhere. */
import { ProtocolError } from "../core/errors.ts";
import { oneLine } from "./text.ts";
import type { IcaRequest, Transport } from "./types.ts";

/** The request target: the server's own path, the call's path, the query. */
export function targetOf(server: URL, request: Pick<IcaRequest, "path" | "query">): string {
  const base = server.pathname.replace(/\/+$/, "");
  const query = (request.query ?? []).map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  return `${base}${request.path}${query.length === 0 ? "" : `?${query.join("&")}`}`;
}

/**
 * Refuses redirects: ICA has none, and following one would hand key, token and body to somewhere else.
 *
 * @throws ProtocolError that names the origin the server pointed at
 */
export function withoutRedirects(next: Transport, server: URL): Transport {
  return async (request) => {
    const response = await next(request);
    if (response.status >= 300 && response.status < 400) {
      throw new ProtocolError(request, redirected(response.headers.location, server), response.status);
    }
    return response;
  };
}

function redirected(location: string | undefined, server: URL): string {
  if (location === undefined || !URL.canParse(location, server.href)) {
    return "answered with a redirect to nowhere (is the server URL right?)";
  }
  const target = new URL(location, server);
  const where = target.origin === server.origin ? "elsewhere on the same server" : `to ${oneLine(named(target), 200)}`;
  return `answered with a redirect ${where}, which is not followed (is the server URL right?)`;
}

function named(url: URL): string {
  return `${url.protocol}//${url.host}`;
}
