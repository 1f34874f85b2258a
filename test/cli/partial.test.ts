/** An apply that does not come to its end in one go: what it leaves undone, what it says, and how to go on. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { lab, treeOf } from "../support/beside.ts";
import { COMMAND } from "../support/cli.ts";
import { planTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import { type Lab, tagOf } from "../support/simulator.ts";

const names = (ica: Lab) =>
  ica.sim
    .analyses()
    .map(({ tags }) => tagOf(tags, "run"))
    .sort();

function startApply(ica: Lab, folder: string) {
  return spawn(process.execPath, [COMMAND, "apply", folder, "--auto-approve"], {
    env: { PATH: process.env.PATH ?? "", ...ica.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const untilMade = async (ica: Lab, count: number) => {
  while (ica.sim.analyses().length < count) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe.concurrent("a run that fails", () => {
  it("stops only what waits for it, each of which names the run; the counts are true, and the next apply goes on", async () => {
    const match = { path: "analysis:nextflow", body: '"userReference":"a"' };
    const ica = await lab({ faults: [{ match, fault: "status-before", status: 400 }] });
    const folder = treeOf({
      "t.yaml":
        stack() +
        run("a") +
        run("b", "dependsOn: [PipelineRun/a]") +
        run("c", "dependsOn: [PipelineRun/b]") +
        run("free") +
        run("later", "dependsOn: [PipelineRun/free]"),
    });
    const { code, applied } = await ica.apply(folder);
    expect(code).toBe(3);
    expect(applied.summary).toEqual({ done: 1, failed: 1, skipped: 2, unknown: 0 });
    expect(applied.results).toMatchObject([
      { address: "PipelineRun/a", outcome: "failed", error: expect.stringContaining("400") },
      { address: "PipelineRun/free", outcome: "done" },
      { address: "PipelineRun/b", outcome: "skipped", error: expect.stringContaining("PipelineRun/a") },
      { address: "PipelineRun/c", outcome: "skipped", error: expect.stringContaining("PipelineRun/b") },
    ]);
    expect(names(ica)).toEqual(["free"]);
    ica.sim.control.clearFaults();
    for (const made of [
      ["a", "free"],
      ["a", "b", "free", "later"],
      ["a", "b", "c", "free", "later"],
    ]) {
      await ica.applied(folder);
      expect(names(ica)).toEqual(made);
      ica.finish();
    }
  });
});

describe.concurrent("an apply that nobody waits for any more", () => {
  it("ends at once at the second signal; the next one does what is left", async () => {
    const fault = { fault: "slow", delay: 20_000, when: "after" } as const;
    const ica = await lab({ faults: [{ match: { path: "analysis:nextflow" }, ...fault }] });
    const folder = treeOf({ "t.yaml": stack("limits: { concurrency: 1 }") + run("a") + run("b") });
    const child = startApply(ica, folder);
    await untilMade(ica, 1);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    child.kill("SIGINT");
    await new Promise((resolve) => child.stderr.once("data", resolve));
    const interruptedAt = Date.now();
    child.kill("SIGINT");
    expect(await ended).toBe(3);
    expect(Date.now() - interruptedAt).toBeLessThan(10_000);
    ica.sim.control.clearFaults();
    await ica.applied(folder);
    expect(names(ica)).toEqual(["a", "b"]);
  });

  it("does its work though nobody reads what it prints", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("a") + run("b") });
    const child = startApply(ica, folder);
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
    expect(names(ica)).toEqual(["a", "b"]);
  });
});

describe.concurrent("a saved plan", () => {
  it("that somebody has changed is refused with a reason, and nothing is sent", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const file = join(folder, "plan.json");
    await ica.icaform(["plan", folder, "--out", file]);
    const plan = JSON.parse(readFileSync(file, "utf8")) as Plan;
    const changes = plan.changes.map((change) => ({ ...change, attempt: 7 }));
    writeFileSync(file, JSON.stringify({ ...plan, changes }));
    const ran = await ica.icaform(["apply", file, "--auto-approve"]);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain("was changed after it was saved");
    expect(ica.writes()).toEqual([]);
  });

  it("has a digest that keys, comments, documents and pages do not change, in whatever order or size they come", async () => {
    const ica = await lab();
    const values = "input: { custom: { values: { x: 1, y: { p: 1, q: 2 } } } }";
    const turned = "storage: Large, input: { custom: { values: { y: { q: 2, p: 1 }, x: 1 } } }";
    const texts = [
      stack() + run("a", `${values}, storage: Large`) + run("b"),
      `# a comment\n${run("b")}${run("a", turned)}# another\n${stack("limits: { pageSize: 1 }")}`,
    ];
    const digests = [];
    for (const text of texts) digests.push((await planTree(treeOf({ "t.yaml": text }), ica.sim)).digest);
    expect(digests[1]).toBe(digests[0]);
  });
});
