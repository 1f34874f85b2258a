/** What runs cost: estimates in plans, a limit in policy, prices in status. */
import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import type { SeedAnalysis } from "../../src/simulator/seedTypes.ts";
import { lab, treeOf } from "../support/beside.ts";
import { applyTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import type { Lab } from "../support/simulator.ts";
import { WORLD } from "../support/world.ts";

/** Succeeded runs of `nf` on Small, oldest first; the newest twenty cost 1 to 20 iCredits. */
const HISTORY: SeedAnalysis[] = [
  ...Array.from({ length: 5 }, (_, index) => earlier(index + 1, { price: 900 })),
  ...Array.from({ length: 20 }, (_, index) => earlier(index + 6, { price: index + 1 })),
  earlier(27, { price: 500, status: "FAILED" }),
  earlier(27, { price: 600, storage: "Large" }),
  earlier(27, { price: 700, project: "archive" }),
  earlier(27, { price: 800, pipeline: "cwl" }),
];

function earlier(day: number, more: Partial<SeedAnalysis>): SeedAnalysis {
  const timeCreated = `2026-09-${String(day).padStart(2, "0")}T00:00:00Z`;
  return { project: "prod", pipeline: "nf", storage: "Small", userReference: `earlier-${day}`, timeCreated, ...more };
}

const priced = (analyses: SeedAnalysis[] = HISTORY) => lab({ seed: { ...WORLD, analyses } });
const usageCalls = (ica: Lab) => ica.sim.requests.filter(({ path }) => path.endsWith("/usage")).length;

describe.concurrent("plan --estimate", () => {
  it("adds what each start is likely to cost, from the newest twenty like it, and the total", async () => {
    const ica = await priced();
    const folder = treeOf({
      "t.yaml":
        stack("limits: { pageSize: 1000 }") +
        run("a") +
        run("b") +
        run("c", "storage: Medium") +
        run("d", "dependsOn: [PipelineRun/a]"),
    });
    const plan = await ica.plan(folder, ["--estimate"]);
    expect(plan.changes.map(({ credits }) => credits)).toEqual([
      { median: 10.5, p90: 18.1, runs: 20 },
      { median: 10.5, p90: 18.1, runs: 20 },
      undefined,
      undefined,
    ]);
    expect(plan.credits).toEqual({ median: 21, p90: 36.2, estimated: 2, runs: 20, unknown: 1, waiting: 1, calls: 21 });
    expect(usageCalls(ica)).toBe(20);
    ica.forget();
    const bare: Plan = await ica.plan(folder);
    expect([bare.credits, usageCalls(ica), bare.digest]).toEqual([undefined, 0, plan.digest]);
    expect(ica.writes()).toEqual([]);
  });

  it("is told in every format, never without the runs that it rests on", async () => {
    const ica = await priced();
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const [text, markdown, html] = await Promise.all(
      ["text", "markdown", "html"].map((format) => ica.icaform(["plan", folder, "--estimate", "--format", format])),
    );
    expect(text?.stdout).toContain(
      "    costs about 10.5 iCredits, 18.1 at the 90th percentile (of 20 succeeded runs)\n",
    );
    expect(text?.stdout).toContain(
      "Cost: about 10.5 iCredits for 1 run, 18.1 at the 90th percentile (rests on 20 succeeded runs, 21 calls)\n",
    );
    for (const { stdout } of [markdown, html].flatMap((one) => one ?? [])) {
      expect(stdout.match(/10\.5 iCredits/g)).toHaveLength(2);
      expect(stdout.match(/20 succeeded runs/g)).toHaveLength(2);
    }
  });

  it("asks older runs where ICA is still reckoning the newest, and tells of runs that nobody knows the price of", async () => {
    const ica = await priced();
    const priceless = await lab({ seed: { ...WORLD, analyses: [earlier(1, { status: "FAILED", price: 3 })] } });
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    ica.sim.control.addFaults({ match: { path: "/usage$", times: 5 }, fault: "status-before", status: 404 });
    const { changes, credits } = await ica.plan(folder, ["--estimate"]);
    expect(changes[0]?.credits).toEqual({ runs: 20, median: 10.5, p90: 900 });
    expect([credits?.calls, usageCalls(ica)]).toEqual([26, 25]);
    const { stdout } = await priceless.icaform(["plan", folder, "--estimate"]);
    expect(stdout).toContain("Cost: no succeeded run tells the price of 1 run\n");
    expect(stdout).not.toContain("costs about");
  });
});

describe.concurrent("policy.maxCredits", () => {
  it("refuses plan and apply beyond it with exit code 4, and nothing is sent", async () => {
    const ica = await priced();
    const folder = (limit: number) =>
      treeOf({ "t.yaml": stack(`policy: { maxCredits: ${limit} }`) + run("a") + run("b") });
    for (const args of [
      ["plan", folder(36)],
      ["apply", folder(36), "--auto-approve"],
    ]) {
      const ran = await ica.icaform(args);
      expect(ran.code).toBe(4);
      expect(ran.stderr).toContain("policy.maxCredits: the plan may cost 36.2 iCredits, 36 allowed");
    }
    expect(ica.writes()).toEqual([]);
    expect(await ica.icaform(["apply", folder(37), "--auto-approve"])).toMatchObject({ code: 0 });
    expect(ica.creates()).toHaveLength(2);
  });

  it("is of all rounds of apply --wait: a later level that goes beyond it with the first is not started", async () => {
    const ica = await priced();
    const text = stack("policy: { maxCredits: 20 }") + run("a") + run("b", "dependsOn: [PipelineRun/a]");
    const timer = setInterval(() => ica.finish(), 50);
    const args = ["--auto-approve", "--wait", "--interval", "50ms"];
    const ran = await ica.icaform(["apply", treeOf({ "t.yaml": text }), ...args]).finally(() => clearInterval(timer));
    expect(ran.code).toBe(4);
    expect(ran.stderr).toMatch(/nothing more is started.*\n.*policy\.maxCredits: the plan may cost 3\d.* 20 allowed/);
    expect(ran.stdout).toMatch(
      /skipped PipelineRun\/b .*\n.*: nothing more is started: .*policy\ndone {4}PipelineRun\/a /,
    );
    expect(ica.creates()).toHaveLength(1);
  });

  it("refuses what has no history, and says the way out", async () => {
    const ica = await lab();
    const ran = await ica.icaform(["plan", treeOf({ "t.yaml": stack("policy: { maxCredits: 1000 }") + run("a") })]);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain(
      "no price of a succeeded run like 1 of those to be started (PipelineRun/a: nf on Small)",
    );
    expect(ran.stderr).toContain("start a first one with maxCredits left out");
  });
});

describe.concurrent("status --cost", () => {
  it("shows what finished runs cost, and of how many that is known", async () => {
    const ica = await lab();
    const folder = treeOf({
      "t.yaml": stack() + run("a") + run("b") + run("c") + run("d") + run("e", "dependsOn: [PipelineRun/d]"),
    });
    await applyTree(folder, ica.sim);
    const [a, b, c] = ica.sim.analyses();
    ica.sim.control.setStatus(a?.id ?? "", "SUCCEEDED");
    ica.sim.control.setStatus(b?.id ?? "", "FAILED");
    ica.sim.control.setStatus(c?.id ?? "", "ABORTED");
    // "It may take several minutes for the information to become available" (OpenAPI).
    const soon = await ica.icaform(["status", folder, "--cost"]);
    expect(soon.stdout).toContain(
      "Cost: 0 iCredits of 0 finished runs, newest attempts; 2 not priced by ICA, or not yet\n",
    );
    ica.sim.control.advance(120);
    ica.forget();
    const { stdout } = await ica.icaform(["status", folder, "--cost", "--format", "json"]);
    const { cost, results } = JSON.parse(stdout);
    expect(cost).toEqual({ credits: 20, runs: 2, unpriced: 0, notAsked: 0 });
    expect(results.map(({ credits }: { credits?: number }) => credits)).toEqual([
      10,
      10,
      undefined,
      undefined,
      undefined,
    ]);
    expect(usageCalls(ica)).toBe(2);
    ica.forget();
    const bare = await ica.icaform(["status", folder]);
    expect([bare.stdout.includes("iCredits"), usageCalls(ica)]).toEqual([false, 0]);
  });
});
