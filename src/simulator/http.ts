import type { IncomingHttpHeaders } from "node:http";
import type { User } from "./records.ts";

/** A request on its way through the layers, and what they found out about it. */
export interface Exchange {
  method: string;
  /** Below `/ica/rest`, as sent. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Whose key or token it carries; null if none or a wrong one. */
  user: User | null;
  /** The token it carries, if it carries one. */
  token: string | null;
  /** Milliseconds that a fault rule adds around the execution. */
  delay: { before: number; after: number };
}

/** What goes back. `cut` ends the connection: without an answer, or after half of the body. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
  cut?: "nothing" | "half";
}

/** A step from request to answer; layers wrap it. */
export type Serve = (exchange: Exchange) => Promise<Answer>;

export type Layer = (next: Serve) => Serve;

/** Stacks layers, the first one outermost. */
export function stack(layers: Layer[], core: Serve): Serve {
  return layers.reduceRight((next, layer) => layer(next), core);
}

/** A header as one string. */
export function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** An answer with a JSON body. */
export function jsonAnswer(
  status: number,
  mediaType: string,
  body: unknown,
  headers: Record<string, string> = {},
): Answer {
  return { status, headers: { "content-type": mediaType, ...headers }, body: JSON.stringify(body) };
}
