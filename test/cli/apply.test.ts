/** `apply` from the outside: what it does, prints and exits with. */
import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { lab, treeOf } from "../support/beside.ts";
import { applyTree } from "../support/engine.ts";
import { credential, run, runFromBucket, SECRETS, stack } from "../support/manifests.ts";
import { tagOf } from "../support/simulator.ts";

const runNames = (analyses: { tags: { technicalTags: readonly string[] } }[]) =>
  analyses.map(({ tags }) => tagOf(tags, "run")).sort();

describe.concurrent("without a terminal", () => {
  it("apply refuses unless it is told to go on, and sends nothing", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const ran = await ica.icaform(["apply", folder]);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain("--auto-approve");
    expect(ica.writes()).toEqual([]);
  });

  it("there is nothing to refuse when there is nothing to do", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    await applyTree(folder, ica.sim);
    expect(await ica.icaform(["apply", folder])).toMatchObject({ code: 0, stderr: "" });
  });
});

describe.concurrent("apply", () => {
  it("does what the plan said, once: the second sends no write", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("a") + run("b") });
    const planned = await ica.plan(folder);
    const applied = await ica.applied(folder);
    expect(applied).toMatchObject({
      formatVersion: "1.0",
      digest: planned.digest,
      summary: { done: 2, failed: 0, skipped: 0, unknown: 0 },
    });
    for (const [index, { id, reference }] of ica.sim.analyses().entries()) {
      const address = `PipelineRun/${["a", "b"][index]}`;
      expect(applied.results).toContainEqual(
        expect.objectContaining({ address, action: "create", outcome: "done", analysisId: id, reference }),
      );
    }
    ica.forget();
    expect(await ica.applied(folder)).toMatchObject({ summary: { done: 0 }, results: [] });
    expect(ica.writes()).toEqual([]);
    expect((await ica.plan(folder)).summary).toMatchObject({ create: 0, unchanged: 2 });
  });

  it("prints the plan and each result as text, without colour where nobody looks", async () => {
    const ica = await lab();
    const ran = await ica.icaform(["apply", treeOf({ "t.yaml": stack() + run("a") }), "--auto-approve"]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/^2 calls in \d+ s \(estimated: 2 calls, 1 s\)\n$/);
    expect(ran.stdout).toMatch(/^\+ PipelineRun\/a/m);
    expect(ran.stdout).toMatch(/^done {4}PipelineRun\/a \(create\)/m);
    expect(ran.stdout).toMatch(/Apply: 1 done\.\n$/);
    expect(ran.stdout).not.toContain("\u001b");
  });
});

