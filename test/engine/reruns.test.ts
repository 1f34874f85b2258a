/** What is there against what is declared: reruns, updates in place, retries, renames. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Change, Plan } from "../../src/core/plan.ts";
import { planText } from "../../src/render/plan-text.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { manifest, run, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, lab, tagOf } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS } from "../support/world.ts";

interface Stage {
  ica: Lab;
  folder: string;
}

/** A tree that was applied; its runs have succeeded, unless told otherwise. */
async function applied(text: string, end: "SUCCEEDED" | "FAILED" | "still active" = "SUCCEEDED"): Promise<Stage> {
  const ica = await lab();
  const folder = treeOf({ "t.yaml": text });
  await applyTree(folder, ica.sim);
  if (end !== "still active") ica.finish(end);
  ica.forget();
  return { ica, folder };
}

function planAfter({ ica, folder }: Stage, text: string): Promise<Plan> {
  writeFileSync(join(folder, "t.yaml"), text);
  return planTree(folder, ica.sim);
}

async function applyAfter({ ica, folder }: Stage, text: string): Promise<void> {
  writeFileSync(join(folder, "t.yaml"), text);
  const { results } = await applyTree(folder, ica.sim);
  expect(results.filter(({ outcome }) => outcome !== "done")).toEqual([]);
}

const attempts = (ica: Lab) => ica.sim.analyses().map(({ tags }) => `${tagOf(tags, "run")} ${tagOf(tags, "attempt")}`);

const FULL = `pipeline: nf, storage: Medium, userReference: first, outputFolder: ${IDS.results}, logs: { path: /logs/ }`;
const INPUT =
  "input: { form: { parameters: { sample: x, count: 1 }, data: [{ parameter: reads, files: [/in/a.fastq.gz] }] } }";
const OUTPUTS = "outputs: [{ source: out/, target: /o/, actionOnExist: Skip }]";

describe("a change of the section", () => {
  const before = `${FULL}, ${INPUT}, ${OUTPUTS}`;
  it.each([
    ["pipeline", "pipeline: nf,", `pipeline: ${IDS.nfForm},`],
    ["input", "count: 1", "count: 2"],
    ["input", "count: 1", "count: 1.0"],
    ["input", "count: 1", "count: null"],
    ["input", "count: 1", "count: [1]"],
    ["input", "files: [/in/a.fastq.gz]", "files: [/in/b.fastq.gz]"],
    ["input", "files: [/in/a.fastq.gz]", "files: [/in/a.fastq.gz], mounts: []"],
    ["outputs", "target: /o/", "target: /p/"],
    ["outputs", "actionOnExist: Skip", "actionOnExist: Rename"],
    ["storage", "storage: Medium", "storage: Large"],
    ["userReference", "userReference: first", "userReference: second"],
    ["outputFolder", `outputFolder: ${IDS.results}`, `outputFolder: ${IDS.inputs}`],
    ["logs", "path: /logs/", "path: /other/"],
    ["activationCode", FULL, `${FULL}, activationCode: ${IDS.code}`],
    ["storage", "storage: Medium, ", ""],
  ])("%s (%s → %s) is a rerun that says so", async (section, from, to) => {
    const stage = await applied(stack() + run("r", before));
    const [change] = (await planAfter(stage, stack() + run("r", before.replace(from, to)))).changes;
    expect(change).toMatchObject({ address: "PipelineRun/r", action: "rerun", attempt: 2 });
    expect(change?.reason).toContain(section);
    expect(change?.fields.length).toBeGreaterThan(0);
    for (const { path } of change?.fields ?? []) expect(path.split(".")[0]).toBe(section);
  });

  it("is a new attempt under another key, beside the first; then there is nothing to do", async () => {
    const stage = await applied(stack() + run("r"));
    const { ica, folder } = stage;
    const [first] = ica.sim.analyses();
    await applyAfter(stage, stack() + run("r", "storage: Large"));
    expect(attempts(ica)).toEqual(["r 1", "r 2"]);
    expect(ica.creates()[0]?.headers["idempotency-key"]).toMatch(/^icaform-/);
    expect(ica.sim.analyses()[0]).toMatchObject({ id: first?.id, tags: first?.tags });
    expect(actionsOf(await planTree(folder, ica.sim))).toEqual(["no-op PipelineRun/r"]);
    // Back to what it was: that is a third attempt, for the second is what counts now.
    await applyAfter(stage, stack() + run("r"));
    expect(attempts(ica)).toEqual(["r 1", "r 2", "r 3"]);
    const keys = ica.creates().map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(2);
  });

  it("of a Stack's default is one as well", async () => {
    const stage = await applied(stack("defaults: { storage: Small }") + run("r") + run("own", "storage: Small"));
    const plan = await planAfter(
      stage,
      stack("defaults: { storage: Large }") + run("r") + run("own", "storage: Small"),
    );
    expect(actionsOf(plan)).toEqual(["rerun PipelineRun/r", "no-op PipelineRun/own"]);
  });

  it("of an OutputMapping is one for the runs that use it", async () => {
    const mapping = (target: string) =>
      manifest("OutputMapping", "m", `{ mappings: [{ source: out/, target: ${target}, actionOnExist: Skip }] }`);
    const runs = run("uses", "outputs: [{ mapping: m }]") + run("free");
    const stage = await applied(stack() + mapping("/one/") + runs);
    const plan = await planAfter(stage, stack() + mapping("/two/") + runs);
    expect(actionsOf(plan)).toEqual(["rerun PipelineRun/uses", "no-op PipelineRun/free"]);
  });

  it("while the earlier attempt is still active warns that both go on", async () => {
    const stage = await applied(stack() + run("r"), "still active");
    const plan = await planAfter(stage, stack() + run("r", "storage: Large"));
    expect(plan.changes).toMatchObject([{ action: "rerun", attempt: 2 }]);
    expect(plan.diagnostics).toMatchObject([{ severity: "warning", file: "t.yaml" }]);
    expect(plan.diagnostics[0]?.message).toMatch(/PipelineRun\/r.*still/);
  });
});

