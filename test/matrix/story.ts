/** One life of the cohort: apply, plan, let the runs end, and again, until nothing is left or something stops it. */
import type { Plan } from "../../src/core/plan.ts";
import type { Result } from "../../src/engine/outcome.ts";
import type { Simulator } from "../../src/simulator/server.ts";
import { actionsOf } from "../support/simulator.ts";

/** The tool, in this process or as a command of its own. */
export interface Tool {
  apply(): Promise<readonly Result[]>;
  plan(): Promise<Plan>;
}

/** One apply and the plan right after it. */
export interface Round {
  results: readonly Result[];
  plan: Plan;
  /** What the plan would still do or waits for: `create PipelineRun/x`. */
  left: string[];
  /** All that the user was told: errors, notes, warnings, and why something waits. */
  told: string[];
}

/** No story has more: credential and genomes, the joint run, and one round for what lagged behind. */
const MOST_ROUNDS = 7;

/**
 * @param pass lets time go by, so that what an apply has made shows in listings
 */
export async function live(tool: Tool, sim: Simulator, pass: () => Promise<void>): Promise<Round[]> {
  const rounds: Round[] = [];
  while (rounds.length < MOST_ROUNDS) {
    const results = await tool.apply();
    const round = roundOf(results, await tool.plan());
    rounds.push(round);
    const isWaiting = round.left.some((action) => action.startsWith("wait "));
    const isUnseen = round.told.some((text) => text.includes(UNSEEN));
    const isStopped = results.some(({ outcome }) => outcome !== "done");
    if (isStopped || (!isWaiting && !isUnseen)) break;
    if (isUnseen) {
      // Whoever does not wait, but applies again at once, starts nothing twice.
      await tool.apply();
    } else if (!finish(sim)) break;
    await pass();
  }
  return rounds;
}

/** What the tool says of a run that ICA accepted and does not list. */
export const UNSEEN = "does not list it yet";

function roundOf(results: readonly Result[], plan: Plan): Round {
  const left = actionsOf(plan).filter((action) => !/^(no-op|orphan) /.test(action));
  const told = [
    ...results.flatMap((result) => {
      const { address, error, note, help, file, line } = result;
      const said = [error, note, help].filter((text) => text !== undefined);
      return said.length === 0
        ? []
        : [`${address}: ${said.join("; ")}${file === undefined ? "" : ` (${file}:${line})`}`];
    }),
    ...plan.diagnostics.map(({ severity, message }) => `${severity}: ${message}`),
    ...plan.changes.filter(({ action }) => action === "wait").map(({ address, reason }) => `${address}: ${reason}`),
  ];
  return { results, plan, left, told };
}

/** Lets all runs of the stack succeed that have not ended; false when there is none. */
function finish(sim: Simulator): boolean {
  const open = sim
    .analyses()
    .filter(({ status }) => !["SUCCEEDED", "FAILED", "FAILED_FINAL", "ABORTED"].includes(status));
  for (const { id } of open) sim.control.setStatus(id, "SUCCEEDED");
  return open.length > 0;
}

/** How often each run of the cohort stands in ICA, at whatever attempt. */
export function timesInIca(sim: Simulator, runs: readonly string[]): Record<string, number> {
  const names = sim.analyses().flatMap(({ tags: { technicalTags } }) => {
    if (!technicalTags.includes("icaform.stack=cohort-7")) return [];
    return technicalTags.filter((tag) => tag.startsWith("icaform.run=")).map((tag) => tag.slice("icaform.run=".length));
  });
  return Object.fromEntries(runs.map((run) => [run, names.filter((name) => name === run).length]));
}
