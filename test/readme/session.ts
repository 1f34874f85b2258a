/** A reader's two terminals: the embedded ICA in one, the checkout on the branch `main` in the other. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMAND, ROOT, type Started, startIcaform } from "../support/cli.ts";

export interface Session {
  /** What the simulator prints as it starts. */
  ica: Ica;
  /** Whether it listens where the README says; else that port was taken. */
  isAsWritten: boolean;
  /** What a shell prints, results and messages as they come. */
  run(command: string): Promise<string>;
  close(): Promise<void>;
}

interface Ica {
  url: string;
  apiKey: string;
}

/** @param line the README's `npx icaform simulate … --port N …` */
export async function openSession(line: string): Promise<Session> {
  const [port = ""] = /(?<=--port )\d+/.exec(line) ?? [];
  const args = line.split(" ").slice(2);
  const asWritten = await startSimulator(args);
  const { ica, started } = asWritten ?? (await startedElsewhere(args.map((arg) => (arg === port ? "0" : arg))));
  const folder = mkdtempSync(join(tmpdir(), "icaform-readme-"));
  prepare(folder);
  const [documented, actual] = [`127.0.0.1:${port}`, new URL(ica.url).host];
  return {
    ica,
    isAsWritten: asWritten !== undefined,
    async run(command) {
      return (await shell(command.replaceAll(documented, actual), folder, ica)).replaceAll(actual, documented);
    },
    async close() {
      started.child.kill();
      await started.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Running {
  ica: Ica;
  started: Started;
}

/** Undefined where it ended instead of printing its line: its port is taken. */
async function startSimulator(args: readonly string[]): Promise<Running | undefined> {
  const started = startIcaform(args);
  const line = new Promise<string>((done) => started.child.stdout?.once("data", (chunk) => done(String(chunk))));
  const first = await Promise.race([line, started.ended]);
  return typeof first === "string" ? { ica: JSON.parse(first), started } : undefined;
}

async function startedElsewhere(args: readonly string[]): Promise<Running> {
  const running = await startSimulator(args);
  if (running === undefined) throw new Error(`icaform ${args.join(" ")} does not start`);
  return running;
}

/** `checkout/` holds what the pages' commands read, `bin/` an `npx` that runs the command that was built. */
function prepare(folder: string): void {
  const cwd = join(folder, "checkout");
  cpSync(join(ROOT, "examples"), join(cwd, "examples"), { recursive: true });
  const git = (...args: string[]) => execFileSync("git", args, { cwd, stdio: "ignore" });
  git("init", "--initial-branch=main");
  git("add", "--all");
  git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--message=all");
  const npx = join(folder, "bin/npx");
  mkdirSync(join(folder, "bin"));
  writeFileSync(npx, `#!/bin/sh\ntest "$1" = icaform && shift && exec "${process.execPath}" "${COMMAND}" "$@"\n`);
  chmodSync(npx, 0o755);
}

function shell(command: string, folder: string, ica: Ica): Promise<string> {
  const child = spawn("bash", ["-c", `exec 2>&1\n${command}`], {
    cwd: join(folder, "checkout"),
    env: { PATH: `${folder}/bin:${process.env.PATH}`, ICA_SERVER: ica.url, ICA_API_KEY: ica.apiKey },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return new Promise((done, fail) => {
    child.on("error", fail).on("close", () => done(text.trimEnd()));
  });
}