describe("a rerun shows the field that changed", () => {
  const form = (parameters: string, files: string) =>
    run("r", `input: { form: { parameters: { ${parameters} }, data: [{ parameter: reads, files: [${files}] }] } }`);

  it.each<[string, string, string, Partial<Change["fields"][number]>]>([
    ["a parameter", "a: 1, b: 20", "/in/a.fastq.gz", { path: "input.form.parameters.b", before: "2", after: "20" }],
    ["a new parameter", "a: 1, b: 2, c: 3", "/in/a.fastq.gz", { path: "input.form.parameters.c", after: "3" }],
    ["a dropped parameter", "a: 1", "/in/a.fastq.gz", { path: "input.form.parameters.b", before: "2" }],
    ["a list", "a: [1, 2], b: 2", "/in/a.fastq.gz", { path: "input.form.parameters.a", after: ["1", "2"] }],
    ["a file", "a: 1, b: 2", "/in/b.fastq.gz", { path: "input.form.data.reads", after: ["/in/b.fastq.gz"] }],
  ])("%s", async (_name, parameters, files, field) => {
    const stage = await applied(stack() + form("a: 1, b: 2", "/in/a.fastq.gz"));
    const [change] = (await planAfter(stage, stack() + form(parameters, files))).changes;
    expect(change?.fields).toHaveLength(1);
    expect(change?.fields[0]).toMatchObject({ sensitive: false, ...field });
    const pointer = `/${field.path?.replaceAll(".", "/")}`;
    expect(change?.patch.length).toBeGreaterThan(0);
    for (const { path } of change?.patch ?? []) expect(path === pointer || path.startsWith(`${pointer}/`)).toBe(true);
    if (!("after" in field)) expect(change?.patch).toEqual([{ op: "remove", path: pointer }]);
  });

  it("of the first 20 of which ICA tells; the others say that they were not read, and --target reads them", async () => {
    const names = Array.from({ length: 22 }, (_, index) => `r${String(index).padStart(2, "0")}`);
    const tree = (sample: string) =>
      stack() +
      run("a-custom", `input: { custom: { text: "reads: ${sample}" } }`) +
      run("b-stored", `storage: ${sample === "x" ? "Small" : "Large"}`) +
      names.map((name) => run(name, `input: { form: { parameters: { sample: ${sample}-${name} } } }`)).join("");
    const stage = await applied(tree("x"));
    const { changes } = await planAfter(stage, tree("y"));
    const fields = new Map(changes.map((change) => [change.address, change.fields]));
    // Neither counts: ICA does not tell of the one, and nothing has to be read of the other.
    expect(fields.get("PipelineRun/a-custom")).toMatchObject([{ path: "input" }]);
    expect(fields.get("PipelineRun/a-custom")?.[0]).not.toHaveProperty("unread");
    expect(fields.get("PipelineRun/r19")).toEqual([
      { path: "input.form.parameters.sample", before: "x-r19", after: "y-r19", sensitive: false },
    ]);
    for (const name of ["r20", "r21"]) {
      expect(fields.get(`PipelineRun/${name}`)).toMatchObject([{ path: "input", unread: true }]);
    }
    const one = await planTree(stage.folder, stage.ica.sim, { targets: ["PipelineRun/r21"] });
    expect(one.changes[0]?.fields).toMatchObject([{ before: "x-r21", after: "y-r21" }]);
  });

  it("but never what was a secret then and is plain or gone now", async () => {
    const ica = await lab();
    const parameters = (text: string) => stack() + run("r", `input: { form: { parameters: { sample: x${text} } } }`);
    const folder = treeOf({ "t.yaml": parameters(", lab_token: { env: LAB_TOKEN }") });
    await applyTree(folder, ica.sim, { secrets: { LAB_TOKEN: "s3cr3t-of-then" } });
    ica.finish();
    for (const now of [", lab_token: none", ""]) {
      const plan = await planAfter({ ica, folder }, parameters(now));
      expect(plan.changes).toMatchObject([{ action: "rerun" }]);
      expect(plan.changes[0]?.fields).toMatchObject([{ path: "input.form.parameters.lab_token", sensitive: true }]);
      expect(plan.changes[0]?.patch).toMatchObject([{ path: "/input/form/parameters/lab_token" }]);
      expect(JSON.stringify(plan)).not.toContain("s3cr3t-of-then");
      expect(planText(plan)).toContain("(not shown)");
    }
  });

  it.each([
    ["another value", "sample: plain", undefined],
    ["another value, while another parameter changes too", "sample: plain, count: 7", undefined],
    ["nothing", "count: 1", undefined],
    ["another value, while the name of a file changes too", "sample: plain", "/in/b.fastq.gz"],
  ])("never what was a secret then, whatever it is called: %s", async (_name, now, file) => {
    const ica = await lab();
    const text = (parameters: string, reads = "/in/a.fastq.gz") =>
      stack() +
      run("r", `input: { form: { parameters: { ${parameters} }, data: [{ parameter: reads, files: [${reads}] }] } }`);
    const folder = treeOf({ "t.yaml": text("sample: { env: S }, count: 1") });
    await applyTree(folder, ica.sim, { secrets: { S: "hunter2ofthen" } });
    ica.finish();
    const plan = await planAfter({ ica, folder }, text(now, file));
    expect(plan.changes).toMatchObject([{ action: "rerun" }]);
    expect(plan.changes[0]?.fields.some(({ path }) => path === "input.form.parameters.sample")).toBe(true);
    expect(JSON.stringify(plan)).not.toContain("hunter2ofthen");
  });

  it("nor in a JSON form", async () => {
    const ica = await lab();
    const text = (value: string) =>
      stack() + run("r", `pipeline: nf-json, input: { formValues: { fields: [{ id: sample, values: [${value}] }] } }`);
    const folder = treeOf({ "t.yaml": text("{ env: S }") });
    await applyTree(folder, ica.sim, { secrets: { S: "hunter2ofthen" } });
    ica.finish();
    const plan = await planAfter({ ica, folder }, text("plain"));
    expect(plan.changes[0]?.fields).toEqual([{ path: "input.formValues.sample", after: ["plain"], sensitive: true }]);
  });

  it("of a JSON form too", async () => {
    const fields = (value: string) =>
      run(
        "r",
        `pipeline: nf-json, input: { formValues: { fields: [{ id: sample, values: [${value}] }, { id: x, values: [1] }] } }`,
      );
    const stage = await applied(stack() + fields("one"));
    const [change] = (await planAfter(stage, stack() + fields("two"))).changes;
    expect(change?.fields).toEqual([
      { path: "input.formValues.sample", before: ["one"], after: ["two"], sensitive: false },
    ]);
  });

  it("and of pipeline, storage and user reference what was before", async () => {
    const stage = await applied(stack() + run("r", "pipeline: nf, storage: Small, userReference: one"));
    const after = run("r", 'pipeline: cwl, storage: Large, userReference: two, input: { json: { text: "{}" } }');
    const [change] = (await planAfter(stage, stack() + after)).changes;
    const told = Object.fromEntries((change?.fields ?? []).map(({ path, before, after }) => [path, [before, after]]));
    expect(told).toMatchObject({
      pipeline: ["nf", "cwl"],
      storage: ["Small", "Large"],
      userReference: ["one", "two"],
    });
  });
});

