/** The command on a terminal of its own. Needs `script`, which gives one. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { COMMAND } from "./cli.ts";
import type { Lab } from "./simulator.ts";

/** That of util-linux runs a command with `-c` and passes on its exit code with `-e`. */
export const hasTerminals = spawnSync("script", ["-qec", "exit 7", "/dev/null"], { stdio: "ignore" }).status === 7;

export const CTRL_C = "\u0003";
export const CTRL_D = "\u0004";

/**
 * Types each of `typed` (or sends the command that signal) as soon as the text before it has come, one after the other;
 * what was seen, of both streams.
 */
export function onTerminal(
  ica: Pick<Lab, "env">,
  args: readonly string[],
  typed: readonly (readonly [awaited: string, keys: string | { signal: NodeJS.Signals }])[],
): Promise<{ code: number | null; output: string }> {
  // Without a shell in between, which Ctrl-C would end as well.
  const command = ["exec", ...[process.execPath, COMMAND, ...args].map((word) => `'${word}'`)].join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    env: { PATH: process.env.PATH ?? "", TERM: "xterm", SHELL: "/bin/sh", ...ica.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  const left = [...typed];
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    const [next] = left;
    if (next === undefined || !output.includes(next[0])) return;
    left.shift();
    const [, keys] = next;
    if (typeof keys === "string") child.stdin.write(keys);
    else process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")), keys.signal);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}
