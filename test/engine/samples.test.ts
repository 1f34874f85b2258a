/** Samples: created together, each exactly once, whatever answer is lost; and brought up to date. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FaultInput } from "../../src/simulator/faultRules.ts";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { applyStack, applyTree, planStackOf, planTree } from "../support/engine.ts";
import { manifest, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { WORLD } from "../support/world.ts";

const PATHS = ["/main/file1", "/main/file2", "/main/folder1/file1", "/b/x.gz", "/c/y.gz"];
const SEED = {
  ...WORLD,
  data: [...WORLD.data, ...PATHS.map((path) => ({ project: "prod", path, size: 10 }))],
};

const open = (options: SimulatorOptions = {}) =>
  lab({ seed: SEED, ...options, switches: { speed: 0, batchDelay: 0, ...options.switches } });

const batch = (...samples: string[]) =>
  stack() + manifest("SampleBatch", "week", `{ samples: [${samples.join(", ")}] }`);
const A = "{ name: A, data: [/main/], tags: { user: [trio] }, complete: true }";
const B = "{ name: B, data: [/b/x.gz] }";
const C = "{ name: C }";

const names = (ica: Lab) => ica.sim.samples().map(({ name }) => name);
const posts = (ica: Lab) =>
  ica.sim.requests.filter(({ path, method }) => method === "POST" && path.endsWith("/sampleCreationBatch"));
const linkedTo = (ica: Lab, name: string) => {
  const id = ica.sim.samples().find((sample) => sample.name === name)?.id;
  return ica.sim
    .data("prod")
    .filter(({ sampleId }) => sampleId === id)
    .map(({ path }) => path);
};

describe("samples that are missing", () => {
  it("are created in one call, with the files that count by ICA's rule, and are there afterwards", async () => {
    const ica = await open();
    const folder = treeOf({ "t.yaml": batch(C, A, B) });
    const plan = await planTree(folder, ica.sim);
    expect(actionsOf(plan)).toEqual([
      "create SampleBatch/week/A",
      "create SampleBatch/week/B",
      "create SampleBatch/week/C",
    ]);
    expect(plan.changes[0]?.sampleFiles).toEqual({
      linked: ["/main/file2", "/main/folder1/file1"],
      bytes: 20,
      ignored: [{ path: "/main/file1", original: "/main/folder1/file1" }],
      ties: [],
    });
    const { results } = await applyTree(folder, ica.sim);
    expect(results.map(({ address, outcome }) => `${address} ${outcome}`)).toEqual([
      "SampleBatch/week/A done",
      "SampleBatch/week/B done",
      "SampleBatch/week/C done",
    ]);
    expect(posts(ica)).toHaveLength(1);
    expect(linkedTo(ica, "A")).toEqual(["/main/file2", "/main/folder1/file1"]);
    expect(ica.sim.samples().map(({ name, status, tags }) => [name, status, tags.userTags])).toEqual([
      ["A", "AVAILABLE", ["trio"]],
      ["B", "PARTIAL", []],
      ["C", "PARTIAL", []],
    ]);
    expect((await planTree(folder, ica.sim)).summary).toMatchObject({ create: 0, update: 0, unchanged: 3 });
    ica.forget();
    await planTree(folder, ica.sim);
    expect(
      ica.sim.requests.filter(({ path }) => path.includes("samples")).map(({ path }) => path.split("/").at(-1)),
    ).toEqual(["samples:search"]);
  });

  it("fail alone; what failed is tried again by the next apply, also with the same body", async () => {
    const ica = await open();
    const folder = treeOf({ "t.yaml": batch(A, "{ name: B, data: [/main/file2, /b/x.gz] }", C) });
    const first = await applyTree(folder, ica.sim);
    expect(first.results.map(({ outcome }) => outcome)).toEqual(["done", "failed", "done"]);
    expect(first.results[1]?.error).toMatch(/linked to a sample already/);
    const file = "is /main/file2, which is data of SampleBatch/week/A as well";
    expect(first.results[1]?.error).toContain(file);
    const again = await planTree(folder, ica.sim);
    expect(again.diagnostics.map(({ code }) => code)).toEqual(["shared-data"]);
    expect((await applyTree(folder, ica.sim)).results[0]?.error).toContain(file);
    for (const wait of [0, 3_600]) {
      ica.sim.control.advance(wait);
      expect((await applyTree(folder, ica.sim)).results.map(({ outcome }) => outcome)).toEqual(["failed"]);
    }
    for (const record of ica.sim.data("prod")) record.sampleId = null;
    ica.sim.control.advance(3_600);
    expect((await applyTree(folder, ica.sim)).results).toMatchObject([
      { address: "SampleBatch/week/B", outcome: "done" },
    ]);
    expect(names(ica).sort()).toEqual(["A", "B", "C"]);
  });

  it("that take the same file, each by another name, are warned of; not those of whom ICA ignores it", async () => {
    const ica = await open();
    const warnings = async (...samples: string[]) =>
      (await planTree(treeOf({ "t.yaml": batch(...samples) }), ica.sim)).diagnostics.map(
        ({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`,
      );
    expect(await warnings(A, "{ name: B, data: [/main/file2, /main/folder1/] }")).toEqual([
      "warning 10:105 SampleBatch/week/B: /main/file2 is data of SampleBatch/week/A as well, and 1 more like it",
    ]);
    expect(await warnings(A, "{ name: B, data: [/main/file1] }")).toEqual([]);
    expect(await warnings(A, B, C)).toEqual([]);
  });

  it.each([0, 1])("take the calls that the plan says, with %i of the stack there already", async (there) => {
    const ica = await open({ switches: { batchDelay: 100 } });
    if (there > 0) await applyTree(treeOf({ "t.yaml": batch(C) }), ica.sim);
    ica.sim.control.advance(3_600);
    const folder = treeOf({ "t.yaml": batch(A, B, C) });
    const planned = await planStackOf(folder, ica.sim);
    ica.forget();
    const onWait = (milliseconds: number) => ica.sim.control.advance(milliseconds / 1000);
    await applyStack(planned, folder, ica.sim, { onWait });
    const calls = ica.sim.requests.filter(({ path }) => path !== "/api/tokens").length;
    expect(calls).toBe(planned.plan.requests.estimated);
  });

  it("cost as many calls each time, however often one has failed before", async () => {
    const ica = await open();
    const folder = treeOf({ "t.yaml": batch("{ name: B, data: [/main/file2] }") });
    for (const record of ica.sim.data("prod")) record.sampleId = "of-another";
    const calls: number[] = [];
    for (let time = 0; time < 5; time++) {
      ica.sim.control.advance(3_600);
      ica.forget();
      const { results, waited } = await applyTree(folder, ica.sim);
      expect(results.map(({ outcome }) => outcome)).toEqual(["failed"]);
      expect(waited).toEqual([]);
      calls.push(ica.sim.requests.length);
    }
    expect(calls.slice(1)).toEqual(Array(4).fill(calls[1]));
    expect(posts(ica)).toHaveLength(1);
  });

  it("that a killed apply made as they were declared then are not said to be done, but brought up to date next", async () => {
    const ica = await open({ switches: { batchDelay: 40_000 } });
    const declared = (tag: string) => batch(`{ name: D, tags: { user: [${tag}] } }`);
    const folder = treeOf({ "t.yaml": declared("one") });
    const dying = new AbortController();
    await applyTree(folder, ica.sim, { signal: dying.signal, onWait: () => dying.abort() });
    writeFileSync(join(folder, "t.yaml"), declared("two"));
    const goOn = { onWait: (ms: number) => ica.sim.control.advance(ms / 1000) };
    const again = await applyTree(folder, ica.sim, goOn);
    expect(again.results).toMatchObject([{ outcome: "skipped", error: expect.stringContaining("apply again") }]);
    expect((await applyTree(folder, ica.sim, goOn)).results).toMatchObject([{ action: "update", outcome: "done" }]);
    expect((await planTree(folder, ica.sim)).summary.unchanged).toBe(1);
    expect(names(ica)).toEqual(["D"]);
  });

  it("are created where jobs cannot be listed, and not twice: a batch is over when nothing has come for long", async () => {
    const match = { method: "GET", path: "/api/jobs$" };
    const ica = await open({
      faults: [{ match, fault: "status-before", status: 403 }],
      switches: { duplicateSampleNames: "second", batchDelay: 40_000 },
    });
    const folder = treeOf({ "t.yaml": batch(A, B, C) });
    const dying = new AbortController();
    await applyTree(folder, ica.sim, { signal: dying.signal, onWait: () => dying.abort() });
    ica.sim.control.advance(15);
    const again = await applyTree(folder, ica.sim, { onWait: (ms) => ica.sim.control.advance(ms / 1000) });
    expect(again.results.map(({ outcome }) => outcome)).not.toContain("failed");
    expect(names(ica)).toEqual(["A", "B", "C"]);
    // The next one, of other samples, is refused the number of that batch and waits until it must be over.
    writeFileSync(join(folder, "t.yaml"), batch(A, B, C, "{ name: D }"));
    const more = await applyTree(folder, ica.sim, { onWait: (ms) => ica.sim.control.advance(ms / 1000) });
    expect(more.results).toMatchObject([{ address: "SampleBatch/week/D", outcome: "done" }]);
    expect(names(ica)).toEqual(["A", "B", "C", "D"]);
  });

  it.each<[string, Omit<FaultInput, "match">]>([
    ["lost", { fault: "lose-answer" }],
    ["lost before it is executed", { fault: "lose-request" }],
    ["cut off", { fault: "reset-mid-body" }],
    ["503 after it was executed", { fault: "status-after", status: 503 }],
    ["409: the first call is under way", { fault: "conflict" }],
    ["429", { fault: "status-before", status: 429 }],
  ])("are created once when the answer is %s", async (_name, fault) => {
    const match = { method: "POST", path: "sampleCreationBatch", times: 2 };
    const ica = await open({ faults: [{ ...fault, match }], switches: { duplicateSampleNames: "second" } });
    const { results } = await applyTree(treeOf({ "t.yaml": batch(A, B, C) }), ica.sim);
    expect(results.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
    expect(names(ica).sort()).toEqual(["A", "B", "C"]);
  });

  it("are settled by reading when no answer ever comes, and stay unknown when they are not seen", async () => {
    const match = { method: "POST", path: "sampleCreationBatch" };
    const lost = await open({ faults: [{ match, fault: "lose-answer" }] });
    const folder = treeOf({ "t.yaml": batch(A, B) });
    expect((await applyTree(folder, lost.sim, { tries: 2 })).results.map(({ outcome }) => outcome)).toEqual([
      "done",
      "done",
    ]);
    const never = await open({ faults: [{ match, fault: "lose-request" }] });
    expect((await applyTree(folder, never.sim, { tries: 2 })).results.map(({ outcome }) => outcome)).toEqual([
      "unknown",
      "unknown",
    ]);
    never.sim.control.clearFaults();
    await applyTree(folder, never.sim);
    expect(names(never).sort()).toEqual(["A", "B"]);
  });

  it.each(
    [6, 40, 400].flatMap((seconds): [number, string, string][] => [
      [seconds, "the same tree", batch(A, B, C)],
      [seconds, "one more sample", batch(A, B, C, "{ name: D }")],
      [seconds, "other data", batch(A, B, "{ name: C, data: [/c/] }")],
    ]),
  )("of a batch of %i s whose process died are not created again, with %s", async (seconds, _name, next) => {
    // Names may be used twice, and the batch is still at work: some of its samples show, then all.
    const ica = await open({ switches: { duplicateSampleNames: "second", batchDelay: seconds * 1000 } });
    const folder = treeOf({ "t.yaml": batch(A, B, C) });
    const dying = new AbortController();
    await applyTree(folder, ica.sim, { signal: dying.signal, onWait: () => dying.abort() });
    expect(names(ica)).toEqual(["A", "B", "C"]);
    ica.sim.control.advance(seconds * 0.4);
    writeFileSync(join(folder, "t.yaml"), next);
    await applyTree(folder, ica.sim, { onWait: (milliseconds) => ica.sim.control.advance(milliseconds / 1000) });
    const twice = names(ica).filter((name, index, all) => all.indexOf(name) !== index);
    expect(twice).toEqual([]);
    expect((await planTree(folder, ica.sim)).summary.create).toBe(0);
  });
});

describe("samples that are there", () => {
  it("get the data, tags and completion that they lack; nothing is ever taken from them", async () => {
    const ica = await open();
    const folder = treeOf({ "t.yaml": batch(B) });
    await applyTree(folder, ica.sim);
    writeFileSync(
      join(folder, "t.yaml"),
      batch("{ name: B, data: [/c/], tags: { user: [u], runIn: [r] }, complete: true }"),
    );
    const plan = await planTree(folder, ica.sim);
    expect(plan.changes[0]).toMatchObject({ action: "update", reason: "data, tags, complete changed" });
    expect(plan.changes[0]?.fields[0]).toMatchObject({
      path: "data",
      before: ["/b/x.gz"],
      after: ["/b/x.gz", "/c/y.gz"],
    });
    expect(plan.diagnostics).toMatchObject([{ code: "stays-linked", message: expect.stringContaining("/b/x.gz") }]);
    expect((await applyTree(folder, ica.sim)).results).toMatchObject([{ outcome: "done" }]);
    expect(linkedTo(ica, "B")).toEqual(["/b/x.gz", "/c/y.gz"]);
    expect(ica.sim.samples()[0]).toMatchObject({ status: "AVAILABLE", tags: { userTags: ["u"], runInTags: ["r"] } });
    expect((await planTree(folder, ica.sim)).summary).toMatchObject({ update: 0, unchanged: 1 });
  });

  it("but are not this stack's are left alone, and said once", async () => {
    const ica = await open();
    await applyTree(treeOf({ "t.yaml": batch(A).replaceAll("name: lab", "name: other") }), ica.sim);
    const before = structuredClone(ica.sim.samples());
    const plan = await planTree(treeOf({ "t.yaml": batch(A) }), ica.sim);
    expect(plan.summary).toMatchObject({ create: 0, update: 0, unchanged: 1 });
    expect(plan.diagnostics).toMatchObject([
      { code: "foreign-sample", message: expect.stringContaining("belongs to stack other") },
    ]);
    await applyTree(treeOf({ "t.yaml": batch(A) }), ica.sim);
    expect(ica.sim.samples()).toEqual(before);
  });

  it("and are no longer declared are orphans", async () => {
    const ica = await open();
    await applyTree(treeOf({ "t.yaml": batch(B, C) }), ica.sim);
    expect(actionsOf(await planTree(treeOf({ "t.yaml": batch(B) }), ica.sim))).toEqual([
      "orphan SampleBatch/C",
      "no-op SampleBatch/week/B",
    ]);
  });
});

describe("a batch that is gone from the manifests", () => {
  const searches = (ica: Lab) => ica.sim.requests.filter(({ path }) => path.endsWith("/samples:search"));

  it("leaves orphans, which one call by tag finds; they are never touched", async () => {
    const ica = await open();
    await applyTree(treeOf({ "t.yaml": batch(A, B) }), ica.sim);
    await applyTree(treeOf({ "t.yaml": batch(C).replaceAll("name: lab", "name: other") }), ica.sim);
    const before = structuredClone(ica.sim.samples());
    ica.forget();
    const folder = treeOf({ "t.yaml": stack() });
    const plan = await planTree(folder, ica.sim, { prune: true });
    expect(actionsOf(plan)).toEqual(["orphan SampleBatch/A", "orphan SampleBatch/B"]);
    expect(plan.changes[0]).toMatchObject({ project: "prod", status: "AVAILABLE" });
    expect(plan.changes[0]?.reason).toBe("in ICA with this stack's tag, not declared (AVAILABLE)");
    expect(searches(ica)).toHaveLength(1);
    await applyTree(folder, ica.sim, { prune: true });
    expect(ica.sim.samples()).toEqual(before);
  });

  it("leaves orphans beside a batch in another project too", async () => {
    const ica = await open();
    await applyTree(treeOf({ "t.yaml": batch(B) }), ica.sim);
    const elsewhere = stack() + manifest("SampleBatch", "week", "{ project: archive, samples: [{ name: D }] }");
    expect(actionsOf(await planTree(treeOf({ "t.yaml": elsewhere }), ica.sim))).toEqual([
      "create SampleBatch/week/D",
      "orphan SampleBatch/B",
    ]);
  });

  it.each([403, 404])("asks nothing of who declares no samples and may not see them (%i)", async (status) => {
    const match = { method: "POST", path: "samples:search" };
    const ica = await open({ faults: [{ match, fault: "status-before", status }] });
    expect(actionsOf(await planTree(treeOf({ "t.yaml": stack() }), ica.sim))).toEqual([]);
    expect(searches(ica)).toHaveLength(1);
    await expect(planTree(treeOf({ "t.yaml": batch(A) }), ica.sim)).rejects.toThrow();
  });

  it("is not overlooked for a passing fault", async () => {
    const match = { method: "POST", path: "samples:search" };
    const ica = await open({ faults: [{ match, fault: "status-before", status: 503 }] });
    await expect(planTree(treeOf({ "t.yaml": stack() }), ica.sim, { tries: 2 })).rejects.toThrow(/503/);
  });
});

describe("mistakes that show only in ICA", () => {
  it.each([
    ["a file that is not there", "{ name: X, data: [/nowhere.gz] }", "/nowhere.gz is not in project prod"],
    ["a folder without files", "{ name: X, data: [/nowhere/] }", "there is no file below /nowhere/ in project prod"],
    ["a file that is still uploaded", "{ name: X, data: [/in/] }", "/in/uploading.fastq.gz is PARTIAL, not AVAILABLE"],
    ["what is no reference", "{ name: X, data: [main] }", "main is neither a data id, a urn nor a path"],
  ])("%s", async (_name, sample, message) => {
    const ica = await open();
    const failing = planTree(treeOf({ "t.yaml": batch(sample) }), ica.sim);
    await expect(failing).rejects.toMatchObject({
      diagnostics: [expect.objectContaining({ message, line: expect.any(Number) })],
    });
  });

  it("two files of one name in equally deep folders are told", async () => {
    const ica = await lab({ seed: { ...SEED, data: ["/t/a/f", "/t/b/f"].map((path) => ({ project: "prod", path })) } });
    const plan = await planTree(treeOf({ "t.yaml": batch("{ name: T, data: [/t] }") }), ica.sim);
    expect(plan.changes[0]?.sampleFiles).toMatchObject({ linked: ["/t/a/f", "/t/b/f"], ties: [["/t/a/f", "/t/b/f"]] });
    expect(plan.diagnostics).toMatchObject([{ code: "same-name" }]);
  });
});
