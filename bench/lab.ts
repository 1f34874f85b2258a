/** What every figure needs: the built command, trees of any size, and a simulator that counts. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RequestLogEntry } from "../src/simulator/middleware/log.ts";
import type { Seed } from "../src/simulator/seedTypes.ts";
import { type Simulator, startSimulator } from "../src/simulator/server.ts";
import type { Switches } from "../src/simulator/switches.ts";

const scratch = mkdtempSync(join(tmpdir(), "icaform-bench-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));

let copied: string | undefined;
let folders = 0;

/** A copy of `dist/`, so that a build meanwhile does not change what is measured. */
function command(): string {
  if (copied === undefined) {
    copied = join(scratch, "dist");
    cpSync(fileURLToPath(new URL("../dist", import.meta.url)), copied, { recursive: true });
  }
  return join(copied, "icaform.js");
}

/** Whether a module is what was started, not imported by a test. */
export function isStarted(moduleUrl: string): boolean {
  return process.argv[1] === fileURLToPath(moduleUrl);
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
  /** Of user and system, and the largest resident set. */
  cpuSeconds: number;
  peakMb: number;
}

/** Written by the process itself when it ends, on a pipe of its own. */
const USAGE =
  "data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,JSON.stringify(process.resourceUsage())))";

/** Runs `node …args` and measures it as a whole process. @param killAfterMs SIGKILL then */
export function measured(
  args: readonly string[],
  env: Record<string, string> = {},
  killAfterMs?: number,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, ["--import", USAGE, ...args], {
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    const texts = ["", "", "", ""];
    for (const [index, stream] of child.stdio.entries()) {
      stream?.on("data", (chunk: Buffer) => {
        texts[index] += chunk.toString();
      });
    }
    child.on("error", reject).on("close", (code) => {
      clearTimeout(timer);
      const [, stdout = "", stderr = "", text = ""] = texts;
      // A process that was killed could not tell.
      const usage = text === "" ? {} : (JSON.parse(text) as Partial<NodeJS.ResourceUsage>);
      const { userCPUTime = Number.NaN, systemCPUTime = Number.NaN, maxRSS = Number.NaN } = usage;
      const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
      const seconds = (performance.now() - begin) / 1000;
      resolve({ code, stdout, stderr, seconds, cpuSeconds, peakMb: maxRSS / 1024 });
    });
  });
}

/** Runs the command; any other exit code than 0 is an error. */
export async function icaform(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const ended = await measured([command(), ...args], env);
  if (ended.code !== 0) throw new Error(`icaform ${args.join(" ")}: exit code ${ended.code}\n${ended.stderr}`);
  return ended;
}

/** The same, killed in the middle. */
export function icaformKilled(args: readonly string[], env: Record<string, string>, afterMs: number): Promise<Ended> {
  return measured([command(), ...args], env, afterMs);
}

export interface TreeOptions {
  /** More of a run's spec, in YAML's flow style. */
  spec?: (index: number) => string;
  stack?: string;
}

/** A new folder with one Stack and `count` runs, named `<stack>-<index>`. */
export function treeOf(count: number, { spec = () => "", stack = "bench" }: TreeOptions = {}): string {
  const folder = join(mkdtempSync(join(scratch, `tree-${++folders}-`)));
  const head = `apiVersion: icaform/v1\nkind: Stack\nmetadata: { name: ${stack} }\nspec: { project: prod }\n`;
  const runs = Array.from({ length: count }, (_, index) => {
    const more = spec(index);
    return `---
apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: ${stack}-${index} }
spec:
  pipeline: nf
  input: { custom: { text: "reads: 1"${more === "" ? "" : `, ${more}`} } }
`;
  });
  writeFileSync(join(folder, "tree.yaml"), head + runs.join(""));
  return folder;
}

export interface Lab {
  sim: Simulator;
  env: Record<string, string>;
  tally: Tally;
  close(): Promise<void>;
}

/** What the server saw. */
export interface Tally {
  answers: number;
  refused: number;
  creates: number;
  /** Milliseconds since 1970 of the first answer and the last. */
  first: number;
  last: number;
  /** Longest row of 429s. */
  inARow: number;
}

export const SEED: Seed = {
  users: [{ name: "ada", apiKey: "key-of-ada-for-the-bench" }],
  projects: [{ name: "prod" }],
  storages: [{ name: "Small" }],
  pipelines: [{ code: "nf", language: "NEXTFLOW", inputFormType: "XML", storage: "Small" }],
};

/** A simulator in this process whose runs stand still. */
export async function openLab(switches: Partial<Switches> = {}, seed: Partial<Seed> = {}): Promise<Lab> {
  const tally: Tally = { answers: 0, refused: 0, creates: 0, first: 0, last: 0, inARow: 0 };
  let row = 0;
  const onRequest = ({ method, path, status }: RequestLogEntry) => {
    const now = Date.now();
    tally.first ||= now;
    tally.last = now;
    tally.answers += 1;
    row = status === 429 ? row + 1 : 0;
    tally.inARow = Math.max(tally.inARow, row);
    if (status === 429) tally.refused += 1;
    else if (method === "POST" && /\/analysis:(nextflow|cwl)\w*$/.test(path)) tally.creates += 1;
  };
  const sim = await startSimulator({ seed: { ...SEED, ...seed }, switches: { speed: 0, ...switches }, onRequest });
  return { sim, tally, env: { ICA_SERVER: sim.url, ICA_API_KEY: sim.apiKey }, close: () => sim.close() };
}

export const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
