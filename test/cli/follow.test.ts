/** apply --wait: chains move on by themselves, and only as the approved plan said. */
import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { lab, treeOf } from "../support/beside.ts";
import { COMMAND } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";
import { type Lab, tagOf } from "../support/simulator.ts";

const OUTPUT = "{ output: PipelineRun/first, path: out/report.html }";
const CHAIN =
  stack() +
  run("first") +
  run("second", `input: { custom: { text: "reads: 1", files: [${OUTPUT}] } }`) +
  run("third", "dependsOn: [PipelineRun/second]");
const WAIT = ["--wait", "--interval", "100ms"];

const runsOf = (ica: Lab) => ica.sim.analyses().map(({ tags }) => `${tagOf(tags, "run")} ${tagOf(tags, "attempt")}`);

/** Ends each run as told by its name and attempt, for as long as the command works. */
async function whileEnding<T>(ica: Lab, ends: (run: string) => "SUCCEEDED" | "FAILED" | undefined, work: Promise<T>) {
  const timer = setInterval(() => {
    for (const { id, status, tags } of ica.sim.analyses()) {
      const end = ends(`${tagOf(tags, "run")} ${tagOf(tags, "attempt")}`);
      if (status !== "REQUESTED" || end === undefined) continue;
      ica.sim.control.setStatus(id, "IN_PROGRESS");
      ica.sim.control.advance(1);
      ica.sim.control.setStatus(id, end);
    }
  }, 50);
  return work.finally(() => clearInterval(timer));
}

