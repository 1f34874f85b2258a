/** What was reviewed is what is done: saved plans, and `--expect` with the digest of one. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { lab, treeOf } from "../support/beside.ts";
import { applyTree } from "../support/engine.ts";
import { credential, run, SECRETS, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, tagOf } from "../support/simulator.ts";

const AB = stack() + run("a") + run("b");

/** A tree in `tree/`, and a plan of it saved beside. */
async function saved(
  ica: Lab,
  text: string,
  args: readonly string[] = [],
  name = "plan.json",
): Promise<{ cwd: string; file: string; digest: string }> {
  const cwd = treeOf({ "tree/t.yaml": text });
  const ran = await ica.icaform(["plan", "tree", "--out", name, "--format", "json", ...args], { cwd });
  expect(ran.code, ran.stderr).toBe(0);
  return { cwd, file: name, digest: (JSON.parse(ran.stdout) as Plan).digest };
}

function edit(cwd: string, text: string): void {
  writeFileSync(join(cwd, "tree/t.yaml"), text);
}

const applyFile = (ica: Lab, cwd: string, ...args: string[]) =>
  ica.icaform(["apply", ...args, "--auto-approve"], { cwd, env: SECRETS });

const runNames = (ica: Lab) =>
  ica.sim
    .analyses()
    .map(({ tags }) => tagOf(tags, "run"))
    .sort();

describe.concurrent("plan --out", () => {
  it("writes the plan for its owner alone, and nothing beside it", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, AB);
    expect(statSync(join(cwd, file)).mode & 0o777).toBe(0o600);
    expect(readdirSync(cwd).sort()).toEqual(["plan.json", "tree"]);
    const plan = JSON.parse(readFileSync(join(cwd, file), "utf8")) as Plan;
    expect(plan).toMatchObject({ formatVersion: "1.0", stack: "lab", server: ica.sim.url });
    expect(actionsOf(plan)).toEqual(["create PipelineRun/a", "create PipelineRun/b"]);
    // One that was there is replaced, also if others could read it.
    chmodSync(join(cwd, file), 0o644);
    edit(cwd, stack() + run("a"));
    expect((await ica.icaform(["plan", "tree", "--out", file], { cwd })).code).toBe(0);
    expect(statSync(join(cwd, file)).mode & 0o777).toBe(0o600);
    expect(actionsOf(JSON.parse(readFileSync(join(cwd, file), "utf8")) as Plan)).toEqual(["create PipelineRun/a"]);
  });

  it("into a folder that is not there, or over one that is, is an error that leaves nothing behind", async () => {
    const ica = await lab();
    const cwd = treeOf({ "tree/t.yaml": AB });
    mkdirSync(join(cwd, "taken"));
    for (const out of ["missing/plan.json", "taken"]) {
      const ran = await ica.icaform(["plan", "tree", "--out", out], { cwd });
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain(out);
      expect(ran.stderr).not.toMatch(/\n\s+at /);
    }
    expect(readdirSync(cwd).sort()).toEqual(["taken", "tree"]);
    expect(readdirSync(join(cwd, "taken"))).toEqual([]);
  });

  it("keeps what was there when the plan fails", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, AB);
    const before = readFileSync(join(cwd, file), "utf8");
    edit(cwd, AB + run("c", "pipeline: unknown"));
    expect((await ica.icaform(["plan", "tree", "--out", file], { cwd })).code).toBe(1);
    expect(readFileSync(join(cwd, file), "utf8")).toBe(before);
  });
});

