/** Any command as a process that dies at a moment of one of its requests, told by what is asked and not by a number. */
import { afterAll } from "vitest";
import { type Started, startIcaform } from "../support/cli.ts";
import { tagOf } from "../support/simulator.ts";
import type { Moment } from "./gate.ts";
import { begin, type Lane, openLane } from "./rounds.ts";

/** The n-th request, from 1 on, whose method and path match. */
export interface Point {
  call: RegExp;
  nth: number;
}

/** `beat`: seconds of analyses in a second. */
export async function laneOf(text: string, beat = 0): Promise<Lane> {
  const lane = await openLane();
  closing.push(lane);
  begin(lane, { text, runs: [], credentials: [], levels: 1 });
  lane.sim.control.set({ speed: beat });
  return lane;
}

const closing: Lane[] = [];
afterAll(async () => {
  for (const lane of closing.splice(0)) await lane.close();
});

/** `icaform COMMAND FOLDER …` through the gate. */
export function start({ gate, folder, sim }: Lane, [command, ...more]: readonly [string, ...string[]]): Started {
  return startIcaform([command, folder, ...more], { ICA_SERVER: gate.url, ICA_API_KEY: sim.apiKey });
}

/** Whether it died there; what comes after finds the gate open. */
export async function killedAt(
  lane: Lane,
  args: readonly [string, ...string[]],
  { call, nth }: Point,
  moment: Moment,
): Promise<boolean> {
  const matching: number[] = [];
  lane.gate.open((n, now, asked) => {
    if (!call.test(asked)) return undefined;
    if (now === "before") matching.push(n);
    if (now !== moment || n !== matching[nth - 1]) return undefined;
    child.kill("SIGKILL");
    return "cut";
  });
  const { child, ended } = start(lane, args);
  const { code } = await ended;
  lane.gate.open();
  return code === null;
}

/** Each run in ICA with the number of its attempt, in the order of their creation. */
export function attemptsIn({ sim }: Lane): string[] {
  return sim.analyses().map(({ tags }) => `${tagOf(tags, "run")} ${tagOf(tags, "attempt")}`);
}
