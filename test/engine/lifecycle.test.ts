/** Chains of runs, targets, what is no longer declared, and the stack's policy. */
import { describe, expect, it } from "vitest";
import { applyTree, planTree, refusalsOf } from "../support/engine.ts";
import { credential, run, runFromBucket, SECRETS, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, lab, tagOf } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const runNames = (ica: Lab) =>
  ica.sim
    .analyses()
    .map(({ tags }) => tagOf(tags, "run"))
    .sort();

const treeWith = (text: string) => treeOf({ "t.yaml": text });

describe("a chain of runs", () => {
  it("starts each once the one before has succeeded", async () => {
    const ica = await lab();
    const folder = treeWith(
      stack() +
        run("c", "dependsOn: [PipelineRun/b]") +
        run("b", "dependsOn: [PipelineRun/a]") +
        run("a") +
        run("d", "dependsOn: [PipelineRun/a, PipelineRun/c]"),
    );
    for (const started of [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]]) {
      await applyTree(folder, ica.sim);
      expect(runNames(ica)).toEqual(started);
      // Nothing moves while the last one is under way.
      expect((await applyTree(folder, ica.sim)).results).toEqual([]);
      ica.finish();
    }
    expect((await planTree(folder, ica.sim)).summary).toMatchObject({ create: 0, wait: 0, unchanged: 4 });
  });

  it.each(["FAILED", "FAILED_FINAL", "ABORTED"] as const)("stops behind a run that ended %s", async (status) => {
    const ica = await lab();
    const folder = treeWith(stack() + run("a") + run("b", "dependsOn: [PipelineRun/a]"));
    await applyTree(folder, ica.sim);
    ica.sim.control.setStatus(ica.sim.analyses()[0]?.id ?? "", status);
    const plan = await planTree(folder, ica.sim);
    expect(actionsOf(plan)).toEqual(["wait PipelineRun/b", "no-op PipelineRun/a"]);
    expect(plan.changes[0]?.reason).toContain(`PipelineRun/a ended ${status}`);
    expect(plan.diagnostics).toMatchObject([{ severity: "warning" }]);
    expect((await applyTree(folder, ica.sim)).results).toEqual([]);
    expect(runNames(ica)).toEqual(["a"]);
  });
});

describe("a target", () => {
  it("is done with what it depends on, and nothing else", async () => {
    const ica = await lab();
    const folder = treeWith(
      stack() +
        credential("s3") +
        credential("unused") +
        runFromBucket("a", "s3") +
        run("b", "dependsOn: [PipelineRun/a]") +
        run("c"),
    );
    const { plan } = await applyTree(folder, ica.sim, { targets: ["PipelineRun/b"], secrets: SECRETS });
    expect(actionsOf(plan)).toEqual(["create PipelineRun/a", "create StorageCredential/s3", "wait PipelineRun/b"]);
    expect(runNames(ica)).toEqual(["a"]);
    expect(ica.sim.credentials().map(({ name }) => name)).toEqual(["s3"]);
    const targets = ["PipelineRun/c", "StorageCredential/unused"];
    await applyTree(folder, ica.sim, { targets, secrets: SECRETS });
    expect(runNames(ica)).toEqual(["a", "c"]);
    expect(ica.sim.credentials().map(({ name }) => name)).toEqual(["s3", "unused"]);
  });

  it("leaves out of sight what is not declared, though --prune is given", async () => {
    const ica = await lab();
    await applyTree(treeWith(stack() + run("a") + run("b")), ica.sim);
    const folder = treeWith(stack() + run("b"));
    const plan = await planTree(folder, ica.sim, { targets: ["PipelineRun/b"], prune: true });
    expect(actionsOf(plan)).toEqual(["no-op PipelineRun/b"]);
  });
});

