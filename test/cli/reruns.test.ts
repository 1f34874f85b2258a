/** One more attempt by hand, with its reason; never two, however often it is asked for. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lab, treeOf } from "../support/beside.ts";
import { run, stack } from "../support/manifests.ts";
import { type Lab, tagOf } from "../support/simulator.ts";

const TREE = stack() + run("r") + run("other");
const REASON = "the disk was full";
const RERUN = ["--rerun", "r", "--reason", REASON];

/** A tree of which `r` has failed and `other` succeeded. */
async function failed(text = TREE): Promise<{ ica: Lab; folder: string }> {
  const ica = await lab();
  const folder = treeOf({ "t.yaml": text });
  await ica.applied(folder);
  for (const { id, tags } of ica.sim.analyses())
    ica.sim.control.setStatus(id, tagOf(tags, "run") === "r" ? "FAILED" : "SUCCEEDED");
  ica.forget();
  return { ica, folder };
}

const attemptsOf = (ica: Lab, name = "r") =>
  ica.sim
    .analyses()
    .filter(({ tags }) => tagOf(tags, "run") === name)
    .map(({ tags }) => [tagOf(tags, "attempt"), tagOf(tags, "reason")]);

describe.concurrent("apply --rerun", () => {
  it("starts one more attempt, with its reason as a tag; asked for another one it refuses while that is active", async () => {
    const { ica, folder } = await failed();
    const applied = await ica.applied(folder, RERUN);
    expect(applied.results).toMatchObject([{ address: "PipelineRun/r", action: "rerun", outcome: "done" }]);
    expect(attemptsOf(ica)).toEqual([
      ["1", undefined],
      ["2", REASON],
    ]);
    const again = await ica.icaform(["apply", folder, "--auto-approve", "--rerun", "r", "--reason", "once more"]);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/t\.yaml:\d+:\d+: error: PipelineRun\/r: attempt 2 is REQUESTED.*the disk was full/);
    expect(attemptsOf(ica)).toHaveLength(2);
  });

  it("starts nothing more for a reason that an attempt carries, active or ended; another reason is another wish", async () => {
    const { ica, folder } = await failed();
    await ica.applied(folder, RERUN);
    for (const end of [undefined, "FAILED", "SUCCEEDED"] as const) {
      if (end !== undefined) ica.sim.control.setStatus(ica.sim.analyses().at(-1)?.id ?? "", end);
      const again = await ica.icaform(["apply", folder, "--auto-approve", ...RERUN]);
      expect(again.code, again.stderr).toBe(0);
      expect(again.stdout).toMatch(/attempt 2 \(\w+\) was asked for with this reason.*\n.*give another --reason/);
      expect(attemptsOf(ica)).toHaveLength(2);
    }
    await ica.applied(folder, ["--rerun", "r", "--reason", "the disk was full again"]);
    expect((await ica.icaform(["apply", folder, "--auto-approve", ...RERUN])).code).toBe(0);
    expect(attemptsOf(ica).map(([attempt]) => attempt)).toEqual(["1", "2", "3"]);
  });

  it("tells programs in the JSON of apply, and of status what a plan warns of", async () => {
    const { ica, folder } = await failed();
    await ica.applied(folder, RERUN);
    const again = await ica.applied(folder, RERUN);
    expect(again).toMatchObject({ results: [], diagnostics: [{ code: "rerun-done", line: expect.any(Number) }] });
    ica.finish("FAILED");
    const { stdout } = await ica.icaform(["status", folder, "--format", "json"]);
    expect(JSON.parse(stdout).diagnostics).toMatchObject([{ severity: "warning", code: "not-succeeded" }]);
  });

  it("without a reason is another attempt each time, but never beside an active one", async () => {
    const { ica, folder } = await failed();
    await ica.applied(folder, ["--rerun", "r"]);
    expect((await ica.icaform(["apply", folder, "--auto-approve", "--rerun", "r"])).code).toBe(1);
    ica.finish("FAILED");
    await ica.applied(folder, ["--rerun", "r"]);
    expect(attemptsOf(ica).map(([attempt]) => attempt)).toEqual(["1", "2", "3"]);
  });

  it("is reviewed as a plan, applied as that plan, and fulfilled when the plan is applied again", async () => {
    const { ica, folder } = await failed();
    const file = join(folder, "plan.json");
    const text = await ica.icaform(["plan", folder, "--out", file, ...RERUN]);
    expect(text.stdout).toMatch(/± PipelineRun\/r .*attempt 2, .*\n\s+rerun: asked for by --rerun: the disk was full/);
    expect(ica.writes()).toEqual([]);
    for (const round of [1, 2]) {
      const ran = await ica.icaform(["apply", file, "--auto-approve"]);
      expect(ran.code, `${round}: ${ran.stderr}`).toBe(0);
    }
    ica.finish();
    expect((await ica.icaform(["apply", file, "--auto-approve"])).code).toBe(0);
    expect(attemptsOf(ica)).toHaveLength(2);
  });

  it("with the digest of its plan is that attempt and no further one", async () => {
    const { ica, folder } = await failed();
    const { digest } = await ica.plan(folder, RERUN);
    await ica.applied(folder, [...RERUN, "--expect", digest]);
    ica.finish();
    for (const [reason, code] of [
      [REASON, 0],
      ["once more", 4],
    ] as const) {
      const args = ["--auto-approve", "--expect", digest, "--rerun", "r", "--reason", reason];
      expect((await ica.icaform(["apply", folder, ...args])).code, reason).toBe(code);
    }
    expect(attemptsOf(ica)).toHaveLength(2);
  });

  it("keeps the reason when tags are changed in place", async () => {
    const { ica, folder } = await failed();
    await ica.applied(folder, RERUN);
    writeFileSync(
      join(folder, "t.yaml"),
      TREE.replace("name: r }\nspec: {", "name: r }\nspec: { tags: { user: [x] },"),
    );
    expect((await ica.applied(folder)).results).toMatchObject([{ action: "update", outcome: "done" }]);
    expect(attemptsOf(ica)[1]).toEqual(["2", REASON]);
  });

  it("takes no reason that stands for none, and the same words with blanks around them as the same", async () => {
    const { ica, folder } = await failed();
    const none = await ica.icaform(["apply", folder, "--auto-approve", "--rerun", "r", "--reason", " by hand "]);
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("say why, or leave it out") });
    await ica.applied(folder, RERUN);
    ica.finish("FAILED");
    expect((await ica.applied(folder, ["--rerun", "r", "--reason", `  ${REASON} `])).results).toEqual([]);
    await ica.applied(folder, ["--rerun", "r"]);
    expect(attemptsOf(ica)).toHaveLength(3);
    const status = await ica.icaform(["status", folder, "--attempts"]);
    expect(status.stdout).toContain("asked for by hand, no reason given");
  });

  it("is within the policy", async () => {
    const { ica, folder } = await failed(stack("policy: { maxReruns: 0 }") + run("r"));
    const ran = await ica.icaform(["apply", folder, "--auto-approve", ...RERUN]);
    expect(ran.code).toBe(4);
    expect(attemptsOf(ica)).toHaveLength(1);
  });

  it.each([
    ["a run that is not declared", ["--rerun", "PipelineRun/othr"], /declares no such run\n.*did you mean `other`/],
    ["a reason for nothing", ["--reason", "x"], /--reason says why.*give --rerun too/],
    ["a reason that is too long", ["--rerun", "r", "--reason", "x".repeat(200)], /200 characters, at most 185 fit/],
    ["a reason of two lines", ["--rerun", "r", "--reason", "a\nb"], /must be one line/],
  ])("refuses %s before anything is asked", async (_what, args, message) => {
    const ica = await lab();
    const ran = await ica.icaform(["plan", treeOf({ "t.yaml": TREE }), ...args]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(message);
    expect(ica.sim.requests).toEqual([]);
  });
});
