/** Plays all rounds, several side by side, and adds them up. */
import { type Lane, type Outcome, openLane } from "./rounds.ts";
import { measureLengths, type Round, type Scenario, scenarios } from "./scenarios.ts";

export interface Played {
  name: string;
  rounds: number;
  duplicates: number;
  missing: number;
  /** What else was broken, with the round that shows it. */
  problems: string[];
}

/** The processes of so many rounds keep two cores busy. */
const LANES = 3;

/** @param seed all dice are thrown from it @param scale multiplies the rounds that throw dice */
export async function play(
  seed: number,
  scale = 1,
  onRound: (round: Round) => void = () => undefined,
): Promise<Played[]> {
  const lanes = await Promise.all(Array.from({ length: LANES }, openLane));
  try {
    const all = scenarios(await measureLengths(lanes[0] as Lane), diceFrom(seed), scale);
    const played = new Map(all.map((scenario) => [scenario, none(scenario)]));
    const rounds = all.flatMap((scenario) => scenario.rounds.map((round) => ({ scenario, round })));
    await Promise.all(
      lanes.map(async (lane) => {
        for (let next = rounds.shift(); next !== undefined; next = rounds.shift()) {
          const { scenario, round } = next;
          add(played.get(scenario) as Played, round, await round.play(lane));
          onRound(round);
        }
      }),
    );
    return [...played.values()];
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

/** Numbers in [0, 1) that only a seed decides (mulberry32). */
function diceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function none({ name }: Scenario): Played {
  return { name, rounds: 0, duplicates: 0, missing: 0, problems: [] };
}

function add(played: Played, { what }: Round, { duplicates, missing, problems }: Outcome): void {
  played.rounds += 1;
  played.duplicates += duplicates;
  played.missing += missing;
  played.problems.push(...problems.map((problem) => `${what}: ${problem}`));
}
