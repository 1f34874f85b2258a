/** What ICA or the network says, made fit for an error message. */
import { STATUS_CODES } from "node:http";

const LONGEST = 500;

/** Collapses control characters and white space, so that a message stays on one line, and caps its length. */
export function oneLine(text: string, longest = LONGEST): string {
  // Characters beyond the cap are not looked at: a body can have millions.
  const line = text
    .slice(0, longest * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** What was thrown, in words; an `AggregateError` of connection attempts has its words in its parts. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return oneLine([...new Set(error.errors.map(reasonOf))].join("; "));
  }
  return oneLine(error instanceof Error ? error.message || error.name : String(error));
}

export function statusText(status: number): string {
  return STATUS_CODES[status] ?? "unknown status";
}