describe("rerun.ignoreChanges", () => {
  it("leaves alone what is named, and nothing else", async () => {
    const policy = "rerun: { ignoreChanges: [outputs, storage] }";
    const text = (outputs: string, storage: string, more = "") =>
      stack() + run("r", `outputs: [{ source: o/, target: ${outputs} }], storage: ${storage}, ${policy}${more}`);
    const stage = await applied(text("/o/", "Small"));
    expect(actionsOf(await planAfter(stage, text("/p/", "Large")))).toEqual(["no-op PipelineRun/r"]);
    const both = await planAfter(stage, text("/p/", "Large", ", userReference: x"));
    expect(both.changes).toMatchObject([{ action: "rerun", reason: expect.stringContaining("userReference") }]);
    expect(both.changes[0]?.reason).not.toMatch(/outputs|storage/);
  });
});

describe("rerun.onChange: false", () => {
  it("shows the change as a warning and starts nothing", async () => {
    const policy = "rerun: { onChange: false }";
    const stage = await applied(stack() + run("r", policy));
    const plan = await planAfter(stage, stack() + run("r", `storage: Large, ${policy}`));
    expect(actionsOf(plan)).toEqual(["no-op PipelineRun/r"]);
    expect(plan.diagnostics).toMatchObject([{ severity: "warning", message: expect.stringContaining("storage") }]);
    await applyAfter(stage, stack() + run("r", `storage: Large, ${policy}`));
    expect(stage.ica.writes()).toEqual([]);
  });
});

