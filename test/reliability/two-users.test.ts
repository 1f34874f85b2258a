/** Two people apply the same tree at once, from two machines: who was later takes back what it started, and says so. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Applied } from "../support/simulator.ts";
import { BOB, begin, finish, type Lane, openLane, startApply } from "./rounds.ts";
import { FLAT } from "./trees.ts";

let lane: Lane;
beforeAll(async () => {
  lane = await openLane();
});
afterAll(() => lane.close());

it("each of two processes aborts what it started later, and its summary says so", async () => {
  const { sim, gate } = lane;
  begin(lane, FLAT);
  // Nothing is started before both have read that nothing is there.
  gate.open(undefined, 2);
  const ends = await Promise.all([startApply(lane).ended, startApply(lane, BOB).ended]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  const said = ends.map(({ stdout }) => (JSON.parse(stdout) as Applied).results);
  const aborts = sim.requests.filter(({ path }) => path.endsWith(":abort"));
  expect(aborts).toHaveLength(FLAT.runs.length);

  const isAborted = ({ status }: { status: string }) => status.startsWith("ABORT");
  for (const name of FLAT.runs) {
    const both = sim.analyses().filter(({ userReference }) => userReference === name);
    const [winner, later] = [both.find((one) => !isAborted(one)), both.find(isAborted)];
    expect(both).toHaveLength(2);
    expect(winner?.timeCreated).toBeLessThanOrEqual(later?.timeCreated ?? 0);
    const owner = sim.users.findIndex(({ id }) => id === later?.ownerId);
    expect(aborts.filter(({ path }) => path.includes(`/${later?.id}:`)).map(({ user }) => user)).toEqual([
      sim.users[owner]?.name,
    ]);
    const result = said[owner]?.find(({ address }) => address === `PipelineRun/${name}`);
    expect(result).toMatchObject({ outcome: "done", analysisId: winner?.id });
    expect(result?.note).toContain(`another apply was first with ${winner?.reference}`);
    expect(result?.note).toContain(`our later ${later?.reference} is aborted`);
  }
  expect(await finish(lane, FLAT)).toEqual({ duplicates: 0, missing: 0, problems: [] });
});
