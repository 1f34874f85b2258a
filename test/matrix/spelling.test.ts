/** Issue 3, point 3: statuses in the spelling of V3, on the deprecated list and wherever else they may turn up. */
import { describe, expect, it } from "vitest";
import { ica, pick } from "../simulator/ica.ts";
import { proxy } from "../support/http.ts";
import { run, stack } from "../support/manifests.ts";
import { actionsOf, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const SPELLINGS = [
  ["IN_PROGRESS", "INPROGRESS"],
  ["AWAITING_INPUT", "AWAITINGINPUT"],
  ["FAILED_FINAL", "FAILEDFINAL"],
  ["SUCCEEDED", "SUCCEEDED"],
] as const;

const V3_ONLY: Record<string, string> = {
  ...Object.fromEntries(SPELLINGS),
  QUEUED: "REQUESTED",
  PREPARING_INPUTS: "INPROGRESS",
};

describe("the deprecated list of the simulator", () => {
  it.each(SPELLINGS)("spells %s as %s, or as V4 does when it is switched so", async (status, spelled) => {
    for (const v3Only of [true, false]) {
      const world = await ica({ switches: { v3Only } });
      const created = await world.create();
      world.simulator.control.setStatus((created.body as { id: string }).id, status);
      const { body } = await world.ask("GET", `${world.project()}/analyses`);
      expect(pick(body, "items.0.status")).toBe(v3Only ? spelled : status);
    }
  });
});

describe("a search that answers in V3's spelling", () => {
  it.each([
    ["IN_PROGRESS", ["no-op PipelineRun/first", "wait PipelineRun/second"], "waits for PipelineRun/first (INPROGRESS)"],
    ["AWAITING_INPUT", ["no-op PipelineRun/first", "wait PipelineRun/second"], "(AWAITINGINPUT)"],
    [
      "FAILED_FINAL",
      ["no-op PipelineRun/first", "wait PipelineRun/second"],
      "ended FAILEDFINAL; it must succeed first",
    ],
    ["SUCCEEDED", ["create PipelineRun/second", "no-op PipelineRun/first"], "not in ICA"],
  ] as const)("is understood: %s", async (status, actions, reason) => {
    const world = await lab();
    const old = await proxy(world.sim.url, ({ url }, { body }) =>
      url.includes("analysis:search")
        ? { body: body.replaceAll(/"status":"(\w+)"/g, (_all, name: string) => `"status":"${V3_ONLY[name] ?? name}"`) }
        : undefined,
    );
    const folder = treeOf({ "t.yaml": stack() + run("first") + run("second", "dependsOn: [PipelineRun/first]") });
    await world.applied(folder);
    world.sim.control.setStatus(world.sim.analyses()[0]?.id ?? "", status);
    const plan = await world.plan(folder, ["--server", old.url]);
    expect(actionsOf(plan).sort()).toEqual([...actions].sort());
    expect(plan.changes.find(({ address }) => address === "PipelineRun/second")?.reason).toContain(reason);
  });
});
