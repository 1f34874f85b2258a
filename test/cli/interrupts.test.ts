/** Commands that people leave by Ctrl-C, on a terminal and off it: how they end, and what they leave behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lab, treeOf } from "../support/beside.ts";
import { COMMAND } from "../support/cli.ts";
import { applyTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import type { Lab } from "../support/simulator.ts";
import { CTRL_C, hasTerminals, onTerminal } from "../support/terminal.ts";
import { WORLD } from "../support/world.ts";

const TREE = stack() + run("first") + run("second", "dependsOn: [PipelineRun/first]");

/** A lab in which the first run is under way. */
async function underWay(): Promise<{ ica: Lab; folder: string }> {
  const ica = await lab();
  const folder = treeOf({ "t.yaml": TREE });
  await applyTree(folder, ica.sim);
  return { ica, folder };
}

/** The cursor is shown, no other screen is on, and the shell's prompt begins on a line of its own. */
function expectUsable(output: string): void {
  for (const hidden of ["\u001b[?25l", "\u001b[?1049h"]) expect(output).not.toContain(hidden);
  expect(output).toMatch(/\n$/);
}

describe.runIf(hasTerminals).concurrent("on a terminal, after Ctrl-C", () => {
  it("status --watch exits 3 and says that ICA goes on", async () => {
    const { ica, folder } = await underWay();
    const { code, output } = await onTerminal(ica, ["status", folder, "--watch"], [["PipelineRun/second", CTRL_C]]);
    expect(code, output).toBe(3);
    expect(output).toContain("no longer watching: what is active goes on in ICA");
    expectUsable(output);
    expect(ica.sim.analyses().map(({ status }) => status)).toEqual(["REQUESTED"]);
  });

  it("apply --wait exits 3 and says what goes on, and how to go on", async () => {
    const { ica, folder } = await underWay();
    const args = ["apply", folder, "--auto-approve", "--wait", "--no-color"];
    const { code, output } = await onTerminal(ica, args, [["PipelineRun/first: REQUESTED", CTRL_C]]);
    expect(code, output).toBe(3);
    expect(output).toContain("no longer waiting: 1 run goes on in ICA; apply --wait again");
    expect(output).toMatch(/unknown PipelineRun\/first .*\r?\n.*attempt 1 is still REQUESTED/);
    expect(output).toMatch(/skipped PipelineRun\/second .*\r?\n.*waits for PipelineRun\/first/);
    expectUsable(output);
    expect(ica.sim.analyses()).toHaveLength(1);
    expect(ica.writes()).toHaveLength(1);
  });
});

describe.concurrent("without a terminal", () => {
  it.each([
    ["status --watch", "SIGINT", ["status", "--watch"], "stdout", "PipelineRun/second"],
    ["apply --wait", "SIGTERM", ["apply", "--auto-approve", "--wait"], "stderr", "PipelineRun/first: REQUESTED"],
  ] as const)("%s ended by %s exits 3, without a stack trace", async (_what, signal, args, stream, awaited) => {
    const { ica, folder } = await underWay();
    const child = spawn(process.execPath, [COMMAND, ...args, folder], { env: ica.env });
    const seen = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].on("data", (chunk: Buffer) => {
        seen[name] += chunk.toString();
        // Once: the second signal ends it without a word.
        if (name === stream && !child.killed && seen[name].includes(awaited)) child.kill(signal);
      });
    expect((await once(child, "close"))[0], seen.stderr).toBe(3);
    expect(seen.stderr).toMatch(/no longer (watching|waiting)/);
    expect(seen.stderr).not.toMatch(/\n\s+at /);
  });
});

describe.concurrent("import", () => {
  it("ended while it writes leaves no half of a manifest, and done again it writes the rest", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `old-${index}`);
    const analyses = names.map((userReference) => ({
      project: "prod",
      pipeline: "nf",
      userReference,
      status: "SUCCEEDED" as const,
    }));
    const ica = await lab({ seed: { ...WORLD, analyses } });
    const [whole, broken] = [treeOf({}), treeOf({})];
    const args = (folder: string) => ["import", "prod", "--out", folder];
    expect(await ica.icaform(args(whole), { cwd: whole })).toMatchObject({ code: 0 });
    const child = spawn(process.execPath, [COMMAND, ...args(broken)], { env: ica.env, cwd: broken, stdio: "ignore" });
    const watcher = watch(broken, () => child.kill("SIGINT"));
    await once(child, "close");
    watcher.close();
    const manifestsIn = (folder: string) =>
      new Map(
        readdirSync(folder)
          .filter((name) => name.endsWith(".yaml"))
          .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
      );
    const expected = manifestsIn(whole);
    for (const [name, text] of manifestsIn(broken)) expect([name, text]).toEqual([name, expected.get(name)]);
    expect(manifestsIn(broken).size).toBeLessThan(expected.size);
    expect(await ica.icaform(args(broken), { cwd: broken })).toMatchObject({ code: 0 });
    expect(manifestsIn(broken)).toEqual(expected);
    expect(readdirSync(broken).sort()).toEqual(readdirSync(whole).sort());
  });
});
