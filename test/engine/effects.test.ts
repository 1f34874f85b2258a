/** What a mapping will do to what is there: counted and sized before anything runs, in few calls. */
import { describe, expect, it } from "vitest";
import type { Seed, SeedData } from "../../src/simulator/seedTypes.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { manifest, run, stack } from "../support/manifests.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { WORLD } from "../support/world.ts";

const THERE: SeedData[] = [
  { project: "prod", path: "/results/a.vcf", size: 1_000 },
  { project: "prod", path: "/results/deep/b.vcf", size: 2_000 },
  { project: "prod", path: "/results/deep/deeper/c.vcf", size: 4_000 },
  { project: "prod", path: "/results-2/other.vcf", size: 8_000 },
  { project: "prod", path: "/RESULTS/upper.vcf", size: 16_000 },
  { project: "prod", path: "/report.html", size: 32_000 },
  { project: "prod", path: "/REPORT.html", size: 64_000 },
  { project: "prod", path: "/report.html.bak", size: 128_000 },
  { project: "archive", path: "/results/archived.vcf", size: 1_200_000_000 },
];

const plant = (data: SeedData[], more: Partial<Seed> = {}) =>
  lab({ seed: { ...WORLD, data: [...WORLD.data, ...data], ...more } });

/** Of the only run: target, action, files, bytes of each effect. */
async function effectsOf(ica: Lab, outputs: string, more = ""): Promise<unknown[]> {
  const plan = await planTree(treeOf({ "t.yaml": stack(more) + run("r", `outputs: [${outputs}]`) }), ica.sim);
  expect(plan.changes).toHaveLength(1);
  return (plan.changes[0]?.effects ?? []).map(({ project, target, type, action, files, bytes }) => [
    `${project}:${target}`,
    type,
    action,
    files,
    bytes,
  ]);
}

const ACTIONS = [
  ["", "OVERWRITE"],
  [", actionOnExist: Overwrite", "OVERWRITE"],
  [", actionOnExist: rename", "RENAME"],
  [", actionOnExist: SKIP", "SKIP"],
] as const;

describe("an effect", () => {
  it.each(ACTIONS)("of a FOLDER%s counts all below it, and nothing beside it", async (written, action) => {
    const effects = await effectsOf(await plant(THERE), `{ source: out/, target: /results/${written} }`);
    expect(effects).toEqual([["prod:/results/", "FOLDER", action, 3, 7_000]]);
  });

  it.each(ACTIONS)("of a FILE%s is the one that is there", async (written, action) => {
    const effects = await effectsOf(await plant(THERE), `{ source: out/r.html, target: /report.html${written} }`);
    expect(effects).toEqual([["prod:/report.html", "FILE", action, 1, 32_000]]);
  });

  it("of a FOLDER without its closing slash is the same folder", async () => {
    expect(await effectsOf(await plant(THERE), "{ source: out, target: /results, type: FOLDER }")).toEqual([
      ["prod:/results", "FOLDER", "OVERWRITE", 3, 7_000],
    ]);
  });

  it("where nothing is there is none", async () => {
    const ica = await plant(THERE);
    const effects = await effectsOf(ica, "{ source: out/, target: /new/ }, { source: out/x, target: /new.html }");
    expect(effects).toEqual([
      ["prod:/new/", "FOLDER", "OVERWRITE", 0, 0],
      ["prod:/new.html", "FILE", "OVERWRITE", 0, 0],
    ]);
  });

  it("of another project is looked for there, with the defaults that hold", async () => {
    const text =
      stack("defaults: { actionOnExist: Rename }") +
      manifest("OutputMapping", "m", "{ project: archive, mappings: [{ source: out/, target: /results/ }] }") +
      run("r", "outputs: [{ mapping: m }, { source: out/, target: /results/, actionOnExist: Skip }]");
    const plan = await planTree(treeOf({ "t.yaml": text }), (await plant(THERE)).sim);
    expect(plan.changes[0]?.effects).toMatchObject([
      { project: "archive", action: "RENAME", files: 1, bytes: 1_200_000_000 },
      { project: "prod", action: "SKIP", files: 3, bytes: 7_000 },
    ]);
  });

  it("is shown of a rerun too: the first attempt's own files are there now", async () => {
    const ica = await plant([]);
    const tree = (storage: string) =>
      treeOf({ "t.yaml": stack() + run("r", `storage: ${storage}, outputs: [{ source: out/vcf/, target: /vcf/ }]`) });
    await applyTree(tree("Small"), ica.sim);
    ica.finish();
    const plan = await planTree(tree("Large"), ica.sim);
    expect(plan.changes).toMatchObject([{ action: "rerun", effects: [{ files: 1, bytes: 7_000 }] }]);
  });

  it("comes true: Overwrite replaces, Rename writes beside, Skip drops", async () => {
    for (const [action, paths, size] of [
      ["Overwrite", ["/o/report.html"], 500],
      ["Rename", ["/o/report.html", "/o/report_1.html"], 99],
      ["Skip", ["/o/report.html"], 99],
    ] as const) {
      const ica = await plant([{ project: "prod", path: "/o/report.html", size: 99 }]);
      const output = `{ source: out/report.html, target: /o/report.html, actionOnExist: ${action} }`;
      await applyTree(treeOf({ "t.yaml": stack() + run("r", `outputs: [${output}]`) }), ica.sim);
      ica.finish();
      const there = ica.sim.data("prod").filter(({ path, type }) => path.startsWith("/o/") && type === "FILE");
      expect(there.map(({ path }) => path).sort(), action).toEqual(paths);
      expect(there.find(({ path }) => path === "/o/report.html")?.size, action).toBe(size);
    }
  });
});

