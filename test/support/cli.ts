import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");
export const COMMAND = resolve(ROOT, "dist/icaform.js");

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ran>;
}

/** Runs the built command as a process of its own; the environment holds only what is given, and PATH. */
export function icaform(args: readonly string[], env: Record<string, string> = {}, cwd: string = ROOT): Promise<Ran> {
  return startIcaform(args, env, cwd).ended;
}

/** The same, with the process at hand: for signals. A code of null: a signal ended it. */
export function startIcaform(args: readonly string[], env: Record<string, string> = {}, cwd: string = ROOT): Started {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ran>((done, fail) => {
    child.on("error", fail).on("close", (code) => done({ code, stdout, stderr }));
  });
  return { child, ended };
}