describe.concurrent("apply PLANFILE", () => {
  it("does the plan; a second time there is nothing left of it", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, AB);
    // Without a terminal a saved plan still has to be approved.
    expect((await ica.icaform(["apply", file], { cwd })).code).toBe(4);
    expect(ica.writes()).toEqual([]);
    expect((await applyFile(ica, cwd, file)).code).toBe(0);
    expect(runNames(ica)).toEqual(["a", "b"]);
    ica.forget();
    expect((await applyFile(ica, cwd, file)).code).toBe(0);
    expect(ica.writes()).toEqual([]);
  });

  it("takes a plan of any name, and other paths than the plan's", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, AB, [], "reviewed.tfplan");
    const elsewhere = treeOf({ "other/t.yaml": AB });
    const ran = await applyFile(ica, elsewhere, join(cwd, file), "other");
    expect(ran.code, ran.stderr).toBe(0);
    expect(runNames(ica)).toEqual(["a", "b"]);
  });

  it("does what is left of the plan when a part was done meanwhile", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, AB);
    await applyTree(treeOf({ "t.yaml": stack() + run("a") }), ica.sim);
    ica.forget();
    expect((await applyFile(ica, cwd, file)).code).toBe(0);
    expect(ica.creates()).toHaveLength(1);
    expect(runNames(ica)).toEqual(["a", "b"]);
  });

  it("starts what waited in the plan once it may", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, stack() + run("a") + run("b", "dependsOn: [PipelineRun/a]"));
    expect((await applyFile(ica, cwd, file)).code).toBe(0);
    ica.finish();
    expect((await applyFile(ica, cwd, file)).code).toBe(0);
    expect(runNames(ica)).toEqual(["a", "b"]);
  });

  it("refuses a plan that has grown, with what it does not hold", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, AB);
    for (const [grown, text] of [
      ["c: create", AB + run("c")],
      ["b: create", stack() + run("a") + run("b", 'input: { custom: { text: "reads: 2" } }')],
      ["a: create", stack("defaults: { storage: Large }") + run("a") + run("b")],
      ["b2: create", stack() + run("a") + run("b2", "", ", formerNames: [b]")],
    ] as const) {
      edit(cwd, text);
      const ran = await applyFile(ica, cwd, file);
      expect(ran.code, text).toBe(4);
      expect(ran.stderr).toContain(`PipelineRun/${grown}`);
    }
    expect(ica.writes()).toEqual([]);
  });

  it("refuses when ICA has changed so that a run would start that was not in the plan", async () => {
    const ica = await lab();
    await applyTree(treeOf({ "t.yaml": AB }), ica.sim);
    const { cwd, file } = await saved(ica, `${stack()}${run("a", "rerun: { onFailure: 1 }")}${run("b")}${run("c")}`);
    ica.finish("FAILED");
    ica.forget();
    const ran = await applyFile(ica, cwd, file);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toMatch(/PipelineRun\/a: rerun/);
    expect(ica.writes()).toEqual([]);
  });

  it("refuses the plan of another stack or of another server", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, AB);
    edit(cwd, stack("", "other") + run("a"));
    const otherStack = await applyFile(ica, cwd, file);
    expect(otherStack.code).toBe(4);
    expect(otherStack.stderr).toMatch(/lab.*other/);
    edit(cwd, AB);
    const other = await lab();
    const otherServer = await applyFile(other, cwd, file);
    expect(otherServer.code).toBe(4);
    expect(otherServer.stderr).toContain(ica.sim.url);
    expect([...ica.writes(), ...other.writes()]).toEqual([]);
  });

  it("by its digest, a part of it by --target is a subset; a part of another plan is not", async () => {
    const ica = await lab();
    const { cwd, digest } = await saved(ica, AB);
    const args = ["apply", "tree", "--auto-approve", "--target", "PipelineRun/a", "--expect"];
    const other = await ica.icaform([...args, `sha256:${"0".repeat(64)}`], { cwd });
    expect(other.code, other.stderr).toBe(4);
    const part = await ica.icaform([...args, digest], { cwd });
    expect(part.code, part.stderr).toBe(0);
    expect(runNames(ica)).toEqual(["a"]);
    const rest = await ica.icaform(["apply", "tree", "--auto-approve", "--expect", digest], { cwd });
    expect(rest.code, rest.stderr).toBe(0);
    expect(runNames(ica)).toEqual(["a", "b"]);
  });

  it("knows the server again, however it is spelt", async () => {
    const ica = await lab();
    const { cwd, file, digest } = await saved(ica, AB);
    for (const server of [`${ica.sim.url}/`, ica.sim.url.replace("/ica/rest", "").replace("http:", "HTTP:")]) {
      const args = ["apply", file, "--auto-approve", "--expect", digest];
      const ran = await ica.icaform(args, { cwd, env: { ICA_SERVER: server } });
      expect(ran.code, `${server} ${ran.stderr}`).toBe(0);
    }
    expect(runNames(ica)).toEqual(["a", "b"]);
  });

  it.each([
    ["no JSON", "nonsense"],
    ["another JSON", '{"formatVersion": "1.0"}'],
    ["changes of another kind", '{"formatVersion":"1.0","stack":"lab","changes":[null,7],"paths":["tree"]}'],
    ["paths of another kind", '{"formatVersion":"1.0","stack":"lab","changes":[],"paths":[7]}'],
    ["what plan prints of a tree with mistakes", '{"formatVersion":"1.0","diagnostics":[]}'],
    ["cut off", '{"formatVersion": "1.0", "changes": ['],
  ])("that is %s is an error without a stack trace", async (_name, content) => {
    const ica = await lab();
    const cwd = treeOf({ "tree/t.yaml": AB, "plan.json": content });
    const ran = await applyFile(ica, cwd, "plan.json");
    expect(ran.code, ran.stderr).toBe(1);
    expect(ran.stderr).toContain("plan.json");
    expect(ran.stderr).not.toMatch(/\n\s+at |itself failed/);
    expect(ica.writes()).toEqual([]);
  });

  it("of a newer format is refused, of a newer minor version taken", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, AB);
    const plan = JSON.parse(readFileSync(join(cwd, file), "utf8")) as object;
    writeFileSync(join(cwd, file), JSON.stringify({ ...plan, formatVersion: "2.0" }));
    const newer = await applyFile(ica, cwd, file);
    expect([1, 4]).toContain(newer.code);
    expect(newer.stderr).toContain("2.0");
    expect(ica.writes()).toEqual([]);
    writeFileSync(join(cwd, file), JSON.stringify({ ...plan, formatVersion: "1.1", aNewKey: { x: 1 } }));
    expect((await applyFile(ica, cwd, file)).code).toBe(0);
  });

  it("does the aborts of a plan that was made with --prune, or refuses: never less in silence", async () => {
    const ica = await lab();
    await applyTree(treeOf({ "t.yaml": AB }), ica.sim);
    const { cwd, file } = await saved(ica, stack() + run("a"), ["--prune"]);
    ica.forget();
    const ran = await applyFile(ica, cwd, file);
    const aborts = ica.writes().filter(({ path }) => path.endsWith(":abort"));
    expect([ran.code, aborts.length]).toEqual(ran.code === 4 ? [4, 0] : [0, 1]);
  });

  it("does just the part that a plan with --target holds", async () => {
    const ica = await lab();
    const { cwd, file } = await saved(ica, AB, ["--target", "PipelineRun/a"]);
    const ran = await applyFile(ica, cwd, file);
    expect(ran.code, ran.stderr).toBe(0);
    expect(runNames(ica)).toEqual(["a"]);
  });
});

