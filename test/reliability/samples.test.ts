/** `apply` of sample batches, killed around the call that creates them and while ICA fails it: every sample once. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasPendingChanges } from "../../src/core/plan.ts";
import type { FaultKind } from "../../src/simulator/faultRules.ts";
import { planTree } from "../support/engine.ts";
import { manifest, stack } from "../support/manifests.ts";
import { MOMENTS, type Moment } from "./gate.ts";
import { killedAt, laneOf, type Point, start } from "./kills.ts";
import type { Lane } from "./rounds.ts";

const NAMES = ["a", "b", "c", "d"];
const SAMPLES = NAMES.map((name, index) => `{ name: ${name}${index === 0 ? ", data: [/in/a.fastq.gz]" : ""} }`);
const TREE =
  stack("limits: { requestsPerSecond: 500 }") + manifest("SampleBatch", "week", `{ samples: [${SAMPLES.join(", ")}] }`);
const APPLY = ["apply", "--auto-approve", "--format", "json"] as const;

/** An ICA that would make a second sample of a name, and whose batches take a while. */
async function lane(): Promise<Lane> {
  const opened = await laneOf(TREE);
  opened.sim.control.set({ duplicateSampleNames: "second", batchDelay: 600 });
  return opened;
}

async function expectOnce(given: Lane): Promise<void> {
  const { code, stdout, stderr } = await start(given, APPLY).ended;
  expect(code, stderr + stdout).toBe(0);
  const names = given.sim.samples().map(({ name }) => name);
  expect(names.sort()).toEqual(NAMES);
  const plan = await planTree(given.folder, given.sim);
  expect(hasPendingChanges(plan)).toBe(false);
  expect(plan.summary.unchanged).toBe(NAMES.length);
}

const CREATE: Point = { call: /POST .*\/sampleCreationBatch$/, nth: 1 };
const LOOK: Point = { call: /GET .*\/sampleCreationBatch\//, nth: 1 };

describe.concurrent("apply of a sample batch", () => {
  it.each<[Moment, string, Point]>([
    ...MOMENTS.map((moment): [Moment, string, Point] => [moment, "its creation", CREATE]),
    ["between", "a look at how far it is", LOOK],
  ])("killed (%s) at %s: the next one leaves every sample once", async (moment, _what, point) => {
    const given = await lane();
    expect(await killedAt(given, APPLY, point, moment)).toBe(true);
    await expectOnce(given);
  });

  it.each<[FaultKind]>([["lose-answer"], ["status-after"], ["reset-mid-body"]])(
    "%s at its creation and at a look: every sample once",
    async (fault) => {
      const given = await lane();
      given.sim.control.addFaults(
        { match: { method: "POST", path: "sampleCreationBatch$", nth: 1 }, fault },
        { match: { method: "GET", path: "sampleCreationBatch/", nth: 1 }, fault },
      );
      await expectOnce(given);
    },
  );

  it("killed between, then the manifest has one sample more: every sample once", async () => {
    const given = await lane();
    expect(await killedAt(given, APPLY, CREATE, "between")).toBe(true);
    writeFileSync(join(given.folder, "more.yaml"), manifest("SampleBatch", "more", "{ samples: [{ name: e }] }"));
    const { code, stdout, stderr } = await start(given, APPLY).ended;
    expect(code, stderr + stdout).toBe(0);
    expect(
      given.sim
        .samples()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...NAMES, "e"]);
  });

  it.each([
    ["the same manifest", NAMES],
    ["one sample more", [...NAMES, "e"]],
  ])("killed during a batch of minutes, then typed again with %s: every sample once", async (_how, all) => {
    const given = await lane();
    // So long that it ends by this test's hand alone, with half of its samples there for everybody to see.
    given.sim.control.set({ batchDelay: 600_000 });
    expect(await killedAt(given, APPLY, { ...LOOK, nth: 2 }, "after")).toBe(true);
    given.sim.control.advance(300);
    if (all.length > NAMES.length) {
      writeFileSync(join(given.folder, "more.yaml"), manifest("SampleBatch", "more", "{ samples: [{ name: e }] }"));
    }
    given.sim.control.set({ batchDelay: 0 });
    const again = start(given, APPLY);
    // It waits for the batch and sends nothing: the requests that it has made show it at its second look.
    const looks = () => given.sim.requests.filter(({ path }) => /sampleCreationBatch\/[^/]+$/.test(path)).length;
    const before = looks();
    while (looks() < before + 2) await new Promise((resolve) => setTimeout(resolve, 20));
    given.sim.control.advance(300);
    const { code, stdout, stderr } = await again.ended;
    expect(code, stderr + stdout).toBe(0);
    const names = given.sim.samples().map(({ name }) => name);
    expect(names.sort()).toEqual([...all].sort());
  });
});