describe("what is no longer declared", () => {
  it("is reported, and aborted only if it is still active and --prune is given", async () => {
    const ica = await lab();
    await applyTree(
      treeWith(stack() + ["kept", "done", "active", "failed"].map((name) => run(name)).join("")),
      ica.sim,
    );
    await applyTree(treeWith(stack("", "other") + run("active") + run("elsewhere")), ica.sim);
    const idOf = (stackName: string, name: string) =>
      ica.sim.analyses().find(({ tags }) => tagOf(tags, "stack") === stackName && tagOf(tags, "run") === name)?.id ??
      "";
    ica.sim.control.setStatus(idOf("lab", "done"), "SUCCEEDED");
    ica.sim.control.setStatus(idOf("lab", "failed"), "FAILED");

    const folder = treeWith(stack() + run("kept"));
    ica.forget();
    const { plan } = await applyTree(folder, ica.sim);
    const orphans = ["active", "done", "failed"].map((name) => `orphan PipelineRun/${name}`);
    expect(actionsOf(plan)).toEqual([...orphans, "no-op PipelineRun/kept"]);
    expect(ica.writes()).toEqual([]);

    const pruned = await applyTree(folder, ica.sim, { prune: true });
    expect(actionsOf(pruned.plan)).toEqual([
      "abort PipelineRun/active",
      "orphan PipelineRun/done",
      "orphan PipelineRun/failed",
      "no-op PipelineRun/kept",
    ]);
    expect(ica.writes().map(({ path }) => path.split("/").at(-1))).toEqual([`${idOf("lab", "active")}:abort`]);
  });

  it("is aborted in all attempts that are still active", async () => {
    const ica = await lab();
    await applyTree(treeWith(stack() + run("r")), ica.sim);
    await applyTree(treeWith(stack() + run("r", "storage: Large")), ica.sim);
    ica.forget();
    await applyTree(treeWith(stack()), ica.sim, { prune: true });
    expect(ica.writes().filter(({ path }) => path.endsWith(":abort"))).toHaveLength(2);
  });

  it("is found in every project that the tree names", async () => {
    const ica = await lab();
    await applyTree(treeWith(stack() + run("here") + run("there", "project: archive")), ica.sim);
    const other = run("new", "outputs: [{ source: o/, target: /o/, project: archive, actionOnExist: Skip }]");
    const plan = await planTree(treeWith(stack() + other), ica.sim);
    expect(plan.changes.map(({ action, project, address }) => `${action} ${project} ${address}`)).toEqual([
      "create prod PipelineRun/new",
      "orphan prod PipelineRun/here",
      "orphan archive PipelineRun/there",
    ]);
  });
});

describe("policy", () => {
  it("counts creates", async () => {
    const ica = await lab();
    const refusals = (limit: number) =>
      refusalsOf(treeWith(stack(`policy: { maxCreates: ${limit} }`) + run("a") + run("b")), ica.sim);
    expect(await refusals(1)).toEqual([expect.stringMatching(/maxCreates.*2.*1.*PipelineRun\/a/)]);
    expect(await refusals(0)).toHaveLength(1);
    expect(await refusals(2)).toEqual([]);
  });

  it("lets 10 reruns through and refuses 11, unless the stack says otherwise", async () => {
    const ica = await lab();
    const runs = Array.from({ length: 11 }, (_, index) => run(`r${index}`));
    const edited = (count: number, policy = "") =>
      treeWith(
        stack(`defaults: { storage: Large }${policy}`) +
          runs.slice(0, count).join("") +
          runs.slice(count).join("").replaceAll("{ pipeline: nf", "{ storage: Small, pipeline: nf"),
      );
    await applyTree(treeWith(stack("defaults: { storage: Small }") + runs.join("")), ica.sim);
    ica.finish();
    expect(await refusalsOf(edited(11), ica.sim)).toEqual([expect.stringMatching(/maxReruns.*11.*10/)]);
    expect(await refusalsOf(edited(10), ica.sim)).toEqual([]);
    expect(await refusalsOf(edited(11, ", policy: { maxReruns: 11 }"), ica.sim)).toEqual([]);
    expect(await refusalsOf(edited(1, ", policy: { maxReruns: 0 }"), ica.sim)).toHaveLength(1);
  });

  it("counts aborts", async () => {
    const ica = await lab();
    await applyTree(treeWith(stack() + run("a") + run("b")), ica.sim);
    const refusals = (limit: number, prune: boolean) =>
      refusalsOf(treeWith(stack(`policy: { maxAborts: ${limit} }`)), ica.sim, { prune });
    expect(await refusals(1, true)).toEqual([expect.stringMatching(/maxAborts.*2.*1/)]);
    expect(await refusals(2, true)).toEqual([]);
    expect(await refusals(0, false)).toEqual([]);
  });

  it("forbids Overwrite where it is the effective action, written or not, also of a run that still waits", async () => {
    const ica = await lab();
    const refusals = (defaults: string, mapping: string, more = "") =>
      refusalsOf(
        treeWith(
          stack(`policy: { forbidOverwrite: true }${defaults}`) +
            run("up") +
            run("r", `outputs: [{ source: out/, target: /results/${mapping} }]${more}`),
        ),
        ica.sim,
      );
    const refused = [expect.stringMatching(/forbidOverwrite.*PipelineRun\/r.*\/results\//)];
    expect(await refusals("", "")).toEqual(refused);
    expect(await refusals("", ", actionOnExist: overwrite")).toEqual(refused);
    expect(await refusals(", defaults: { actionOnExist: Overwrite }", "")).toEqual(refused);
    expect(await refusals("", "", ", dependsOn: [PipelineRun/up]")).toEqual(refused);
    expect(await refusals(", defaults: { actionOnExist: Rename }", "")).toEqual([]);
    expect(await refusals("", ", actionOnExist: Skip")).toEqual([]);
  });

  it("does not look back at what has run", async () => {
    const ica = await lab();
    const outputs = "outputs: [{ source: out/, target: /results/ }]";
    await applyTree(treeWith(stack() + run("r", outputs)), ica.sim);
    const policy = "policy: { forbidOverwrite: true, maxCreates: 0, maxReruns: 0, maxAborts: 0 }";
    expect(await refusalsOf(treeWith(stack(policy) + run("r", outputs)), ica.sim)).toEqual([]);
  });
});