describe.concurrent("apply --wait", () => {
  it("moves a chain of three on to its end, by the outputs of what came before, and exits 0", async () => {
    const ica = await lab();
    const { digest } = await ica.plan(treeOf({ "t.yaml": CHAIN }));
    const args = [...WAIT, "--expect", digest];
    const { code, applied, stderr } = await whileEnding(
      ica,
      () => "SUCCEEDED",
      ica.apply(treeOf({ "t.yaml": CHAIN }), args),
    );
    expect(code, stderr).toBe(0);
    expect(applied.results).toMatchObject(
      ["first", "second", "third"].map((name) => ({
        address: `PipelineRun/${name}`,
        outcome: "done",
        status: "SUCCEEDED",
      })),
    );
    expect(runsOf(ica)).toEqual(["first 1", "second 1", "third 1"]);
    const report = ica.sim.data("prod").find(({ path }) => path.endsWith("out/report.html"));
    expect(ica.creates()[1]?.body).toContain(report?.id);
  });

  it("sends nothing while a secret is unset that only a later level needs", async () => {
    const ica = await lab();
    const later = run(
      "later",
      "dependsOn: [PipelineRun/first], input: { form: { parameters: { sample: { env: LATER } } } }",
    );
    const folder = treeOf({ "t.yaml": stack() + run("first") + later });
    const refused = await ica.icaform(["apply", folder, "--auto-approve", ...WAIT]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/nothing was sent: .*LATER/) });
    expect(ica.writes()).toEqual([]);
    const ran = await whileEnding(ica, () => "SUCCEEDED", ica.apply(folder, WAIT, { LATER: "s3cr3t" }));
    expect(ran.code, ran.stderr).toBe(0);
    expect(runsOf(ica)).toEqual(["first 1", "later 1"]);
  });

  it("tells of each run of a later level why it was not started, with its place, and goes on with the others", async () => {
    const ica = await lab();
    const files = (path: string) =>
      `input: { custom: { text: "reads: 1", files: [{ output: PipelineRun/first, path: ${path} }] } }`;
    const text = stack() + run("first") + run("lost", files("out/none.txt")) + run("good", files("out/report.html"));
    const folder = treeOf({ "t.yaml": text + run("last", "dependsOn: [PipelineRun/lost]") });
    const { code, applied } = await whileEnding(ica, () => "SUCCEEDED", ica.apply(folder, WAIT));
    expect(code).toBe(3);
    const blocked = "blocked: PipelineRun/first wrote no out/none.txt that it can read";
    expect(
      Object.fromEntries(applied.results.map(({ address, outcome, error }) => [address, error ?? outcome])),
    ).toEqual({
      "PipelineRun/first": "done",
      "PipelineRun/good": "done",
      "PipelineRun/lost": blocked,
      "PipelineRun/last": "blocked: waits for PipelineRun/lost, which PipelineRun/first blocks",
    });
    for (const { outcome, line } of applied.results)
      expect(line).toEqual(outcome === "done" ? undefined : expect.any(Number));
    expect(applied.diagnostics).toMatchObject([
      { code: "output-not-found", help: expect.stringContaining("report.html") },
    ]);
  });

  it("says of a later level that cannot be planned what is wrong, and where", async () => {
    const ica = await lab();
    const later = run("later", 'dependsOn: [PipelineRun/first], input: { custom: { text: "x", files: [/none.gz] } }');
    const folder = treeOf({ "t.yaml": stack() + run("first") + later });
    const { code, applied } = await whileEnding(ica, () => "SUCCEEDED", ica.apply(folder, WAIT));
    expect(code).toBe(3);
    expect(applied.results[0]).toMatchObject({
      address: "PipelineRun/later",
      error: expect.stringMatching(/^not started: .*t\.yaml:\d+:\d+: \/none\.gz is not in project prod/),
    });
    expect(applied.diagnostics).toMatchObject([{ code: "data-not-found" }]);
  });

  it("exits 3 when one failed, with its failed step and log, and says what that blocks", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": CHAIN });
    const ends = (name: string) => (name === "first 1" ? "FAILED" : "SUCCEEDED");
    const ran = await whileEnding(ica, ends, ica.icaform(["apply", folder, "--auto-approve", ...WAIT]));
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(/failed {2}PipelineRun\/first .*\n\s+attempt 1 ended FAILED/);
    expect(ran.stdout).toMatch(/step Run FAILED, exit code 1; its log is \S+stderr\.log\n\s+\| .+/);
    expect(ran.stdout).toContain("blocked: waits for PipelineRun/second, which PipelineRun/first blocks");
    expect(ran.stdout).toContain("Apply: 0 done, 1 failed, 2 skipped.");
    expect(runsOf(ica)).toEqual(["first 1"]);
  });

  it("tries a failed run again as rerun.onFailure allows, but never more than a reviewed plan held", async () => {
    const text = stack() + run("r", "rerun: { onFailure: 1 }");
    const ends = (name: string) => (name === "r 1" ? "FAILED" : "SUCCEEDED");
    const free = await lab();
    const tried = await whileEnding(free, ends, free.apply(treeOf({ "t.yaml": text }), WAIT));
    expect([tried.code, runsOf(free)]).toEqual([0, ["r 1", "r 2"]]);
    const bound = await lab();
    const { digest } = await bound.plan(treeOf({ "t.yaml": text }));
    const held = await whileEnding(bound, ends, bound.apply(treeOf({ "t.yaml": text }), [...WAIT, "--expect", digest]));
    expect([held.code, runsOf(bound)]).toEqual([3, ["r 1"]]);
    expect(held.applied.results[0]?.help).toContain("apply again");
  });

  it.each([
    ["maxCreates: 2", CHAIN, /policy\.maxCreates: the plan would create 3 runs, 2 allowed/],
    [
      "maxReruns: 2",
      CHAIN.replaceAll("reads: 1", "reads: 2"),
      /policy\.maxReruns: the plan would rerun 3 runs, 2 allowed/,
    ],
  ])("refuses a chain that is beyond %s with what waits, before anything is started", async (policy, text, message) => {
    const ica = await lab();
    if (policy.startsWith("maxReruns"))
      await whileEnding(ica, () => "SUCCEEDED", ica.applied(treeOf({ "t.yaml": CHAIN }), WAIT));
    ica.forget();
    const limited = text.replace("project: prod", `project: prod, policy: { ${policy} }`);
    const ran = await ica.icaform(["apply", treeOf({ "t.yaml": limited }), "--auto-approve", ...WAIT]);
    expect(ran.code, ran.stderr).toBe(4);
    expect(ran.stderr).toMatch(message);
    expect(ica.writes()).toEqual([]);
  });

  it("stops at its timeout with a word of how to go on; the next one goes on and starts nothing twice", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": CHAIN });
    const first = await ica.icaform(["apply", folder, "--auto-approve", ...WAIT, "--timeout", "300ms"]);
    expect(first.code).toBe(3);
    expect(first.stderr).toContain("--timeout is over: 1 run goes on in ICA; apply --wait again");
    const next = await whileEnding(ica, () => "SUCCEEDED", ica.apply(folder, WAIT));
    expect(next.code, next.stderr).toBe(0);
    expect(runsOf(ica)).toEqual(["first 1", "second 1", "third 1"]);
  });

  it("interrupted leaves what runs, says how to go on, and exits 3", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": CHAIN });
    const child = spawn(process.execPath, [COMMAND, "apply", folder, "--auto-approve", ...WAIT], { env: ica.env });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      // Once: the second signal ends it without a word.
      if (!child.killed && stderr.includes("PipelineRun/first: REQUESTED")) child.kill("SIGINT");
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(3);
    expect(stderr).toContain("apply --wait again to follow them");
    expect(ica.writes().some(({ path }) => path.endsWith(":abort"))).toBe(false);
  });

  it("survives a bad minute of ICA", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    await ica.applied(folder);
    ica.sim.control.addFaults({ match: { path: "analysis:search", nth: 3 }, fault: "reset-mid-body" });
    setTimeout(() => ica.finish(), 1_500);
    expect((await ica.apply(folder, WAIT)).code).toBe(0);
  });
});