describe("an attempt that is started again", () => {
  const text = (value: number, more: string, rerun: string) =>
    stack() + run("r", `input: { custom: { values: { v: ${value} } } }, ${more}, rerun: ${rerun}`);
  const pathsOf = (plan: Plan) => plan.changes[0]?.fields.map(({ path }) => path);

  it("shows all that it carries: tags and ignored sections too, with what they were", async () => {
    const rerun = "{ ignoreChanges: [storage] }";
    const stage = await applied(text(1, "storage: Small, tags: { user: [one] }", rerun));
    const plan = await planAfter(stage, text(2, "storage: Large, tags: { user: [two] }", rerun));
    expect(plan.changes).toMatchObject([{ action: "rerun", reason: "input changed since attempt 1" }]);
    expect(pathsOf(plan)).toEqual(["input", "storage", "tags"]);
    expect(plan.changes[0]?.fields).toMatchObject([
      {},
      { before: "Small", after: "Large" },
      { before: { user: ["one"] }, after: { user: ["two"] } },
    ]);
  });

  it("by a retry carries what changed meanwhile, which is shown, and not called ignored", async () => {
    const rerun = "{ onChange: false, onFailure: 1 }";
    const stage = await applied(text(1, "storage: Small", rerun), "FAILED");
    const plan = await planAfter(stage, text(2, "storage: Small", rerun));
    expect(plan.changes).toMatchObject([{ action: "rerun", reason: expect.stringContaining("retry 1 of 1") }]);
    expect(pathsOf(plan)).toEqual(["input"]);
    expect(plan.diagnostics).toEqual([]);
  });
});

