/** `apply` where a person sits: it shows the plan, asks, and takes only "yes". Needs `script`, which gives a terminal. */
import { spawn, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { lab, treeOf } from "../support/beside.ts";
import { COMMAND } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";
import type { Lab } from "../support/simulator.ts";

/** That of util-linux runs a command with `-c` and passes on its exit code with `-e`. */
const hasTerminals = spawnSync("script", ["-qec", "exit 7", "/dev/null"], { stdio: "ignore" }).status === 7;

/** Runs the command on a terminal and types an answer once it asks. */
function onTerminal(
  ica: Lab,
  args: readonly string[],
  answer: string,
): Promise<{ code: number | null; output: string }> {
  const command = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    env: { PATH: process.env.PATH ?? "", TERM: "xterm", SHELL: "/bin/sh", ...ica.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  let isAnswered = false;
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    if (isAnswered || !output.includes('Only "yes"')) return;
    isAnswered = true;
    child.stdin.write(`${answer}\n`);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}

describe.runIf(hasTerminals).concurrent("apply on a terminal", () => {
  it("shows the plan in colour, asks, and goes on after yes", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const { code, output } = await onTerminal(ica, ["apply", folder], "yes");
    expect(code, output).toBe(0);
    expect(output).toContain("\u001b[");
    expect(output).toContain("1 to create");
    expect(output).toContain("Apply: 1 done.");
    expect(ica.sim.analyses()).toHaveLength(1);
  });

  it.each(["y", "no", "YES", ""])("takes %j for a no: exit code 4, nothing sent", async (answer) => {
    const ica = await lab();
    const { code, output } = await onTerminal(
      ica,
      ["apply", treeOf({ "t.yaml": stack() + run("r") }), "--no-color"],
      answer,
    );
    expect(code, output).toBe(4);
    expect(ica.writes()).toEqual([]);
  });

  it("does not ask when there is nothing to do", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    await ica.applied(folder);
    const { code, output } = await onTerminal(ica, ["apply", folder], "");
    expect(code).toBe(0);
    expect(output).not.toContain('Only "yes"');
  });
});
