import { expect } from "vitest";
import type { Ran } from "./cli.ts";

/**
 * One error, in one line that says what is wrong; below it at most the manifest's lines that it is about, and what to
 * do. Exit code 1, no results, never a stack trace.
 */
export function expectClearError(ran: Ran, what: RegExp): void {
  expect(ran.code, ran.stderr).toBe(1);
  expect(ran.stdout).toBe("");
  const [error = "", ...rest] = ran.stderr.trimEnd().split("\n");
  expect(error).toMatch(/^(\S+:\d+:\d+: )?error: /);
  expect(error).toMatch(what);
  const isPlaced = !error.startsWith("error: ");
  for (const line of rest) expect(line).toMatch(isPlaced ? /^ {2}|^1 error$/ : /^ {2}help: /);
  expect(rest.length).toBeLessThanOrEqual(isPlaced ? 7 : 1);
  expect(ran.stderr).not.toMatch(/\n\s+at |node:internal|\.js:\d+/);
}