describe.concurrent("apply --expect", () => {
  it.each(["abc", "", "sha256:abc", `sha256:${"0".repeat(63)}g`])("refuses %j before any call", async (digest) => {
    const ica = await lab();
    const ran = await applyFile(ica, treeOf({ "tree/t.yaml": AB }), "tree", "--expect", digest);
    expect(ran.code, ran.stderr).toBe(1);
    expect(ran.stderr).toContain(`--expect ${digest}: must be sha256: and 64 hex digits`);
    expect(ica.sim.requests).toEqual([]);
  });

  it("goes on with the digest of the plan, and says what it is about otherwise", async () => {
    const ica = await lab();
    const { cwd, digest } = await saved(ica, AB);
    edit(cwd, AB + run("c"));
    const grown = await applyFile(ica, cwd, "tree", "--expect", digest);
    expect(grown.code).toBe(4);
    expect(grown.stderr).toContain(digest);
    expect(ica.writes()).toEqual([]);
    edit(cwd, AB);
    expect((await applyFile(ica, cwd, "tree", "--expect", digest)).code).toBe(0);
    expect(runNames(ica)).toEqual(["a", "b"]);
    // All of it is done already.
    ica.forget();
    const again = await applyFile(ica, cwd, "tree", "--expect", digest);
    expect(again.code).toBe(0);
    expect(again.stderr).not.toContain("reviewed");
    expect(ica.writes()).toEqual([]);
  });

  it("warns where there is nothing to do and the plan cannot be known as the reviewed one", async () => {
    const ica = await lab();
    const { cwd, digest } = await saved(ica, AB);
    await applyTree(join(cwd, "tree"), ica.sim);
    ica.forget();
    const warning = /^warning: nothing to do; this is not the reviewed plan, .*\n {2}help: after updates/m;
    const other = await applyFile(ica, cwd, "tree", "--expect", digest.replace(/.{8}$/, "00000000"));
    expect([other.code, other.stderr]).toEqual([0, expect.stringMatching(warning)]);
    // A tag that was added leaves no trace: the plan is done, and a job that runs again must not fail.
    const tagged = `${stack("defaults: { tags: { user: [new] } }")}${run("a")}${run("b")}`;
    const update = await saved(ica, tagged);
    for (const said of [expect.not.stringMatching(warning), expect.stringMatching(warning)]) {
      const ran = await applyFile(ica, update.cwd, "tree", "--expect", update.digest);
      expect([ran.code, ran.stderr]).toEqual([0, said]);
    }
  });

  it("goes on with what is left of the plan", async () => {
    const ica = await lab();
    const { cwd, digest } = await saved(ica, AB);
    await applyTree(treeOf({ "t.yaml": stack() + run("a") }), ica.sim);
    const ran = await applyFile(ica, cwd, "tree", "--expect", digest);
    expect(ran.code, ran.stderr).toBe(0);
    expect(runNames(ica)).toEqual(["a", "b"]);
  });

  it("goes on with what waited in the plan and may start now", async () => {
    const ica = await lab();
    const text = stack() + run("a") + run("b", "dependsOn: [PipelineRun/a]");
    const { cwd, digest } = await saved(ica, text);
    expect((await applyFile(ica, cwd, "tree", "--expect", digest)).code).toBe(0);
    ica.finish();
    const ran = await applyFile(ica, cwd, "tree", "--expect", digest);
    expect(ran.code, ran.stderr).toBe(0);
    expect(runNames(ica)).toEqual(["a", "b"]);
  });

  it("refuses reruns, updates and credentials that the plan does not hold", async () => {
    const ica = await lab();
    const { cwd, digest } = await saved(ica, AB);
    await applyTree(treeOf({ "t.yaml": AB }), ica.sim);
    ica.forget();
    for (const text of [
      stack() + run("a", "storage: Large") + run("b"),
      stack("defaults: { tags: { user: [new] } }") + run("a") + run("b"),
      AB + credential("s3"),
    ]) {
      edit(cwd, text);
      expect((await applyFile(ica, cwd, "tree", "--expect", digest)).code, text).toBe(4);
    }
    expect(ica.writes()).toEqual([]);
  });

  it.each(["", "sha256:", `sha256:${"0".repeat(64)}`])("of something else (%s) is no approval", async (digest) => {
    const ica = await lab();
    const ran = await applyFile(ica, treeOf({ "tree/t.yaml": AB }), "tree", "--expect", digest);
    expect([1, 4]).toContain(ran.code);
    expect(ica.writes()).toEqual([]);
  });
});