describe("a failed run", () => {
  it("is not started again by itself, and is shown with its attempt", async () => {
    const stage = await applied(stack() + run("r"), "FAILED");
    const plan = await planAfter(stage, stack() + run("r"));
    expect(actionsOf(plan)).toEqual(["no-op PipelineRun/r"]);
    expect(plan.diagnostics).toMatchObject([{ severity: "warning" }]);
    expect(plan.diagnostics[0]?.message).toMatch(/attempt 1.*FAILED/);
  });

  it("gets as many more attempts as onFailure says, each under its own key", async () => {
    const text = stack() + run("r", "rerun: { onFailure: 2 }");
    const stage = await applied(text, "FAILED");
    for (const attempt of [2, 3]) {
      expect((await planAfter(stage, text)).changes).toMatchObject([{ action: "rerun", attempt }]);
      await applyAfter(stage, text);
      // Not while it is under way.
      expect(actionsOf(await planAfter(stage, text))).toEqual(["no-op PipelineRun/r"]);
      stage.ica.finish("FAILED");
    }
    const plan = await planAfter(stage, text);
    expect(actionsOf(plan)).toEqual(["no-op PipelineRun/r"]);
    expect(plan.diagnostics[0]?.message).toMatch(/attempt 3.*FAILED/);
    expect(attempts(stage.ica)).toEqual(["r 1", "r 2", "r 3"]);
    expect(new Set(stage.ica.creates().map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
  });

  it("that failed with another spec does not use up the retries of this one", async () => {
    const text = (storage: string) => stack() + run("r", `storage: ${storage}, rerun: { onFailure: 1 }`);
    const stage = await applied(text("Small"), "FAILED");
    await applyAfter(stage, text("Small"));
    stage.ica.finish("FAILED");
    expect(actionsOf(await planAfter(stage, text("Small")))).toEqual(["no-op PipelineRun/r"]);
    await applyAfter(stage, text("Large"));
    stage.ica.finish("FAILED");
    expect((await planAfter(stage, text("Large"))).changes).toMatchObject([{ action: "rerun", attempt: 4 }]);
  });

  it.each([
    ["tags", "tags: { user: [one] }", "tags: { user: [two] }"],
    ["a section that is ignored", "outputs: [{ source: o/, target: /o/ }]", "outputs: [{ source: o/, target: /p/ }]"],
  ])("gets no further attempts by an edit of %s, which is no new spec", async (_name, before, after) => {
    const text = (part: string) =>
      stack() + run("r", `${part}, rerun: { onFailure: 1, ignoreChanges: [outputs, storage] }`);
    const stage = await applied(text(before), "FAILED");
    await applyAfter(stage, text(after));
    stage.ica.finish("FAILED");
    for (const part of [after, `${after}, storage: Large`, before]) {
      await applyAfter(stage, text(part));
      expect(actionsOf(await planAfter(stage, text(part)))).toEqual(["no-op PipelineRun/r"]);
    }
    expect(attempts(stage.ica)).toEqual(["r 1", "r 2"]);
  });

  it("gets no further attempts by edits that ask for none, as onChange is false", async () => {
    const text = (x: number) =>
      stack() + run("r", `input: { custom: { values: { x: ${x} } } }, rerun: { onFailure: 1, onChange: false }`);
    const stage = await applied(text(1), "FAILED");
    for (const x of [2, 3, 4]) {
      await applyAfter(stage, text(x));
      stage.ica.finish("FAILED");
    }
    expect(attempts(stage.ica)).toEqual(["r 1", "r 2"]);
  });

  it("of which nobody can tell what it was made of is not retried", async () => {
    const stage = await applied(stack() + run("r"), "FAILED");
    await putTags(stage.ica, stage.ica.sim.analyses()[0]?.id ?? "", (tags) => ({
      ...tags,
      technicalTags: tags.technicalTags.map((tag) => tag.replace("spec=v1:", "spec=v9:")),
    }));
    for (const rerun of ["{ onFailure: 0 }", "{ onFailure: 3 }"])
      expect(actionsOf(await planAfter(stage, stack() + run("r", `rerun: ${rerun}`)))).toEqual(["no-op PipelineRun/r"]);
  });

  it("that was aborted is not retried", async () => {
    const text = stack() + run("r", "rerun: { onFailure: 5 }");
    const stage = await applied(text, "still active");
    const [analysis] = stage.ica.sim.analyses();
    stage.ica.sim.control.setStatus(analysis?.id ?? "", "ABORTED");
    const plan = await planAfter(stage, text);
    expect(actionsOf(plan)).toEqual(["no-op PipelineRun/r"]);
    expect(plan.diagnostics[0]?.message).toContain("ABORTED");
    expect(plan.diagnostics[0]?.help).not.toContain("onFailure");
  });
});

describe("a run whose upstream ran again", () => {
  const text = (storage: string, policy = "") =>
    stack() + run("up", `storage: ${storage}`) + run("down", `dependsOn: [PipelineRun/up]${policy}`);

  async function withNewerUpstream(policy: string): Promise<Plan> {
    const stage = await applied(text("Small", policy));
    await applyAfter(stage, text("Small", policy));
    stage.ica.finish();
    stage.ica.sim.control.advance(10);
    await applyAfter(stage, text("Large", policy));
    stage.ica.finish();
    expect(attempts(stage.ica)).toEqual(["up 1", "down 1", "up 2"]);
    return planAfter(stage, text("Large", policy));
  }

  it("is left alone, with a warning that it is outdated", async () => {
    const plan = await withNewerUpstream("");
    expect(actionsOf(plan)).toEqual(["no-op PipelineRun/down", "no-op PipelineRun/up"]);
    expect(plan.diagnostics[0]?.message).toMatch(/PipelineRun\/down.*PipelineRun\/up/);
  });

  it("runs again with onUpstream", async () => {
    const plan = await withNewerUpstream(", rerun: { onUpstream: true }");
    expect(actionsOf(plan)).toEqual(["rerun PipelineRun/down", "no-op PipelineRun/up"]);
  });
});

describe("a renamed run", () => {
  it("is the same run: its tags are renewed in place and nothing is started", async () => {
    const stage = await applied(stack() + run("old", "userReference: u"));
    const renamed = stack() + run("new", "userReference: u", ", formerNames: [older, old]");
    const plan = await planAfter(stage, renamed);
    expect(plan.changes).toMatchObject([{ address: "PipelineRun/new", action: "update" }]);
    expect(plan.changes[0]?.reason).toContain("old");
    await applyAfter(stage, renamed);
    expect(stage.ica.creates()).toEqual([]);
    expect(attempts(stage.ica)).toEqual(["new 1"]);
    expect(actionsOf(await planAfter(stage, renamed))).toEqual(["no-op PipelineRun/new"]);
    // The former name may be dropped afterwards.
    const clean = stack() + run("new", "userReference: u");
    expect(actionsOf(await planAfter(stage, clean))).toEqual(["no-op PipelineRun/new"]);
  });

  it("that changes as well is a new attempt of the same run", async () => {
    const stage = await applied(stack() + run("old"));
    await applyAfter(stage, stack() + run("new", "storage: Large", ", formerNames: [old]"));
    expect(attempts(stage.ica)).toEqual(["old 1", "new 2"]);
    const after = await planAfter(stage, stack() + run("new", "storage: Large", ", formerNames: [old]"));
    expect(actionsOf(after)).toEqual(["no-op PipelineRun/new"]);
  });

  it("leaves its old name free: whoever takes it is started, and never answered with the renamed run", async () => {
    const stage = await applied(stack() + run("old"));
    const renamed = stack() + run("new", "", ", formerNames: [old]");
    await applyAfter(stage, renamed);
    const both = stack() + run("new") + run("old");
    const plan = await planAfter(stage, both);
    expect(plan.changes[0]).toMatchObject({ address: "PipelineRun/old", action: "create", attempt: 2 });
    expect(plan.diagnostics).toMatchObject([
      { code: "name-used-before", help: expect.stringContaining("formerNames: [new]") },
    ]);
    await applyAfter(stage, both);
    expect(attempts(stage.ica)).toEqual(["new 1", "old 2"]);
    expect((await planAfter(stage, both)).summary).toMatchObject({ create: 0, unchanged: 2 });
  });

  it("of several attempts leaves none of them behind under its old name", async () => {
    const text = (name: string, x: number, more = "") => run(name, `input: { custom: { values: { x: ${x} } } }`, more);
    const stage = await applied(stack() + text("old", 1), "FAILED");
    await applyAfter(stage, stack() + text("old", 2));
    stage.ica.finish();
    await applyAfter(stage, stack() + text("new", 2, ", formerNames: [old]"));
    const alone = await planAfter(stage, stack() + text("new", 2));
    expect(actionsOf(alone)).toEqual(["no-op PipelineRun/new"]);
    for (const x of [1, 2, 3]) {
      const plan = await planAfter(stage, stack() + text("new", 2) + text("old", x));
      expect(actionsOf(plan)).toEqual(["create PipelineRun/old", "no-op PipelineRun/new"]);
      expect(plan.changes[0]?.attempt).toBe(3);
    }
  });

  it("does not start what reads its output again", async () => {
    const reading = (name: string) =>
      run(
        "down",
        `input: { custom: { text: "reads: 1", files: [{ output: PipelineRun/${name}, path: out/report.html }] } }`,
      );
    const stage = await applied(stack() + run("up"));
    await applyAfter(stage, stack() + run("up") + reading("up"));
    stage.ica.finish();
    const renamed = stack() + run("later", "", ", formerNames: [up]") + reading("later");
    const plan = await planAfter(stage, renamed);
    expect(actionsOf(plan)).toEqual(["update PipelineRun/later", "no-op PipelineRun/down"]);
    await applyAfter(stage, renamed);
    expect(actionsOf(await planAfter(stage, renamed))).toEqual(["no-op PipelineRun/down", "no-op PipelineRun/later"]);
    const other = renamed.replace("path: out/report.html", "path: out/other.html");
    expect(actionsOf(await planAfter(stage, other))[0]).toMatch(/(rerun|wait) PipelineRun\/down/);
  });

  it("that gets its old name back is the same run all the time", async () => {
    const stage = await applied(stack() + run("a"));
    for (const [name, former] of [
      ["b", "a"],
      ["c", "b"],
      ["a", "c"],
    ] as const) {
      const text = stack() + run(name, "", `, formerNames: [${former}]`);
      await applyAfter(stage, text);
      expect(actionsOf(await planAfter(stage, text))).toEqual([`no-op PipelineRun/${name}`]);
    }
    expect(attempts(stage.ica)).toEqual(["a 1"]);
    const tags = stage.ica.sim.analyses()[0]?.tags.technicalTags.filter((tag) => tag.startsWith("icaform.former="));
    expect(tags).toEqual(["icaform.former=a", "icaform.former=b", "icaform.former=c"]);
  });

  it("whose old name is nowhere recorded never passes for another run: that one fails, and says why", async () => {
    const stage = await applied(stack() + run("old"));
    await applyAfter(stage, stack() + run("new", "", ", formerNames: [old]"));
    const [analysis] = stage.ica.sim.analyses();
    // As an earlier icaform left it.
    await putTags(stage.ica, analysis?.id ?? "", (tags) => ({
      ...tags,
      technicalTags: tags.technicalTags.filter((tag) => !tag.startsWith("icaform.former=")),
    }));
    writeFileSync(join(stage.folder, "t.yaml"), stack() + run("new") + run("old"));
    const { results } = await applyTree(stage.folder, stage.ica.sim);
    expect(results).toMatchObject([
      {
        address: "PipelineRun/old",
        outcome: "failed",
        error: expect.stringContaining("is PipelineRun/new since it was renamed"),
      },
    ]);
  });

  it("without its former name is another run, and the old one an orphan", async () => {
    const stage = await applied(stack() + run("old"));
    const plan = await planAfter(stage, stack() + run("new"));
    expect(actionsOf(plan)).toEqual(["create PipelineRun/new", "orphan PipelineRun/old"]);
  });
});

describe("a run that moves", () => {
  it("to another project is another run there; the old one is an orphan", async () => {
    const stage = await applied(stack() + run("r"));
    const plan = await planAfter(stage, stack() + run("r", "project: archive"));
    expect(plan.changes.map(({ action, address, project }) => `${action} ${project} ${address}`)).toEqual([
      "create archive PipelineRun/r",
      "orphan prod PipelineRun/r",
    ]);
  });

  it("from a project's name to its id does not move at all", async () => {
    const stage = await applied(stack() + run("r"));
    expect(actionsOf(await planAfter(stage, stack() + run("r", `project: ${IDS.prod}`)))).toEqual([
      "no-op PipelineRun/r",
    ]);
    const byId = manifest("Stack", "lab", `{ project: ${IDS.prod} }`);
    expect(actionsOf(await planAfter(stage, byId + run("r")))).toEqual(["no-op PipelineRun/r"]);
  });
});

describe("a run that a newer icaform started", () => {
  it("is left alone: whether it changed cannot be told, which is said", async () => {
    const text = stack() + run("r");
    const stage = await applied(text);
    const [analysis] = stage.ica.sim.analyses();
    await putTags(stage.ica, analysis?.id ?? "", (tags) => ({
      ...tags,
      technicalTags: tags.technicalTags.map((tag) => tag.replace("icaform.spec=v1:", "icaform.spec=v2:")),
    }));
    stage.ica.forget();
    const plan = await planAfter(stage, text);
    expect(actionsOf(plan)).toEqual(["no-op PipelineRun/r"]);
    expect(plan.diagnostics).toMatchObject([{ severity: "warning", message: expect.stringContaining("newer") }]);
    await applyAfter(stage, text);
    expect(stage.ica.writes()).toEqual([]);
  });
});

describe("tags", () => {
  const TAGGED = "tags: { technical: [t], user: [u], reference: [r] }";

  it("that are new are added in place by PUT with If-Match; those of people stay", async () => {
    const stage = await applied(stack() + run("r", TAGGED));
    const { ica } = stage;
    const [analysis] = ica.sim.analyses();
    await putTags(ica, analysis?.id ?? "", (tags) => ({
      technicalTags: ["by-hand", ...tags.technicalTags],
      userTags: ["reviewed", ...tags.userTags],
      referenceTags: [...tags.referenceTags, "GRCh37"],
    }));
    ica.forget();
    expect(actionsOf(await planAfter(stage, stack() + run("r", TAGGED)))).toEqual(["no-op PipelineRun/r"]);

    const more = "tags: { technical: [t, t2], user: [u2, u], reference: [r] }";
    const plan = await planAfter(stage, stack() + run("r", more));
    expect(plan.changes).toMatchObject([{ action: "update" }]);
    expect(plan.changes[0]?.fields.map(({ path }) => path).sort()).toEqual(["tags.technicalTags", "tags.userTags"]);
    await applyAfter(stage, stack() + run("r", more));

    const [put, ...others] = ica.writes();
    expect(others).toEqual([]);
    expect(put).toMatchObject({ method: "PUT", path: `/api/projects/${IDS.prod}/analyses/${analysis?.id}` });
    expect(put?.headers["if-match"]).toMatch(/\S/);
    expect(put?.headers["content-type"]).toBe("application/vnd.illumina.v4+json");
    const tags = ica.sim.analyses()[0]?.tags;
    const own = tags?.technicalTags.filter((tag) => !tag.startsWith("icaform."));
    expect([...(own ?? [])].sort()).toEqual(["by-hand", "t", "t2"]);
    expect([...(tags?.userTags ?? [])].sort()).toEqual(["reviewed", "u", "u2"]);
    expect([...(tags?.referenceTags ?? [])].sort()).toEqual(["GRCh37", "r"]);
    expect(tags?.technicalTags.filter((tag) => tag.startsWith("icaform."))).toHaveLength(4);
    expect(actionsOf(await planAfter(stage, stack() + run("r", more)))).toEqual(["no-op PipelineRun/r"]);
  });

  it("stay as they are where their changes are ignored", async () => {
    const text = (tag: string) => stack() + run("r", `tags: { user: [${tag}] }, rerun: { ignoreChanges: [tags] }`);
    const stage = await applied(text("one"));
    expect(actionsOf(await planAfter(stage, text("two")))).toEqual(["no-op PipelineRun/r"]);
  });

  it("that are no longer declared are left in ICA: the plan comes to rest", async () => {
    const stage = await applied(stack() + run("r", TAGGED));
    await applyAfter(stage, stack() + run("r"));
    expect(stage.ica.creates()).toEqual([]);
    expect(actionsOf(await planAfter(stage, stack() + run("r")))).toEqual(["no-op PipelineRun/r"]);
    expect(stage.ica.sim.analyses()[0]?.tags.userTags).toEqual(["u"]);
  });

  it("that somebody changed between reading and writing are read again", async () => {
    const stage = await applied(stack() + run("r"));
    const { ica } = stage;
    ica.sim.control.addFaults({ match: { method: "PUT", times: 1 }, fault: "conflict" });
    await applyAfter(stage, stack() + run("r", TAGGED));
    expect(ica.writes().map(({ method, status }) => `${method} ${status}`)).toEqual(["PUT 409", "PUT 200"]);
    expect(ica.sim.analyses()[0]?.tags.userTags).toEqual(["u"]);
  });

  it("never make a rerun, and a rerun carries them", async () => {
    const stage = await applied(stack() + run("r"));
    await applyAfter(stage, stack() + run("r", `${TAGGED}, storage: Large`));
    expect(stage.ica.writes().map(({ method }) => method)).toEqual(["POST"]);
    expect(stage.ica.sim.analyses()[1]?.tags.userTags).toEqual(["u"]);
    expect(stage.ica.sim.analyses()[0]?.tags.userTags).toEqual([]);
  });
});

interface Tags {
  technicalTags: string[];
  userTags: string[];
  referenceTags: string[];
}

/** Somebody edits the tags of a run in ICA. */
async function putTags(ica: Lab, id: string, edit: (tags: Tags) => Tags): Promise<void> {
  const url = `${ica.sim.url}/api/projects/${IDS.prod}/analyses/${id}`;
  const type = "application/vnd.illumina.v4+json";
  const headers = { "x-api-key": ica.sim.apiKey, accept: type, "content-type": type };
  const analysis = (await (await fetch(url, { headers })).json()) as { tags: Tags };
  const body = JSON.stringify({ ...analysis, tags: edit(analysis.tags) });
  const response = await fetch(url, { method: "PUT", headers, body });
  expect(response.status).toBe(200);
}

describe("one more attempt by hand", () => {
  it("after a lost answer, and a listing that does not show it yet, is started once whatever the reason", async () => {
    const { ica, folder } = await applied(stack() + run("r"), "FAILED");
    ica.sim.control.advance(7200);
    ica.sim.control.set({ listingLag: 3_600_000 });
    ica.sim.control.addFaults({ match: { path: "analysis:nextflow", times: 3 }, fault: "lose-answer" });
    await applyTree(folder, ica.sim, { rerun: { r: "the disk was full" }, tries: 3 });
    ica.sim.control.clearFaults();
    await applyTree(folder, ica.sim, { rerun: { r: "the disk was full" } });
    await applyTree(folder, ica.sim, { rerun: { r: "typed once more" } });
    expect(attempts(ica)).toEqual(["r 1", "r 2"]);
    expect(tagOf(ica.sim.analyses()[1]?.tags ?? { technicalTags: [] }, "reason")).toBe("the disk was full");
  });
});
