import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const SELF = fileURLToPath(new URL("./icaform.js", import.meta.url));

/** Starts this very command as a process of its own. */
export function spawnIcaform(args: readonly string[], cwd: string, environment: Record<string, string>) {
  const env = { ...process.env, ...environment };
  return spawn(process.execPath, [SELF, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs it to its end; both streams in the order in which they came. */
export function runIcaform(
  args: readonly string[],
  cwd: string,
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawnIcaform(args, cwd, environment);
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject).on("close", (code) => resolve({ code, output }));
  });
}
