/** What is done to an apply before the one that must put everything right. */
import type { FaultInput } from "../../src/simulator/faultRules.ts";
import type { Ran } from "../support/cli.ts";
import { MOMENTS, type Moment } from "./gate.ts";
import { BOB, begin, declare, finish, inThisProcess, type Lane, type Outcome, prepare, startApply } from "./rounds.ts";
import { CHAINS, EDITED, FLAT, type Tree } from "./trees.ts";

export interface Scenario {
  name: string;
  rounds: Round[];
}

/** One round in a lane; `what` says which, so that a failure can be played again. */
export interface Round {
  what: string;
  play(lane: Lane): Promise<Outcome>;
}

/** Uniform in [0, 1). */
export type Dice = () => number;

/** The requests of an undisturbed apply of each tree's first level: a round for each is needed. */
export interface Lengths {
  flat: number;
  chains: number;
}

export async function measureLengths(lane: Lane): Promise<Lengths> {
  const lengthOf = async (tree: Tree) => {
    begin(lane, tree);
    const { code, stderr } = await startApply(lane).ended;
    if (code !== 0) throw new Error(`an undisturbed apply ended with exit code ${code}: ${stderr}`);
    return lane.gate.count();
  };
  return { flat: await lengthOf(FLAT), chains: await lengthOf(CHAINS) };
}

/** All scenarios; `scale` multiplies the rounds of those that throw dice. */
export function scenarios(lengths: Lengths, dice: Dice, scale = 1): Scenario[] {
  const whole = (below: number) => Math.floor(dice() * below);
  const one = <Item>(items: readonly Item[]) => items[whole(items.length)] as Item;
  const many = (times: number, round: (index: number) => Round) =>
    Array.from({ length: Math.round(times * scale) }, (_, index) => round(index));
  const each = (length: number, round: (n: number) => Round) => Array.from({ length }, (_, index) => round(index + 1));
  const somewhere = () => ({ n: 1 + whole(lengths.flat), moment: one(MOMENTS) });
  return [
    ...MOMENTS.map((moment) => ({
      name: `killed ${MOMENT_NAMES[moment]}, at each request`,
      rounds: each(lengths.flat, (n) => killedAt(FLAT, 1, n, moment)),
    })),
    {
      name: "the same in chains of runs, with a credential",
      rounds: each(lengths.chains, (n) => killedAt(CHAINS, 1, n, one(MOMENTS))),
    },
    {
      name: "the same in a chain's later levels",
      rounds: many(8, (index) => killedAt(CHAINS, 2 + (index % 2), 3 + whole(5), one(MOMENTS))),
    },
    {
      name: "killed at a random moment",
      rounds: many(70, () => killedLater(one([FLAT, CHAINS]), whole(lengths.flat + 1), whole(30))),
    },
    {
      name: "killed while ICA fails and loses answers",
      rounds: many(12, () => killedInStorm(one(FAULTS), one(FAULTS), 6 + whole(lengths.flat), one(MOMENTS))),
    },
    { name: "two applies at once, one user", rounds: many(6, () => atOnce(2, 1)) },
    { name: "five applies at once, one user", rounds: many(3, () => atOnce(5, 1)) },
    { name: "two users at once", rounds: many(8, () => atOnce(2, 2)) },
    {
      name: "killed, then the manifests change",
      rounds: many(8, () => edited(somewhere(), 0)),
    },
    {
      name: "the same while listings lag behind",
      rounds: many(4, () => edited(somewhere(), 1_500)),
    },
    { name: "killed, and the keys are forgotten after 8 days", rounds: many(6, () => forgotten(somewhere())) },
  ];
}

const MOMENT_NAMES: Record<Moment, string> = {
  before: "before the request reaches ICA",
  between: "between execution and answer",
  after: "after the answer",
};

const CREATES = { method: "POST", path: "analysis:(nextflow|cwl)|storageCredentials$" } as const;

const FAULTS: readonly FaultInput[] = [
  { match: { ...CREATES, every: 2 }, fault: "lose-answer" },
  { match: { ...CREATES, every: 3 }, fault: "lose-request" },
  { match: { ...CREATES, every: 2 }, fault: "status-after", status: 503 },
  { match: { ...CREATES, every: 3 }, fault: "status-before", status: 500 },
  { match: { ...CREATES, every: 2 }, fault: "reset-mid-body" },
  { match: { ...CREATES, every: 4 }, fault: "conflict" },
  { match: { ...CREATES, every: 3 }, fault: "expire-token" },
  { match: { path: "analysis:search", nth: 1 }, fault: "reset-mid-body" },
];

