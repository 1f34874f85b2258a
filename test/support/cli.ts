import { spawn } from "node:child_process";
import { resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");
export const COMMAND = resolve(ROOT, "dist/icaform.js");

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command as a process of its own; the environment holds only what is given, and PATH. */
export function icaform(args: readonly string[], env: Record<string, string> = {}, cwd: string = ROOT): Promise<Ran> {
  return new Promise((done, fail) => {
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
    child.on("error", fail).on("close", (code) => done({ code, stdout, stderr }));
  });
}