describe.concurrent("exit codes of apply", () => {
  it("3 when one run fails: the others are done, the failure says why, and the next apply does only the rest", async () => {
    const refusal = { fault: "status-before", status: 400 } as const;
    const ica = await lab({
      faults: [{ match: { path: "analysis:nextflow", body: '"userReference":"b"' }, ...refusal }],
    });
    const folder = treeOf({ "t.yaml": stack() + run("a") + run("b") + run("c") });
    const { code, applied, stderr } = await ica.apply(folder);
    expect(code).toBe(3);
    expect(applied.summary).toEqual({ done: 2, failed: 1, skipped: 0, unknown: 0 });
    const failed = applied.results.find(({ address }) => address === "PipelineRun/b");
    expect(failed).toMatchObject({ outcome: "failed", action: "create", error: expect.stringContaining("400") });
    expect(stderr).not.toMatch(/\n\s+at /);
    ica.sim.control.clearFaults();
    ica.forget();
    expect((await ica.applied(folder)).results).toMatchObject([{ address: "PipelineRun/b", outcome: "done" }]);
    expect(ica.creates()).toHaveLength(1);
    expect(runNames(ica.sim.analyses())).toEqual(["a", "b", "c"]);
  });

  it("3 when a run is skipped, as its credential could not be made; what does not need it is done", async () => {
    const ica = await lab({
      faults: [{ match: { method: "POST", path: "storageCredentials" }, fault: "status-before", status: 400 }],
    });
    const folder = treeOf({ "t.yaml": stack() + credential("s3") + runFromBucket("needs", "s3") + run("free") });
    const { code, applied } = await ica.apply(folder, [], SECRETS);
    expect(code).toBe(3);
    expect(applied.summary).toEqual({ done: 1, failed: 1, skipped: 1, unknown: 0 });
    expect(applied.results.find(({ outcome }) => outcome === "skipped")).toMatchObject({
      address: "PipelineRun/needs",
      error: expect.stringContaining("StorageCredential/s3"),
    });
    expect(runNames(ica.sim.analyses())).toEqual(["free"]);
  });

  it("1 when a secret is not set: all of them are named and nothing is sent, though other runs need none", async () => {
    const ica = await lab();
    const folder = treeOf({
      "t.yaml":
        stack() +
        credential("s3") +
        run("free") +
        run("token", "input: { form: { parameters: { t: { env: LAB_TOKEN }, u: { env: LAB_OTHER } } } }"),
    });
    const help = "set it and apply again";
    const missing = (name: string) => ({
      ...{ severity: "error", code: "secret-missing", file: expect.stringContaining("t.yaml"), help },
      ...{ line: expect.any(Number), message: `nothing was sent: the environment variable ${name} is not set` },
    });
    const ALL_MISSING = ["LAB_TOKEN", "LAB_OTHER"].map((name) => expect.objectContaining(missing(name)));
    for (const env of [{}, { ...SECRETS, LAB_TOKEN: "" }] as Record<string, string>[]) {
      const { code, stdout, stderr } = await ica.apply(folder, [], env);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ diagnostics: expect.arrayContaining(ALL_MISSING) });
      expect(stderr).toContain("LAB_TOKEN");
      expect(stderr).toContain("LAB_OTHER");
      expect(stderr).toMatch(/nothing was sent/);
    }
    expect(ica.writes()).toEqual([]);
    expect(ica.sim.credentials()).toEqual([]);
  });

  it("1 for a tree with mistakes, with the mistakes as one JSON document", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r", "dependson: []") });
    for (const command of ["plan", "apply", "validate"]) {
      const ran = await ica.icaform([command, folder, "--format", "json"]);
      expect(ran.code, command).toBe(1);
      const document = JSON.parse(ran.stdout) as { diagnostics: unknown[] };
      expect(document.diagnostics).toMatchObject([{ severity: "error", code: "unknown-key" }]);
    }
    expect(ica.sim.requests).toEqual([]);
  });

  it("2 of plan --detailed-exitcode while there is something to do or to wait for, else 0", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("a") + run("b", "dependsOn: [PipelineRun/a]") });
    const exitCode = async (...args: string[]) => (await ica.icaform(["plan", folder, ...args])).code;
    expect(await exitCode()).toBe(0);
    expect(await exitCode("--detailed-exitcode")).toBe(2);
    await applyTree(folder, ica.sim);
    expect(await exitCode("--detailed-exitcode")).toBe(2);
    ica.finish();
    await applyTree(folder, ica.sim);
    expect(await exitCode("--detailed-exitcode")).toBe(0);
    expect(await exitCode("--detailed-exitcode", "--format", "json")).toBe(0);
  });
});

