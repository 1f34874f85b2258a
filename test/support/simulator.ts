import { onTestFinished } from "vitest";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { Result } from "../../src/engine/outcome.ts";
import type { RequestLogEntry } from "../../src/simulator/middleware/log.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/server.ts";
import { icaform, type Ran, ROOT } from "./cli.ts";
import { WORLD } from "./world.ts";

/** What `apply --format json` prints. */
export interface Applied {
  formatVersion: string;
  digest: string;
  summary: { done: number; failed: number; skipped: number; unknown: number };
  results: Result[];
  diagnostics: Diagnostic[];
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/** An ICA in memory that records what it is asked, and the command pointed at it. */
export interface Lab {
  sim: Simulator;
  /** What the command needs to find it. */
  env: Record<string, string>;
  icaform(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs `plan --format json`, which must end with exit code 0, and parses its output. */
  plan(folder: string, args?: readonly string[]): Promise<Plan>;
  /** Runs `apply --auto-approve --format json`; the exit code is the caller's to look at. */
  apply(folder: string, args?: readonly string[], env?: Record<string, string>): Promise<Ran & { applied: Applied }>;
  /** Runs it and expects exit code 0. */
  applied(folder: string, args?: readonly string[], env?: Record<string, string>): Promise<Applied>;
  /** All recorded requests that may change something. */
  writes(): RequestLogEntry[];
  /** The create calls of runs, in the order of their answers. */
  creates(): RequestLogEntry[];
  /** Forgets what was recorded. */
  forget(): void;
  /** All runs that have not ended end now. */
  finish(status?: "SUCCEEDED" | "FAILED"): void;
}

/** Starts one that is gone after the test; without a seed it is `WORLD`. */
export async function lab(options: SimulatorOptions = {}): Promise<Lab> {
  const opened = await openLab(options);
  onTestFinished(() => opened.sim.close());
  return opened;
}

/** Starts one that the caller closes. */
export async function openLab(options: SimulatorOptions = {}): Promise<Lab> {
  const sim = await startSimulator({ seed: WORLD, record: true, ...options });
  const env = { ICA_SERVER: sim.url, ICA_API_KEY: sim.apiKey };
  const call = (args: readonly string[], given: RunOptions = {}) =>
    icaform(args, { ...env, ...given.env }, given.cwd ?? ROOT);
  const apply: Lab["apply"] = async (folder, args = [], secrets = {}) => {
    const ran = await call(["apply", folder, "--auto-approve", "--format", "json", ...args], { env: secrets });
    return { ...ran, applied: ran.stdout === "" ? NOTHING : (JSON.parse(ran.stdout) as Applied) };
  };
  return {
    sim,
    env,
    icaform: call,
    apply,
    async plan(folder, args = []) {
      const { code, stdout, stderr } = await call(["plan", folder, "--format", "json", ...args]);
      if (code !== 0) throw new Error(`plan ended with exit code ${code}:\n${stderr}`);
      return JSON.parse(stdout) as Plan;
    },
    async applied(folder, args = [], secrets = {}) {
      const { code, stderr, applied } = await apply(folder, args, secrets);
      if (code !== 0) throw new Error(`apply ended with exit code ${code}:\n${stderr}${JSON.stringify(applied)}`);
      return applied;
    },
    writes: () => sim.requests.filter(mayWrite),
    creates: () => sim.requests.filter(isCreate),
    forget: () => {
      sim.requests.length = 0;
    },
    finish(status = "SUCCEEDED") {
      for (const analysis of sim.analyses()) {
        if (!FINAL.includes(analysis.status)) sim.control.setStatus(analysis.id, status);
      }
    },
  };
}

const NOTHING: Applied = {
  formatVersion: "",
  digest: "",
  summary: { done: 0, failed: 0, skipped: 0, unknown: 0 },
  results: [],
  diagnostics: [],
};

const FINAL = ["SUCCEEDED", "FAILED", "FAILED_FINAL", "ABORTED"];

/** Everything but GETs, token calls, searches and the search for an activation code. */
export function mayWrite({ method, path }: RequestLogEntry): boolean {
  if (method === "GET") return false;
  return !(method === "POST" && /^\/api\/tokens$|:search$|^\/api\/activationCodes:findBestMatching/.test(path));
}

export function isCreate({ method, path }: RequestLogEntry): boolean {
  return method === "POST" && /\/analysis:(nextflow|cwl)\w*$/.test(path);
}

/** What a plan does, without its words: `create PipelineRun/x`. */
export function actionsOf(plan: Pick<Plan, "changes">): string[] {
  return plan.changes.map(({ action, address }) => `${action} ${address}`);
}

/** The value of one of icaform's own tags on a run in ICA. */
export function tagOf(tags: { technicalTags: readonly string[] }, name: string): string | undefined {
  const prefix = `icaform.${name}=`;
  return tags.technicalTags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
}
