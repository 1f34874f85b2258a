/** `apply --rerun` killed around its create and typed again: one new attempt, as long as its reason says what is meant. */
import { describe, expect, it } from "vitest";
import { hasPendingChanges } from "../../src/core/plan.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import type { Moment } from "./gate.ts";
import { attemptsIn, killedAt, laneOf, start } from "./kills.ts";
import type { Lane } from "./rounds.ts";

const TREE = stack("limits: { requestsPerSecond: 500 }") + run("r") + run("other");
const APPLY = ["apply", "--auto-approve", "--format", "json"] as const;
const RERUN = [...APPLY, "--rerun", "r", "--reason", "the disk was full"] as const;
const CREATE = { call: /POST .*\/analysis:nextflow/, nth: 1 };

/** A lane in which `r` has failed once. */
async function failed(): Promise<Lane> {
  const lane = await laneOf(TREE);
  await applyTree(lane.folder, lane.sim);
  end(lane, "FAILED");
  return lane;
}

/** Ends what runs: `r` as told, others by success. */
function end({ sim }: Lane, how: "SUCCEEDED" | "FAILED"): void {
  for (const { id, status, userReference } of sim.analyses())
    if (status === "REQUESTED") sim.control.setStatus(id, userReference === "r" ? how : "SUCCEEDED");
}

describe.concurrent("apply --rerun, killed around its create", () => {
  it.each<[Moment, string, (lane: Lane) => unknown]>([
    ["before", "typed again", () => undefined],
    ["between", "typed again while the attempt is active", () => undefined],
    ["between", "typed again after it has failed", (lane) => end(lane, "FAILED")],
    ["after", "typed again after it has succeeded", (lane) => end(lane, "SUCCEEDED")],
    ["before", "typed again after a plain apply", ({ folder, sim }) => applyTree(folder, sim)],
    ["between", "typed again after a plain apply", ({ folder, sim }) => applyTree(folder, sim)],
  ])("%s, then %s: one new attempt", async (moment, _what, meanwhile) => {
    const lane = await failed();
    expect(await killedAt(lane, RERUN, CREATE, moment)).toBe(true);
    expect(attemptsIn(lane)).toHaveLength(moment === "before" ? 2 : 3);
    await meanwhile(lane);
    const { code, stdout, stderr } = await start(lane, RERUN).ended;
    expect(code, stderr + stdout).toBe(0);
    expect(attemptsIn(lane).sort()).toEqual(["other 1", "r 1", "r 2"]);
    expect(hasPendingChanges(await planTree(lane.folder, lane.sim))).toBe(false);
  });

  it("with its answer lost: told as done, and it is the one attempt", async () => {
    const lane = await failed();
    lane.sim.control.addFaults({ match: { path: "analysis:nextflow", nth: 1 }, fault: "lose-answer" });
    expect((await start(lane, RERUN).ended).code).toBe(0);
    expect(attemptsIn(lane).sort()).toEqual(["other 1", "r 1", "r 2"]);
  });

  it("and typed again with other words before ICA lists the attempt: it is that attempt", async () => {
    const lane = await failed();
    lane.sim.control.advance(7_200);
    lane.sim.control.set({ listingLag: 3_600_000 });
    expect(await killedAt(lane, RERUN, CREATE, "between")).toBe(true);
    lane.gate.open((_n, moment, call) => {
      if (moment === "between" && CREATE.call.test(call)) lane.sim.control.set({ listingLag: 0 });
      return undefined;
    });
    const { code, stdout, stderr } = await start(lane, [...APPLY, "--rerun", "r", "--reason", "out of disk"]).ended;
    expect(code, stderr + stdout).toBe(0);
    expect(stdout).toContain("it was there already");
    expect(attemptsIn(lane).sort()).toEqual(["other 1", "r 1", "r 2"]);
  });
});
