/** Declared once, run once: lost answers, conflicts, races and slow listings never make a second run. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FaultInput } from "../../src/simulator/faultRules.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, lab, openLab, tagOf } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { WORLD } from "../support/world.ts";

const CREATE = { method: "POST", path: "analysis:(nextflow|cwl)" } as const;

const ABC = stack() + run("a") + run("b") + run("c");

const names = (ica: Lab) => ica.sim.analyses().map(({ tags }) => `${tagOf(tags, "run")} ${tagOf(tags, "attempt")}`);

describe("a create call whose answer is", () => {
  it.each<[string, Omit<FaultInput, "match">]>([
    ["lost", { fault: "lose-answer" }],
    ["lost before it is executed", { fault: "lose-request" }],
    ["cut off", { fault: "reset-mid-body" }],
    ["half a document", { fault: "broken-json" }],
    ["503 before", { fault: "status-before", status: 503 }],
    ["503 after it was executed", { fault: "status-after", status: 503 }],
    ["500 after it was executed", { fault: "status-after", status: 500 }],
    ["504 after it was executed", { fault: "status-after", status: 504 }],
    ["a page of a proxy", { fault: "html", status: 502 }],
    ["429", { fault: "status-before", status: 429 }],
    ["409: the first call is under way", { fault: "conflict" }],
    ["401: the token has expired", { fault: "expire-token" }],
  ])("%s, is sent again under the same key: one run", async (_name, fault) => {
    const ica = await lab({ faults: [{ ...fault, match: { ...CREATE, times: 2 } }] });
    const { results } = await applyTree(treeOf({ "t.yaml": ABC }), ica.sim);
    expect(results.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
    expect(names(ica).sort()).toEqual(["a 1", "b 1", "c 1"]);
    const ids = new Map(ica.sim.analyses().map(({ id, tags }) => [`PipelineRun/${tagOf(tags, "run")}`, id]));
    for (const { address, analysisId } of results) expect(analysisId).toBe(ids.get(address));
    const keys = ica.creates().map(({ headers, body }) => `${headers["idempotency-key"]} ${body}`);
    expect(new Set(keys).size).toBe(3);
  });

  it("never read is looked for by tag; what is not seen stays unknown, exit code 3, and the next apply settles it", async () => {
    const ica = await lab({ faults: [{ match: CREATE, fault: "lose-request" }] });
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const { results, waited } = await applyTree(folder, ica.sim, { tries: 2 });
    expect(results).toMatchObject([{ address: "PipelineRun/a", outcome: "unknown" }]);
    expect(waited.length).toBeGreaterThan(1);
    ica.sim.control.clearFaults();
    await applyTree(folder, ica.sim);
    expect(names(ica)).toEqual(["a 1"]);
  });

  it.each(["before", "after"] as const)("slower than the client waits, %s it is executed: one run", async (when) => {
    const ica = await lab({ faults: [{ match: { ...CREATE, times: 3 }, fault: "slow", delay: 900, when }] });
    const { results } = await applyTree(treeOf({ "t.yaml": ABC }), ica.sim, { timeoutMs: 400 });
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    ica.sim.control.clearFaults();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await applyTree(treeOf({ "t.yaml": ABC }), ica.sim);
    expect(names(ica).sort()).toEqual(["a 1", "b 1", "c 1"]);
  });

  it("never read, but whose run is there, is done", async () => {
    const ica = await lab({ faults: [{ match: CREATE, fault: "lose-answer" }] });
    const { results } = await applyTree(treeOf({ "t.yaml": stack() + run("a") }), ica.sim, { tries: 2 });
    expect(results).toMatchObject([{ outcome: "done", analysisId: ica.sim.analyses()[0]?.id }]);
    expect(names(ica)).toEqual(["a 1"]);
  });
});

describe("a run that listings do not show yet", () => {
  it("is not started a second time: ICA gives back the first", async () => {
    const ica = await lab({ switches: { speed: 0, listingLag: 3_600_000 } });
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const first = await applyTree(folder, ica.sim);
    expect(first.results).toMatchObject([{ outcome: "done", note: expect.stringMatching(/list/) }]);
    const second = await applyTree(folder, ica.sim);
    expect(second.results).toMatchObject([{ outcome: "done", analysisId: first.results[0]?.analysisId }]);
    expect(names(ica)).toEqual(["a 1"]);
  });

  it("and is declared otherwise now is not started either: 422 is said, with what to do", async () => {
    const ica = await lab({ switches: { speed: 0, listingLag: 3_600_000 } });
    await applyTree(treeOf({ "t.yaml": stack() + run("a") }), ica.sim);
    const { results } = await applyTree(treeOf({ "t.yaml": stack() + run("a", "storage: Large") }), ica.sim);
    expect(results).toMatchObject([{ outcome: "failed", error: expect.stringContaining("422") }]);
    expect(names(ica)).toEqual(["a 1"]);
  });

  it("but shows after a moment is verified without a note", async () => {
    const ica = await lab({ switches: { speed: 0, listingLag: 1_500 } });
    // Its own waits move the server's clock.
    const { results, waited } = await applyTree(treeOf({ "t.yaml": stack() + run("a") }), ica.sim, {
      onWait: (ms) => ica.sim.control.advance(ms / 1000),
    });
    expect(results).toMatchObject([{ outcome: "done" }]);
    expect(results[0]?.note).toBeUndefined();
    expect(waited.length).toBeGreaterThan(1);
  });
});

describe("two applies at once", () => {
  it("by one user start each run once", async () => {
    const ica = await lab({ faults: [{ match: CREATE, fault: "slow", delay: 30, when: "after" }] });
    const folder = treeOf({ "t.yaml": ABC });
    const both = await Promise.all([applyTree(folder, ica.sim), applyTree(folder, ica.sim)]);
    expect(names(ica).sort()).toEqual(["a 1", "b 1", "c 1"]);
    for (const { results } of both) expect(results.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
  });

  it("by two users, whose keys ICA keeps apart, leave one run each that goes on: the earlier", async () => {
    const seed = { ...WORLD, users: [...WORLD.users, { name: "bob", apiKey: "key-of-bob-for-the-tests" }] };
    const ica = await lab({ seed, faults: [{ match: CREATE, fault: "slow", delay: 60, when: "before" }] });
    const folder = treeOf({ "t.yaml": ABC });
    const bob = { url: ica.sim.url, apiKey: "key-of-bob-for-the-tests" };
    await Promise.all([applyTree(folder, ica.sim), applyTree(folder, bob)]);
    ica.sim.control.advance(3600);
    const going = ica.sim.analyses().filter(({ status }) => !status.startsWith("ABORT"));
    expect(going.map(({ tags }) => tagOf(tags, "run")).sort()).toEqual(["a", "b", "c"]);
    const plan = await planTree(folder, ica.sim);
    expect(plan.summary).toMatchObject({ create: 0, rerun: 0, unchanged: 3 });
  });
});

describe("a run that is in ICA twice as the same attempt", () => {
  it("is warned of with both ids; the earlier counts and nothing is started", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    await applyTree(folder, ica.sim);
    const [first] = ica.sim.analyses();
    const twin = { id: "88888888-8888-4888-8888-888888888888", timeCreated: "2020-01-01T00:00:00Z" };
    const seeded = await lab({
      seed: {
        ...WORLD,
        analyses: [
          { ...twin, project: "prod", pipeline: "nf", userReference: "a", ...(first ? { tags: first.tags } : {}) },
          {
            id: "99999999-9999-4999-8999-999999999999",
            project: "prod",
            pipeline: "nf",
            userReference: "a",
            timeCreated: "2021-01-01T00:00:00Z",
            ...(first ? { tags: first.tags } : {}),
          },
        ],
      },
    });
    const plan = await planTree(folder, seeded.sim);
    expect(plan.changes).toMatchObject([{ action: "no-op", analysisId: twin.id }]);
    expect(plan.diagnostics).toMatchObject([{ severity: "warning" }]);
    expect(plan.diagnostics[0]?.message).toContain(twin.id);
    expect(plan.diagnostics[0]?.message).toContain("99999999-9999-4999-8999-999999999999");
  });
});

/** Any misbehaviour of the server or the network, at any of the calls. */
const faultArbitrary: fc.Arbitrary<FaultInput> = fc.record({
  match: fc.record({
    path: fc.constantFrom("analysis:(nextflow|cwl)", "analysis:search", "storageCredentials", "/data", "tokens", "."),
    probability: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    times: fc.integer({ min: 1, max: 12 }),
  }),
  fault: fc.constantFrom<FaultInput["fault"]>(
    "lose-request",
    "lose-answer",
    "status-before",
    "status-after",
    "conflict",
    "reset-mid-body",
    "html",
    "broken-json",
    "expire-token",
  ),
  status: fc.constantFrom(429, 500, 502, 503, 504),
});

