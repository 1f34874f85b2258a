import { execFile } from "node:child_process";
import { AbortedError, UsageError } from "../core/errors.ts";
import { safe } from "../render/safe.ts";

export interface GitOptions {
  cwd: string;
  /** Beside the process' own. */
  environment?: Record<string, string>;
  input?: string;
  /** Ends it. */
  signal?: AbortSignal;
}

/** Makes a fault of what git wrote to stderr. */
export type Explain = (said: string) => UsageError;

/** Characters of git's own words at most. */
const MAX_SAID = 300;

/**
 * Runs git and returns what it printed.
 *
 * @param explain what its failure means; left out: its own words
 * @throws UsageError, also when there is no git; AbortedError once it has ended by a signal
 */
export function git(args: readonly string[], options: GitOptions, explain: Explain = inItsWords): Promise<string> {
  return new Promise((done, fail) => {
    if (options.signal?.aborted) throw new AbortedError("interrupted");
    // Its messages are read, so that they must not be in the user's language.
    const env = { ...process.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C", ...options.environment };
    const child = execFile("git", args, { cwd: options.cwd, env, maxBuffer: 1e9 }, (error, stdout, stderr) => {
      if (error === null) done(stdout);
      else if (error.signal) fail(new AbortedError("interrupted"));
      else if (error.code === "ENOENT") fail(new UsageError("--against needs git, which is not installed", NO_GIT));
      else fail(explain(stderr));
    });
    options.signal?.addEventListener("abort", () => child.kill(), { once: true });
    // git may end before it has read everything; its exit code says what there is to say.
    child.stdin?.on("error", () => {}).end(options.input ?? "");
  });
}

const NO_GIT = "install git, or put the folder that it is in into PATH";

/** git's own words, and what to do where that is known. */
export function inItsWords(said: string): UsageError {
  const line = lineOf(said);
  const [, folder] = /detected dubious ownership in repository at '(.*)'/.exec(line) ?? [];
  const help =
    folder === undefined
      ? undefined
      : `if you trust what is in it: git config --global --add safe.directory ${folder} (in a job's container too)`;
  return new UsageError(`--against: git says: ${line === "" ? "nothing" : line}`, help);
}

/** What it died of, else the first thing that it said. */
export function lineOf(said: string): string {
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  return safe(lines.find((line) => line.startsWith("fatal: ")) ?? lines[0] ?? "").slice(0, MAX_SAID);
}
