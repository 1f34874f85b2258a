/** No page size and no reading of a tag search loses, repeats or invents a run. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { loadTree } from "../../src/manifest/load.ts";
import type { SeedAnalysis } from "../../src/simulator/seedTypes.ts";
import type { Switches } from "../../src/simulator/switches.ts";
import { planTree } from "../support/engine.ts";
import { desiredRuns, leftBy } from "../support/history.ts";
import { run, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, openLab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { WORLD } from "../support/world.ts";

const STACK = "cohort-7";
const series = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

const DONE = series("done", 270);
const TWICE = series("twice", 5);
const FAILED = series("failed", 3);
const RETAGGED = series("retagged", 3);
const CHANGED = series("changed", 4);
const NEW = series("new", 3);
const ORPHANS = series("orphan", 10);

const OUTPUTS = "outputs: [{ source: out/, target: /results/cohort/, actionOnExist: Skip }]";
const declared = [
  ...[...DONE, ...TWICE, ...FAILED].map((name) => run(name, "tags: { user: [u] }")),
  ...RETAGGED.map((name) => run(name, "tags: { user: [u, added] }")),
  ...CHANGED.map((name) => run(name, 'tags: { user: [u] }, input: { custom: { text: "reads: 2" } }')),
].join("");
const toStart = NEW.map((name) => run(name, `tags: { user: [u] }, ${OUTPUTS}`)).join("");

const stackText = (pageSize: number) => stack(`limits: { pageSize: ${pageSize} }`, STACK);

let ica: Lab;

/** 300 analyses of the stack, and 700 that only look like it or are nobody's. */
async function history(): Promise<SeedAnalysis[]> {
  const names = [...DONE, ...TWICE, ...FAILED, ...RETAGGED, ...CHANGED, ...ORPHANS];
  const earlier = await desiredRuns(
    treeOf({ "t.yaml": stackText(1) + names.map((name) => run(name, "tags: { user: [u] }")).join("") }),
  );
  const left = (name: string, more: Parameters<typeof leftBy>[2] = {}, stackName = STACK) => {
    const desired = earlier.get(name);
    if (desired === undefined) throw new Error(`no run ${name}`);
    return leftBy(stackName, desired, more);
  };
  const own = [
    ...[...DONE, ...RETAGGED, ...CHANGED].map((name) => left(name)),
    ...TWICE.flatMap((name) => [left(name, { status: "FAILED" }), left(name, { attempt: 2 })]),
    ...FAILED.map((name) => left(name, { status: "FAILED_FINAL" })),
    ...ORPHANS.map((name, index) => left(name, { status: index < 3 ? "IN_PROGRESS" : "SUCCEEDED" })),
  ];
  const strangers = ["cohort", "cohort-77", "my-cohort-7", "COHORT-7", "cohort-7-x"].flatMap((other) =>
    names.slice(0, 130).map((name) => left(name, { status: "IN_PROGRESS" }, other)),
  );
  const lookalikes = series("lookalike", 50).map((userReference, index): SeedAnalysis => {
    const tags = [
      { userTags: [`icaform.stack=${STACK}`, "icaform.run=new-0", "icaform.attempt=1"] },
      { technicalTags: [`xicaform.stack=${STACK}`, "icaform.run=new-0", "icaform.attempt=1"] },
      { technicalTags: [`icaform.stack=${STACK}`, "icaform.attempt=1"] },
      { technicalTags: [`icaform.stack=${STACK}`, "icaform.run=new-1", "icaform.attempt=0"] },
      {},
    ][index % 5];
    return { project: "prod", pipeline: "nf", userReference, status: "IN_PROGRESS", ...(tags ? { tags } : {}) };
  });
  // A fixed shuffle, so that every page holds some of each.
  const all = [...own, ...strangers, ...lookalikes];
  expect([own.length, all.length]).toEqual([300, 1000]);
  return all.map((_, index) => all[(index * 389) % all.length] as SeedAnalysis);
}

beforeAll(async () => {
  const data = [
    ...WORLD.data,
    ...series("f", 12).map((name) => ({ project: "prod", path: `/results/cohort/${name}`, size: 10 })),
  ];
  ica = await openLab({ seed: { ...WORLD, data, analyses: await history() } });
});

afterAll(() => ica.sim.close());

function planWith(pageSize: number, switches: Partial<Switches>, runs: string): Promise<Plan> {
  return planTree(prepared(pageSize, switches, runs), ica.sim);
}

