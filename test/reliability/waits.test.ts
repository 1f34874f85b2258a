/** `apply --wait` over three levels, killed at each kind of request it makes, and while ICA fails it. */
import { describe, expect, it } from "vitest";
import { hasPendingChanges } from "../../src/core/plan.ts";
import type { FaultKind } from "../../src/simulator/faultRules.ts";
import type { Ran } from "../support/cli.ts";
import { planTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import type { Applied } from "../support/simulator.ts";
import { MOMENTS, type Moment } from "./gate.ts";
import { attemptsIn, killedAt, laneOf, type Point, start } from "./kills.ts";
import type { Lane } from "./rounds.ts";

const OUTPUT = "{ output: PipelineRun/first, path: out/report.html }";
const CHAIN =
  stack("limits: { requestsPerSecond: 500 }") +
  run("first") +
  run("beside") +
  run("second", `dependsOn: [PipelineRun/beside], input: { custom: { text: "reads: 1", files: [${OUTPUT}] } }`) +
  run("third", "dependsOn: [PipelineRun/second]");
const RUNS = ["beside 1", "first 1", "second 1", "third 1"];
const WAIT = ["apply", "--auto-approve", "--format", "json", "--wait", "--interval", "50ms"] as const;
/** A run takes some looks. */
const BEAT = 12_000;

const CREATE = /POST .*\/analysis:nextflow/;
const LOOK = /POST .*\/analysis:search/;
const OUTPUTS = /GET .*\/outputs/;

/** What is asked in an undisturbed one: two creates, looks, the outputs of the first, and a create for each level. */
const POINTS: [string, Point, Moment[]][] = [
  ["the first level's create", { call: CREATE, nth: 1 }, ["between"]],
  ["the second level's create", { call: CREATE, nth: 3 }, ["between"]],
  ["the third level's create", { call: CREATE, nth: 4 }, [...MOMENTS]],
  ["the resolution of inputs", { call: OUTPUTS, nth: 1 }, ["between"]],
  ["a look at what runs", { call: LOOK, nth: 4 }, ["between"]],
];
/** The others with ICAFORM_SCALE. */
const PLAYS_ALL = Number(process.env.ICAFORM_SCALE ?? 1) > 1;
const KILLS = POINTS.flatMap(([what, point, moments]) =>
  (PLAYS_ALL ? MOMENTS : moments).map((moment): [Moment, string, Point] => [moment, what, point]),
);

async function expectWhole(lane: Lane, { code, stdout, stderr }: Ran): Promise<void> {
  expect(code, stderr + stdout).toBe(0);
  const { results } = JSON.parse(stdout) as Applied;
  expect(results.filter(({ status }) => status !== "SUCCEEDED")).toEqual([]);
  expect(attemptsIn(lane).sort()).toEqual(RUNS);
  const plan = await planTree(lane.folder, lane.sim);
  expect(hasPendingChanges(plan)).toBe(false);
  expect(plan.summary.unchanged).toBe(RUNS.length);
}

describe.concurrent("apply --wait over three levels", () => {
  it.each(KILLS)("killed (%s) at %s: the next one ends the chain, each run once", async (moment, _what, point) => {
    const lane = await laneOf(CHAIN, BEAT);
    expect(await killedAt(lane, WAIT, point, moment)).toBe(true);
    await expectWhole(lane, await start(lane, WAIT).ended);
  });

  it.each<[FaultKind]>([["lose-answer"], ["status-after"], ["reset-mid-body"]])(
    "%s at a later level's create, at its inputs' resolution and at a look: ends the chain all the same",
    async (fault) => {
      const lane = await laneOf(CHAIN, BEAT);
      for (const [path, nth] of [
        ["analysis:nextflow", 3],
        ["/outputs", 1],
        ["analysis:search", 5],
      ] as const)
        lane.sim.control.addFaults({ match: { path, nth }, fault });
      await expectWhole(lane, await start(lane, WAIT).ended);
      expect(lane.sim.requests.filter(({ status, delivered }) => status === 503 || !delivered)).toHaveLength(3);
    },
  );

  it("two at once, by one user: each run once, and both say how all ended", async () => {
    const lane = await laneOf(CHAIN, BEAT);
    const [one, other] = await Promise.all([start(lane, WAIT).ended, start(lane, WAIT).ended]);
    await expectWhole(lane, one);
    await expectWhole(lane, other);
  });
});
