/** Against what a user would do instead, on the same simulator: `npm run bench:peers`. Takes two minutes. */
import { fileURLToPath } from "node:url";
import { bundle } from "../src/build/bundle.ts";
import { icaform, icaformKilled, isStarted, type Lab, measured, openLab, percent, treeOf } from "./lab.ts";
import { table } from "./measure.ts";
import type { Peer } from "./peers/peer.ts";

const SCRIPT = fileURLToPath(new URL("peers/script.ts", import.meta.url));

const trees = new Map<number, string>();

/** The folder is the same before and after a kill, as a user's is. */
function treeFor(count: number): string {
  const folder = trees.get(count) ?? treeOf(count, { stack: "r" });
  trees.set(count, folder);
  return folder;
}

export const PEERS: Peer[] = [
  {
    name: "icaform apply",
    async run({ url, apiKey, count }, killAfterMs) {
      const env = { ICA_SERVER: url, ICA_API_KEY: apiKey };
      const args = ["apply", treeFor(count), "--auto-approve", "--format", "json"];
      if (killAfterMs === undefined) await icaform(args, env);
      else await icaformKilled(args, env, killAfterMs);
    },
  },
  {
    name: "script with fetch",
    async run({ url, apiKey, count }, killAfterMs) {
      const { code, stderr } = await measured(["--import", "tsx", SCRIPT, url, apiKey, String(count)], {}, killAfterMs);
      if (code !== 0 && killAfterMs === undefined) throw new Error(stderr);
    },
  },
];

export interface PeerResult {
  name: string;
  answers: number;
  refused: number;
  seconds: number;
  missing: number;
  /** After a kill in the middle and a second start. */
  duplicates: number;
  missingAfterKill: number;
}

/** Starts `count` runs undisturbed, then again in a new world with a kill in the middle. */
export async function measurePeer(peer: Peer, count: number, rate: number): Promise<PeerResult> {
  const limit = { rate, burst: rate };
  const calm = await openLab(limit);
  await peer.run(jobFor(calm, count)).finally(calm.close);
  const { answers, refused, first, last } = calm.tally;
  const cut = await openLab(limit);
  try {
    await peer.run(jobFor(cut, count), 1000 + (500 * count) / rate);
    await peer.run(jobFor(cut, count));
  } finally {
    await cut.close();
  }
  const seconds = (last - first) / 1000;
  const missing = (lab: Lab) => count - started(lab).size;
  const duplicates = cut.sim.analyses().length - started(cut).size;
  return {
    name: peer.name,
    answers,
    refused,
    seconds,
    missing: missing(calm),
    duplicates,
    missingAfterKill: missing(cut),
  };
}

function jobFor({ sim }: Lab, count: number) {
  return { url: sim.url, apiKey: sim.apiKey, count };
}

function started({ sim }: Lab): Set<string> {
  return new Set(sim.analyses().map(({ userReference }) => userReference));
}

if (isStarted(import.meta.url)) {
  await bundle();
  const [count, rate] = [500, 25];
  const results = await Promise.all(PEERS.map((peer) => measurePeer(peer, count, rate)));
  const head = ["tool", "calls", "429", "makespan / least", "missing", "duplicates after a kill", "missing after it"];
  const rows = results.map((result) => [
    result.name,
    String(result.answers),
    percent(result.refused, result.answers),
    (result.seconds / (count / rate)).toFixed(2),
    String(result.missing),
    String(result.duplicates),
    String(result.missingAfterKill),
  ]);
  process.stdout.write(`${count} runs, limit ${rate}/s, burst ${rate}, no Retry-After\n\n${table(head, rows)}\n`);
}