describe("the plan's words", () => {
  it.each([
    ["/results/", "Overwrite", "3 files (7 kB) will be overwritten"],
    ["/results/", "Rename", "3 files (7 kB) kept, new ones renamed beside"],
    ["/results/", "Skip", "3 files (7 kB) kept, new ones dropped"],
    ["/new/", "Overwrite", "nothing is there yet"],
  ])("for %s with %s are: %s", async (target, action, words) => {
    const ica = await plant(THERE);
    const text = stack() + run("r", `outputs: [{ source: out/, target: ${target}, actionOnExist: ${action} }]`);
    const { stdout } = await ica.icaform(["plan", treeOf({ "t.yaml": text })]);
    expect(stdout).toContain(`${target} (${action}): ${words}`);
  });
});

describe("the calls for effects", () => {
  const many = (count: number): SeedData[] =>
    Array.from({ length: count }, (_, index) => ({ project: "prod", path: `/many/f-${index}`, size: 2 }));
  const isData = ({ path }: { path: string }) => path.endsWith("/data");

  it("beyond 5,000 files are one count instead of a listing", async () => {
    const ica = await plant([...many(12_000), ...THERE]);
    const effects = await effectsOf(ica, "{ source: a/, target: /many/ }, { source: b/, target: /results/ }");
    expect(effects).toEqual([
      ["prod:/many/", "FOLDER", "OVERWRITE", 12_000, null],
      ["prod:/results/", "FOLDER", "OVERWRITE", 3, 7_000],
    ]);
    const calls = ica.sim.requests.filter(isData);
    expect(calls.length).toBeLessThan(12);
    expect(calls.filter(({ query }) => query.includes("pageOffset"))).toHaveLength(1);
  });

  it("up to 5,000 files are a listing, with their size", async () => {
    const ica = await plant(many(5_000));
    expect(await effectsOf(ica, "{ source: a/, target: /many/ }")).toEqual([
      ["prod:/many/", "FOLDER", "OVERWRITE", 5_000, 10_000],
    ]);
  });

  it("are one for a target that 200 runs write to, and few for as many targets", async () => {
    const ica = await plant(THERE);
    const same = Array.from({ length: 200 }, (_, index) =>
      run(`r${index}`, "outputs: [{ source: out/, target: /results/, actionOnExist: Skip }]"),
    );
    await planTree(treeOf({ "t.yaml": stack() + same.join("") }), ica.sim);
    expect(ica.sim.requests.filter(isData)).toHaveLength(1);
    ica.forget();
    const each = same.map((text, index) => text.replace("/results/", `/results/${index}/`));
    await planTree(treeOf({ "t.yaml": stack() + each.join("") }), ica.sim);
    const calls = ica.sim.requests.filter(isData);
    expect(calls.length).toBeLessThan(20);
    for (const { query } of calls) expect(query.length).toBeLessThan(8_000);
  });

  it("are none when nothing is started", async () => {
    const ica = await plant(THERE);
    const folder = treeOf({ "t.yaml": stack() + run("r", "outputs: [{ source: out/, target: /results/ }]") });
    await applyTree(folder, ica.sim);
    ica.forget();
    await planTree(folder, ica.sim);
    expect(ica.sim.requests.filter(isData)).toEqual([]);
  });
});
