/** `apply` where a person sits: it shows the plan, asks, and takes only "yes". Needs `script`, which gives a terminal. */
import { describe, expect, it } from "vitest";
import { lab, treeOf } from "../support/beside.ts";
import { run, stack } from "../support/manifests.ts";
import { CTRL_C, CTRL_D, hasTerminals, onTerminal } from "../support/terminal.ts";

const QUESTION = 'Only "yes"';

describe.runIf(hasTerminals).concurrent("apply on a terminal", () => {
  it("shows the plan in colour, asks, and goes on after yes", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const { code, output } = await onTerminal(ica, ["apply", folder], [[QUESTION, "yes\n"]]);
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
      [[QUESTION, `${answer}\n`]],
    );
    expect(code, output).toBe(4);
    expect(ica.writes()).toEqual([]);
  });

  it.each<[what: string, keys: string | { signal: NodeJS.Signals }, exitCode: number, line: string]>([
    ["Ctrl-C is an interrupt", CTRL_C, 3, "interrupted; nothing was sent"],
    ["so is SIGINT", { signal: "SIGINT" }, 3, "interrupted; nothing was sent"],
    ["so is SIGTERM", { signal: "SIGTERM" }, 3, "interrupted; nothing was sent"],
    ["Ctrl-D is a no", CTRL_D, 4, "refused: not confirmed; nothing was done"],
  ])("%s: one line says so, nothing is sent", async (_what, keys, exitCode, line) => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const { code, output } = await onTerminal(ica, ["apply", folder, "--no-color"], [[QUESTION, keys]]);
    expect(code, output).toBe(exitCode);
    expect(output.trimEnd().split(/\r?\n/).at(-1)).toBe(line);
    expect(output).not.toContain("in flight");
    expect(ica.writes()).toEqual([]);
  });

  it("does not ask when there is nothing to do", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    await ica.applied(folder);
    const { code, output } = await onTerminal(ica, ["apply", folder], []);
    expect(code).toBe(0);
    expect(output).not.toContain(QUESTION);
  });
});
