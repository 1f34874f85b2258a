/**
 * Issue 3, point 3: the cohort under random combinations of all that is unknown of ICA. Another seed: MATRIX_SEED=n;
 * more of them: MATRIX_RUNS=n.
 */
import { rmSync } from "node:fs";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { startSimulator } from "../../src/simulator/server.ts";
import type { Switches } from "../../src/simulator/switches.ts";
import { cohortSeed, cohortTree } from "./cohort.ts";
import { endingsOf, expectEnding, expectMet } from "./expected.ts";
import { engine } from "./in-process.ts";
import { live } from "./story.ts";
import { alone, type Conditions, UNKNOWNS, WEATHERS } from "./unknowns.ts";
import { virtualTime } from "./virtual-time.ts";

const SEED = Number(process.env.MATRIX_SEED ?? 20261101);
const RUNS = Number(process.env.MATRIX_RUNS ?? 200);
const START = Date.parse("2026-11-01T00:00:00Z");

const trees = { plain: cohortTree({ rotates: false }), rotating: cohortTree({ rotates: true }) };
afterAll(() => {
  for (const folder of Object.values(trees)) rmSync(folder, { recursive: true });
});

async function tell(conditions: Conditions, dice: number, look: typeof expectMet = () => {}): Promise<void> {
  const time = virtualTime(START);
  const { isRotationDue, faults, switches } = conditions;
  const sim = await startSimulator({
    seed: cohortSeed({ hasOldCredential: isRotationDue, largestPage: switches.maxPageSize }),
    switches: { speed: 0, ...switches },
    faults,
    clock: time.now,
    randomSeed: dice,
    record: true,
  });
  try {
    const tool = await engine(isRotationDue ? trees.rotating : trees.plain, sim, time, diceOf(dice));
    const rounds = await live(tool, sim, () => time.sleep(60_000));
    expectEnding(rounds, sim, conditions);
    look(conditions, sim, rounds);
  } finally {
    await sim.close();
  }
}

describe("every answer to one unknown alone", () => {
  const each = Object.entries(UNKNOWNS).flatMap(([name, answers]) =>
    answers.map((switches): [string, Conditions] => {
      const conditions = alone(name, switches, { rate: 5, burst: 1 });
      return [`${name} ${JSON.stringify(conditions.switches)}`, conditions];
    }),
  );
  it.each(each)("%s", (_name, conditions) => tell(conditions, 1, expectMet));
  it.each(Object.entries(WEATHERS))("%s", (_name, faults) => tell({ switches: {}, faults, isRotationDue: false }, 1));
});

/** Each unknown is as usual as often as it is not; long tags and missing folders hide the rest, so they are rarer. */
const combination: fc.Arbitrary<Conditions & { dice: number; weather: string }> = fc
  .record({
    unknowns: fc.tuple(
      ...Object.entries(UNKNOWNS).map(([name, answers]) => {
        const usual = ["tagLength", "targetFolders"].includes(name) ? answers.length * 6 : answers.length;
        return fc.constantFrom<Partial<Switches>[]>(...answers, ...Array.from({ length: usual }, () => ({})));
      }),
    ),
    weather: fc.constantFrom("fair", ...Object.keys(WEATHERS)),
    isRotationDue: fc.boolean(),
    dice: fc.integer({ min: 1, max: 1_000_000 }),
  })
  .map(({ unknowns, weather, isRotationDue, dice }) => ({
    switches: Object.assign({}, ...unknowns) as Partial<Switches>,
    faults: WEATHERS[weather] ?? [],
    weather,
    isRotationDue,
    dice,
  }));

const combinations = fc.sample(combination, { seed: SEED, numRuns: RUNS });

describe(`${RUNS} random combinations of seed ${SEED}`, () => {
  it.each(
    combinations.map((one, index): [string, typeof one] => {
      const { switches, weather, isRotationDue, dice } = one;
      const due = isRotationDue ? ", rotation due" : "";
      return [`${index + 1}: ${JSON.stringify(switches)}, ${weather}${due}, dice ${dice}`, one];
    }),
  )("%s", (_name, { dice, weather: _weather, ...conditions }) => tell(conditions, dice));

  it("hold each ending at least five times", () => {
    const endings = combinations.flatMap(endingsOf);
    for (const ending of ["empty", "refused", "run failed", "rotation due"] as const)
      expect(endings.filter((one) => one === ending).length, ending).toBeGreaterThanOrEqual(5);
  });
});

/** Numbers from 0 to 1, always the same ones for a seed (mulberry32). */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
