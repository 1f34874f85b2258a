/** Which addresses of an ICA server make sense at all, and which of them a manifest may name (contract, "Trust"). */
import { UsageError } from "./errors.ts";

/**
 * Reads the address of a server, from wherever it came.
 *
 * @returns the address without a slash at its end
 * @throws UsageError when it is not a URL, is neither https nor loopback, carries a user, a query or a fragment, or ends
 *   with the `/api` that every call's path begins with
 */
export function parseServer(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new UsageError(
      "the address of the server is not an https URL",
      "write it like https://ica.illumina.com/ica/rest",
    );
  }
  // The address itself is not repeated in messages: what stands before the "@" may be a password.
  if (url.username !== "" || url.password !== "") {
    throw new UsageError("the address of the server has a user name or password in it", "give the key in ICA_API_KEY");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new UsageError(
      `the server ${url.host} is not https; only a server on this machine may be reached over plain http`,
      "use an https:// address",
    );
  }
  if (/[?#]/.test(text)) {
    throw new UsageError("the address of the server has a query or a fragment", "leave out all from the ? or # on");
  }
  url.pathname = url.pathname.replace(/\/+$/, "");
  if (url.pathname.endsWith("/api")) {
    throw new UsageError("the server's address ends with /api; leave that off", "the paths of all calls begin with it");
  }
  return url;
}

/**
 * Whether a manifest may name this server: a pull request may come from anyone, and the key goes to the server that is
 * named. Any other server is the operator's to name, with `ICA_SERVER` or `--server`.
 */
export function serverIsTrusted(url: URL): boolean {
  if (isLoopback(url.hostname)) return url.protocol === "https:" || url.protocol === "http:";
  return url.protocol === "https:" && (url.hostname === "illumina.com" || url.hostname.endsWith(".illumina.com"));
}

/** This machine. The URL parser has already turned every spelling of an IPv4 address into four decimal numbers. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
