import type { IncomingHttpHeaders } from "node:http";

/** One request and its answer as they were on the wire; bodies are unpacked. */
export interface Exchange {
  method: string;
  /** Path and query, as sent. */
  target: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** Absent when the connection was cut before there was one. */
  answer: Answer | undefined;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What part of the description was violated. */
export type Rule =
  | "path"
  | "method"
  | "query"
  | "header"
  | "security"
  | "accept"
  | "media-type"
  | "body"
  | "status"
  | "expected";

export interface Violation {
  /** The operation's id, or method and path where there is no operation. */
  operation: string;
  direction: "request" | "response";
  rule: Rule;
  /** What is meant: a JSON pointer into the body, or the name of a parameter or header. */
  pointer: string;
  message: string;
}

/** A violation whose operation and direction the caller knows. */
export type Finding = Pick<Violation, "rule" | "pointer" | "message">;

/** A header as one string, as RFC 9110 joins repeated ones. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** `operation (direction) rule pointer: message`, for people. */
export function describeViolation({ operation, direction, rule, pointer, message }: Violation): string {
  return `${operation} (${direction}) ${rule} ${pointer}: ${message}`;
}