describe("any schedule of faults", () => {
  it("leaves no run twice, and the next apply does the rest", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(faultArbitrary, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        async (faults, randomSeed) => {
          const ica = await openLab({ faults, randomSeed });
          try {
            const folder = treeOf({ "t.yaml": ABC });
            for (let round = 0; round < 2; round++) {
              // A plan may fail for good; a failure must be said, and never be a plan.
              const ended = await applyTree(folder, ica.sim, { tries: 3 }).catch((error: unknown) => error);
              if (!(ended instanceof Error)) {
                const { results } = ended as Awaited<ReturnType<typeof applyTree>>;
                const made = new Set(names(ica));
                for (const { address, outcome } of results) {
                  if (outcome === "done") expect(made).toContain(`${address.slice("PipelineRun/".length)} 1`);
                }
              }
              expect(new Set(names(ica)).size).toBe(ica.sim.analyses().length);
            }
            ica.sim.control.clearFaults();
            await applyTree(folder, ica.sim);
            expect(names(ica).sort()).toEqual(["a 1", "b 1", "c 1"]);
            expect(actionsOf(await planTree(folder, ica.sim))).toEqual(
              ["a", "b", "c"].map((name) => `no-op PipelineRun/${name}`),
            );
          } finally {
            await ica.sim.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
