/** One round: applies that are disturbed, then one that is not; and what ICA has at the end, counted in its own store. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasPendingChanges } from "../../src/core/plan.ts";
import { type Simulator, startSimulator } from "../../src/simulator/server.ts";
import { type Started, startIcaform } from "../support/cli.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { SECRETS } from "../support/manifests.ts";
import { tagOf } from "../support/simulator.ts";
import { WORLD } from "../support/world.ts";
import { type Gate, gateTo } from "./gate.ts";
import type { Tree } from "./trees.ts";

/** A simulator and a gate before it, for one round after the other. */
export interface Lane {
  sim: Simulator;
  gate: Gate;
  folder: string;
  close(): Promise<void>;
}

/** What a round has left in ICA; `problems` are broken promises other than the two that are counted. */
export interface Outcome {
  duplicates: number;
  missing: number;
  problems: string[];
}

export const BOB = "key-of-bob-for-the-tests";
const USERS = [...WORLD.users, { name: "bob", apiKey: BOB }];

export async function openLane(): Promise<Lane> {
  const sim = await startSimulator({ seed: { ...WORLD, users: USERS }, record: true });
  const gate = await gateTo(sim.url);
  const folder = mkdtempSync(join(tmpdir(), "icaform-rounds-"));
  return {
    sim,
    gate,
    folder,
    async close() {
      await gate.close();
      await sim.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An ICA as on its first day, with the tree's manifests in the lane's folder. */
export function begin({ sim, gate, folder }: Lane, tree: Tree): void {
  sim.reset();
  sim.control.clearFaults();
  sim.control.set({ speed: 0, listingLag: 0 });
  gate.open();
  declare(folder, tree);
}

export function declare(folder: string, tree: Tree): void {
  writeFileSync(join(folder, "tree.yaml"), tree.text);
}

/** `icaform apply` as a process of its own, through the gate. */
export function startApply({ gate, folder, sim }: Lane, apiKey = sim.apiKey): Started {
  const env = { ICA_SERVER: gate.url, ICA_API_KEY: apiKey, ...SECRETS };
  return startIcaform(["apply", folder, "--auto-approve", "--format", "json"], env);
}

/** Carries out the levels above `level` in this process, and lets what runs succeed. */
export async function prepare(lane: Lane, level: number): Promise<void> {
  for (let done = 1; done < level; done++) {
    await applyTree(lane.folder, lane.sim, { secrets: SECRETS });
    succeed(lane.sim);
  }
}

/**
 * The apply that nothing disturbs, and the levels that waited for it; then what ICA has, and whether a plan finds
 * anything left to do.
 */
export async function finish(lane: Lane, tree: Tree, quiet: Quiet = asProcess): Promise<Outcome> {
  const { sim, gate, folder } = lane;
  gate.open();
  const problems = await quiet(lane);
  for (let level = 1; level < tree.levels; level++) {
    succeed(sim);
    await applyTree(folder, sim, { secrets: SECRETS });
  }
  const plan = await planTree(folder, sim);
  if (hasPendingChanges(plan)) {
    const left = plan.changes.map(({ action, address }) => `${action} ${address}`);
    problems.push(`the plan is not empty: ${left.join(", ")}`);
  }
  if (plan.summary.unchanged !== tree.runs.length + tree.credentials.length) problems.push("the plan counts otherwise");
  return { ...count(sim, tree), problems };
}

/** How the apply that nothing disturbs is made; answers what was wrong with it. */
export type Quiet = (lane: Lane) => Promise<string[]>;

const asProcess: Quiet = async (lane) => {
  const { code, stdout, stderr } = await startApply(lane).ended;
  return code === 0 ? [] : [`the quiet apply ended with exit code ${code}: ${stderr}${stdout}`];
};

/** The engine in this process: where only the killed one matters, the start of a second command is most of a round. */
export const inThisProcess: Quiet = async ({ folder, sim }) => {
  const { results } = await applyTree(folder, sim, { secrets: SECRETS });
  return results
    .filter(({ outcome }) => outcome !== "done")
    .map(({ address, outcome, error }) => `in the quiet apply ${address} is ${outcome}: ${error}`);
};

/** Counts in the simulator's store; what a race has aborted is not there. */
function count(sim: Simulator, tree: Tree): Pick<Outcome, "duplicates" | "missing"> {
  const seen = new Map<string, number>();
  const add = (key: string) => seen.set(key, (seen.get(key) ?? 0) + 1);
  for (const { status, tags } of sim.analyses()) {
    if (!status.startsWith("ABORT")) add(`${tagOf(tags, "run")} ${tagOf(tags, "attempt")}`);
  }
  for (const { name } of sim.credentials()) add(`credential ${name}`);
  const runs = new Set([...seen.keys()].map((key) => key.split(" ")[0]));
  return {
    duplicates: [...seen.values()].reduce((sum, times) => sum + times - 1, 0),
    missing:
      tree.runs.filter((name) => !runs.has(name)).length +
      tree.credentials.filter((name) => !seen.has(`credential ${name}`)).length,
  };
}

function succeed(sim: Simulator): void {
  for (const { id, status } of sim.analyses()) {
    if (!/^(SUCCEEDED|FAILED|ABORT)/.test(status)) sim.control.setStatus(id, "SUCCEEDED");
  }
}