/** An apply whose process is killed at a moment of its n-th request. */
async function killAt(lane: Lane, n: number, moment: Moment): Promise<Ran> {
  lane.gate.open((count, now) => {
    if (count !== n || now !== moment) return undefined;
    started.child.kill("SIGKILL");
    return "cut";
  });
  const started = startApply(lane);
  return started.ended;
}

function killedAt(tree: Tree, level: number, n: number, moment: Moment): Round {
  return {
    what: `level ${level}, ${moment} request ${n}`,
    async play(lane) {
      begin(lane, tree);
      await prepare(lane, level);
      const { code, stderr } = await killAt(lane, n, moment);
      const outcome = await finish(lane, tree);
      // Of the last answer the process may have made its end before the signal came.
      if (code !== null && moment !== "after") outcome.problems.push(`was not killed: exit code ${code}, ${stderr}`);
      return outcome;
    },
  };
}

function killedLater(tree: Tree, n: number, milliseconds: number): Round {
  return {
    what: `${milliseconds} ms after request ${n}`,
    async play(lane) {
      begin(lane, tree);
      const { child, ended } = startApply(lane);
      const kill = () => setTimeout(() => child.kill("SIGKILL"), n === 0 ? milliseconds * 10 : milliseconds);
      if (n === 0) kill();
      else {
        lane.gate.open((count, moment) => {
          if (count === n && moment === "before") kill();
          return undefined;
        });
      }
      await ended;
      return finish(lane, tree, inThisProcess);
    },
  };
}

function killedInStorm(first: FaultInput, second: FaultInput, n: number, moment: Moment): Round {
  return {
    what: `${first.fault} and ${second.fault}, ${moment} request ${n}`,
    async play(lane) {
      begin(lane, CHAINS);
      lane.sim.control.addFaults(first, second);
      await killAt(lane, n, moment);
      lane.sim.control.clearFaults();
      return finish(lane, CHAINS);
    },
  };
}

/** Every apply has seen that nothing is there before any of them starts something. */
function atOnce(applies: number, users: 1 | 2): Round {
  return {
    what: `${applies} applies, ${users} users`,
    async play(lane) {
      begin(lane, FLAT);
      lane.gate.open(undefined, applies);
      const started = Array.from({ length: applies }, (_, index) =>
        startApply(lane, users === 2 && index === 1 ? BOB : undefined),
      );
      const ends = await Promise.all(started.map(({ ended }) => ended));
      const outcome = await finish(lane, FLAT);
      for (const { code, stdout, stderr } of ends) {
        if (code !== 0) outcome.problems.push(`one of them ended with exit code ${code}: ${stderr}${stdout}`);
      }
      const aborted = lane.sim.analyses().filter(({ status }) => status.startsWith("ABORT")).length;
      if (users === 2 && aborted !== FLAT.runs.length) outcome.problems.push(`${aborted} runs were aborted`);
      return outcome;
    },
  };
}

function edited({ n, moment }: { n: number; moment: Moment }, listingLag: number): Round {
  return {
    what: `${moment} request ${n}, listings lag by ${listingLag} ms`,
    async play(lane) {
      begin(lane, FLAT);
      lane.sim.control.set({ listingLag });
      await killAt(lane, n, moment);
      declare(lane.folder, EDITED);
      lane.gate.open();
      // What it cannot see yet it must not start under another identity: it says so, or does it.
      const { code, stderr } = listingLag === 0 ? { code: 0, stderr: "" } : await startApply(lane).ended;
      lane.sim.control.set({ listingLag: 0 });
      const outcome = await finish(lane, EDITED);
      if (code !== 0 && code !== 3) outcome.problems.push(`the apply that cannot see ended with ${code}: ${stderr}`);
      return outcome;
    },
  };
}

function forgotten({ n, moment }: { n: number; moment: Moment }): Round {
  return {
    what: `${moment} request ${n}`,
    async play(lane) {
      begin(lane, FLAT);
      await killAt(lane, n, moment);
      lane.sim.control.advance(8 * 24 * 3600);
      return finish(lane, FLAT);
    },
  };
}