describe.concurrent("--format json", () => {
  it("is one document and nothing else on stdout, whatever is logged", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("a"), "notes.yaml": "just: notes\n" });
    for (const args of [["plan"], ["apply", "--auto-approve"], ["apply", "--auto-approve"], ["validate"]]) {
      const ran = await ica.icaform([...args, folder, "--format", "json", "--log-level", "debug"]);
      expect(ran.code, ran.stderr).toBe(0);
      expect(JSON.parse(ran.stdout)).toMatchObject({ formatVersion: "1.0" });
    }
  });

  it("has the keys of the contract", async () => {
    const ica = await lab();
    const folder = treeOf({
      "t.yaml": stack() + run("a", "outputs: [{ source: out/, target: /results/, actionOnExist: Rename }]"),
    });
    const plan = await ica.plan(folder);
    expect(Object.keys(plan)).toEqual(
      expect.arrayContaining([
        "formatVersion",
        "stack",
        "server",
        "digest",
        "summary",
        "changes",
        "requests",
        "diagnostics",
      ]),
    );
    expect(plan).toMatchObject({
      stack: "lab",
      server: ica.sim.url,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(Object.keys(plan.summary).sort()).toEqual(
      ["abort", "create", "orphan", "rerun", "unchanged", "update", "wait"].sort(),
    );
    const [change] = plan.changes;
    expect(change).toMatchObject({ address: "PipelineRun/a", action: "create", project: "prod" });
    for (const key of ["reason", "fields", "patch", "effects"]) expect(change).toHaveProperty(key);
    for (const field of change?.fields ?? [])
      expect(Object.keys(field)).toEqual(expect.arrayContaining(["path", "sensitive"]));
    for (const operation of change?.patch ?? [])
      expect(operation).toMatchObject({ op: "add", path: expect.stringMatching(/^\//) });
    for (const effect of change?.effects ?? []) {
      expect(Object.keys(effect)).toEqual(expect.arrayContaining(["target", "action", "files", "bytes"]));
    }
    const { results } = await ica.applied(folder);
    expect(Object.keys(results[0] ?? {})).toEqual(
      expect.arrayContaining(["address", "action", "outcome", "analysisId", "reference"]),
    );
  });

  it("of a plan that policy refuses is still the plan, with the refusal among its diagnostics", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack("policy: { maxCreates: 1 }") + run("a") + run("b") });
    const ran = await ica.icaform(["plan", folder, "--format", "json"]);
    expect(ran.code).toBe(4);
    const plan = JSON.parse(ran.stdout) as Plan;
    expect(plan.summary.create).toBe(2);
    expect(plan.diagnostics).toMatchObject([{ severity: "error", message: expect.stringContaining("maxCreates") }]);
  });
});

describe.concurrent("policy", () => {
  it.each([["plan"], ["apply", "--auto-approve"], ["plan", "--detailed-exitcode"]])(
    "beyond it %s %s shows the plan, says what is refused and exits 4",
    async (...args) => {
      const ica = await lab();
      const tree = (limit: number) =>
        treeOf({ "t.yaml": stack(`policy: { maxCreates: ${limit} }`) + run("a") + run("b") });
      const ran = await ica.icaform([...args, tree(1)]);
      expect(ran.code).toBe(4);
      expect(ran.stdout).toMatch(/^\+ PipelineRun\/a/m);
      expect(ran.stderr).toMatch(/maxCreates.*2.*1.*PipelineRun\/a/);
      expect(ica.writes()).toEqual([]);
    },
  );
});

describe.concurrent("--target", () => {
  it("names what to do", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("a") + run("b") });
    await ica.applied(folder, ["--target", "PipelineRun/b"]);
    expect(runNames(ica.sim.analyses())).toEqual(["b"]);
  });

  it("that is not declared is an error with what was meant", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("wgs-1") });
    const ran = await ica.icaform(["apply", folder, "--auto-approve", "--target", "PipelineRun/wgs-l"]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("did you mean `PipelineRun/wgs-1`");
    expect(ica.writes()).toEqual([]);
  });
});

describe.concurrent("--prune", () => {
  it("counts as something to do; without it an orphan does not", async () => {
    const ica = await lab();
    await applyTree(treeOf({ "t.yaml": stack() + run("gone") }), ica.sim);
    const folder = treeOf({ "t.yaml": stack() });
    expect((await ica.icaform(["plan", folder, "--detailed-exitcode"])).code).toBe(0);
    expect((await ica.icaform(["plan", folder, "--detailed-exitcode", "--prune"])).code).toBe(2);
    const { results } = await ica.applied(folder, ["--prune"]);
    expect(results).toMatchObject([{ address: "PipelineRun/gone", action: "abort", outcome: "done" }]);
    expect(ica.sim.analyses()[0]?.status).toMatch(/^ABORT/);
  });
});