/** The tree's folder; ICA behaves as told. */
function prepared(pageSize: number, switches: Partial<Switches>, runs: string): string {
  ica.sim.control.set({ tagSearch: EXACT, lastPageToken: "null", ...switches });
  ica.forget();
  return treeOf({ "runs.yaml": runs, "stack.yaml": stackText(pageSize) });
}

const EXACT: Switches["tagSearch"] = { combine: "and", match: "exact", caseSensitive: true };

/** Calls of an apply depend on the page size, as its verifying listing does. */
function withoutCalls({ requests: _calls, ...plan }: Plan): unknown {
  return plan;
}

describe("1,000 analyses, 300 of them the stack's", () => {
  let expected: Plan;
  beforeAll(async () => {
    expected = await planWith(1000, {}, declared + toStart);
  });

  it("give the right plan", () => {
    expect(expected.summary).toEqual({
      create: NEW.length,
      rerun: CHANGED.length,
      update: RETAGGED.length,
      abort: 0,
      wait: 0,
      orphan: ORPHANS.length,
      unchanged: DONE.length + TWICE.length + FAILED.length,
    });
    const all = actionsOf(expected);
    expect(all).toEqual(expect.arrayContaining(NEW.map((name) => `create PipelineRun/${name}`)));
    expect(all).toEqual(expect.arrayContaining(ORPHANS.map((name) => `orphan PipelineRun/${name}`)));
    const twice = expected.changes.filter(({ address }) => address.startsWith("PipelineRun/twice"));
    expect(twice.map(({ attempt, status }) => [attempt, status])).toEqual(TWICE.map(() => [2, "SUCCEEDED"]));
    for (const { action, effects } of expected.changes) {
      if (action === "create") expect(effects).toMatchObject([{ action: "SKIP", files: 12, bytes: 120 }]);
    }
  });

  it("are what the command prints as well, beside the warnings of the offline checks", async () => {
    const folder = prepared(1000, {}, declared + toStart);
    const ran = await ica.icaform(["plan", "--format", "json"], { cwd: folder });
    expect(ran.code, ran.stderr).toBe(0);
    const { diagnostics: offline } = await loadTree({ paths: ["."], cwd: folder });
    const plan = await planTree(folder, ica.sim);
    const diagnostics = [...offline, ...plan.diagnostics].map(({ frame: _frame, ...rest }) => rest);
    expect(offline.map(({ code }) => code)).toContain("target-overlap");
    expect(JSON.parse(ran.stdout)).toEqual(JSON.parse(JSON.stringify({ ...plan, diagnostics })));
  });

  it.each([1, 2, 7])("in pages of %i give the same plan", async (pageSize) => {
    expect(withoutCalls(await planWith(pageSize, {}, declared + toStart))).toEqual(withoutCalls(expected));
    const pages = ica.sim.requests.filter(({ path }) => path.endsWith("/analysis:search"));
    expect(pages.length).toBeGreaterThanOrEqual(300 / pageSize);
    for (const { query } of pages) expect(new URLSearchParams(query).get("pageSize")).toBe(String(pageSize));
  });

  it("give the same document to the last byte, in pages of 1 or 1000, when nothing is started", async () => {
    const runs = declared.replaceAll("reads: 2", "reads: 1");
    const reference = await planWith(1000, {}, runs);
    expect(reference.summary).toMatchObject({ create: 0, rerun: 0, update: 3 });
    expect(await planWith(1, {}, runs)).toEqual(reference);
  });

  it.each([
    { combine: "or", match: "exact", caseSensitive: true },
    { combine: "or", match: "substring", caseSensitive: false },
    { combine: "and", match: "prefix", caseSensitive: false },
  ] as const)("searched by $combine, $match, case-sensitive: $caseSensitive give the same plan", async (tagSearch) => {
    expect(await planWith(1000, { tagSearch }, declared + toStart)).toEqual(expected);
  });

  it("end with an empty token as well", async () => {
    const plan = await planWith(150, { lastPageToken: "empty" }, declared + toStart);
    expect(withoutCalls(plan)).toEqual(withoutCalls(expected));
  });

  it("cost one listing of the project, not one call a run", async () => {
    await planWith(1000, {}, declared + toStart);
    expect(ica.sim.requests.length).toBeLessThan(20);
  });
});
