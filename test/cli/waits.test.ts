/** What takes real time: waits, kills and two processes at once. */
import { describe, expect, it } from "vitest";
import { lab, treeOf } from "../support/beside.ts";
import { expectClearError } from "../support/clear-error.ts";
import { icaform, startIcaform } from "../support/cli.ts";
import { deadPort } from "../support/http.ts";
import { run, stack } from "../support/manifests.ts";
import { type Applied, actionsOf, type Lab, tagOf } from "../support/simulator.ts";
import { WORLD } from "../support/world.ts";

const RUNS = ["a", "b", "c"];
const TREE = stack() + RUNS.map((name) => run(name)).join("");
const ONE_AT_A_TIME = stack("limits: { concurrency: 1 }") + RUNS.map((name) => run(name)).join("");

const BOB = "key-of-bob-for-the-tests";
const SEED = { ...WORLD, users: [...WORLD.users, { name: "bob", apiKey: BOB }] };

const treeWith = (text: string) => treeOf({ "t.yaml": text });

/** A lab in which a create takes a while: before it is carried out, or before its answer. */
function slowLab(delay: number, when: "before" | "after"): Promise<Lab> {
  return lab({ seed: SEED, faults: [{ match: { path: "analysis:nextflow" }, fault: "slow", delay, when }] });
}

const startApply = (ica: Lab, folder: string, env: Record<string, string> = {}) =>
  startIcaform(["apply", folder, "--auto-approve", "--format", "json"], { ...ica.env, ...env });

const names = (ica: Lab) =>
  ica.sim
    .analyses()
    .map(({ tags }) => tagOf(tags, "run"))
    .sort();

/** Waits until ICA has made so many runs, whether or not it has answered. */
async function untilMade(ica: Lab, count: number): Promise<void> {
  while (ica.sim.analyses().length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.concurrent("icaform demo", () => {
  it("walks through the whole story and exits 0", { timeout: 60_000 }, async () => {
    const ran = await icaform(["demo"]);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/429/);
    expect(ran.stdout).toMatch(/nothing to do/);
    expect(ran.stdout).toMatch(/20 → 30/);
    expect(ran.stdout).toMatch(/one idempotency key/);
  });
});

describe.concurrent("no network", () => {
  it("a refused connection is one line that names no secret", async () => {
    const ica = await lab({});
    const env = { ICA_SERVER: `http://127.0.0.1:${await deadPort()}/ica/rest` };
    const ran = await ica.icaform(["plan", treeWith(TREE)], { env });
    expectClearError(ran, /ECONNREFUSED|refused|connect/i);
    expect(ran.stderr).not.toContain(ica.sim.apiKey);
  });

  it("a host that does not exist is one line", async () => {
    const ica = await lab({});
    const ran = await ica.icaform(["plan", treeWith(TREE), "--server", "https://ica.invalid/ica/rest"]);
    expectClearError(ran, /ica\.invalid|ENOTFOUND|EAI_AGAIN|host/i);
  });
});

describe.concurrent("a 429 storm", () => {
  it("slows the work down and loses nothing", async () => {
    const ica = await lab({ switches: { rate: 10, burst: 2, speed: 0, retryAfter: "none" } });
    const { summary } = await ica.applied(treeWith(TREE));
    expect(summary).toEqual({ done: 3, failed: 0, skipped: 0, unknown: 0 });
    expect(names(ica)).toEqual(RUNS);
    expect(ica.sim.requests.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  });

  it("that does not end is given up, with nothing started", async () => {
    const storm = { fault: "status-before", status: 429, retryAfter: 0 } as const;
    const ica = await lab({ faults: [{ match: { path: "analysis:nextflow" }, ...storm }] });
    const { code, applied, stderr } = await ica.apply(treeWith(stack() + run("r")));
    expect(code).toBe(3);
    expect(applied.summary).toMatchObject({ done: 0, failed: 1 });
    expect(applied.results[0]?.error).toMatch(/429/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(ica.sim.analyses()).toEqual([]);
    expect(ica.creates().length).toBeGreaterThan(2);
    expect(ica.creates().length).toBeLessThan(20);
  });
});

describe.concurrent("an apply that is killed", () => {
  it("after a run was made, before its answer: the next one starts only what is missing", async () => {
    const ica = await slowLab(400, "after");
    const folder = treeWith(ONE_AT_A_TIME);
    const { child, ended } = startApply(ica, folder);
    await untilMade(ica, 1);
    child.kill("SIGKILL");
    expect((await ended).code).toBeNull();
    ica.sim.control.clearFaults();
    expect((await ica.applied(folder)).summary).toMatchObject({ failed: 0, unknown: 0 });
    expect(names(ica)).toEqual(RUNS);
    expect(actionsOf(await ica.plan(folder))).toEqual(RUNS.map((name) => `no-op PipelineRun/${name}`));
  });
});

describe.concurrent("an apply that is interrupted", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "by %s sends nothing more, settles what is in flight, and exits 3",
    async (signal) => {
      const ica = await slowLab(300, "after");
      const folder = treeWith(ONE_AT_A_TIME);
      const { child, ended } = startApply(ica, folder);
      await untilMade(ica, 1);
      child.kill(signal);
      const { code, stdout, stderr } = await ended;
      expect(code, stderr).toBe(3);
      expect(stderr).toContain("interrupted");
      expect(stderr).not.toMatch(/\n\s+at /);
      const { summary, results } = JSON.parse(stdout) as Applied;
      expect(summary).toEqual({ done: 1, failed: 0, skipped: 2, unknown: 0 });
      expect(names(ica)).toHaveLength(1);
      const done = results.find(({ outcome }) => outcome === "done");
      expect(done?.analysisId).toBe(ica.sim.analyses()[0]?.id);
      ica.sim.control.clearFaults();
      await ica.applied(folder);
      expect(names(ica)).toEqual(RUNS);
    },
  );
});

describe.concurrent("two applies at once", () => {
  it("by one user start each run once, and both say so", async () => {
    const ica = await slowLab(200, "before");
    const folder = treeWith(TREE);
    const both = await Promise.all([startApply(ica, folder).ended, startApply(ica, folder).ended]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(names(ica)).toEqual(RUNS);
  });

  it("by two users leave one run each that goes on", async () => {
    const ica = await slowLab(200, "before");
    const folder = treeWith(TREE);
    await Promise.all([startApply(ica, folder).ended, startApply(ica, folder, { ICA_API_KEY: BOB }).ended]);
    ica.sim.control.advance(3600);
    const going = ica.sim.analyses().filter(({ status }) => !status.startsWith("ABORT"));
    expect(going.map(({ tags }) => tagOf(tags, "run")).sort()).toEqual(RUNS);
    expect((await ica.plan(folder)).summary).toMatchObject({ create: 0, rerun: 0, unchanged: 3 });
  });
});

describe.concurrent("a reader that has seen enough", () => {
  it("closes the pipe, which is no failure", async () => {
    const ica = await lab({});
    const many = Array.from({ length: 300 }, (_, index) => run(`run-${index}`, "storage: Large")).join("");
    const { child, ended } = startIcaform(["plan", treeWith(stack() + many)], ica.env);
    child.stdout?.once("data", () => child.stdout?.destroy());
    expect((await ended).stderr).not.toMatch(/EPIPE|\n\s+at /);
  });
});
