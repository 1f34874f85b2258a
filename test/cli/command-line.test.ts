/** The command line itself: help, versions, mistakes, and what is printed where. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lab, treeOf } from "../support/beside.ts";
import { icaform, ROOT } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

describe.concurrent("icaform", () => {
  it("tells its version", async () => {
    for (const flag of ["--version", "-V"]) {
      expect(await icaform([flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    }
  });

  it("explains itself, and each command with an example", async () => {
    const { code, stdout } = await icaform(["--help"]);
    expect(code).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].flatMap(([, name = ""]) =>
      name === "help" ? [] : [name],
    );
    expect(commands).toEqual(expect.arrayContaining(["validate", "plan", "apply", "simulate", "demo"]));
    for (const command of commands) {
      const help = await icaform([command, "--help"]);
      expect(help, command).toMatchObject({ code: 0, stderr: "" });
      expect(help.stdout).toMatch(new RegExp(`^Usage: icaform ${command} `));
      expect(help.stdout).toMatch(new RegExp(`\\nExamples?:[^]*\\n {2}.*icaform ${command}`));
    }
  });

  it("has help that is at most 100 wide, with a command's own options first and no word of empty defaults", async () => {
    const { stdout } = await icaform(["--help"]);
    expect(stdout).toMatch(/\nExample: icaform plan manifests/);
    for (const command of [[], ["validate"], ["plan"], ["apply"], ["status"], ["outputs"], ["import"], ["init"]]) {
      const { stdout: text } = await icaform([...command, "--help"]);
      expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
      expect(text).not.toMatch(/\(default: (\[\]|false)\)/);
      const [own = "", global = ""] = text.split("\nGlobal options:\n");
      expect(own).not.toContain("--no-color");
      expect(global).toContain("--no-color");
      expect(global).not.toContain("-h, --help");
    }
    expect((await icaform(["apply", "--help"])).stdout).toContain("\n  icaform apply plan.json\n");
  });

  it("explains a command also by `help`", async () => {
    expect((await icaform(["help", "plan"])).stdout).toBe((await icaform(["plan", "--help"])).stdout);
    expect((await icaform(["help"])).stdout).toBe((await icaform(["--help"])).stdout);
    const simulate = await icaform(["help", "simulate"]);
    expect([simulate.code, simulate.stdout]).toEqual([0, expect.stringContaining("--seed <file>")]);
    expect(simulate.stdout).toBe((await icaform(["simulate", "--help"])).stdout);
  });

  it("takes global options before the command too; what stands behind it wins, and variables add up", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run('"r-${var.a}${var.b}"') });
    const vars = ["--var", "a=1", "--no-color", "--log-level", "debug", "--log-format", "json"];
    const ran = await ica.icaform([...vars, "plan", folder, "--var", "b=2"]);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("PipelineRun/r-12") });
    expect(ran.stderr).toContain('"level":"debug"');
    const quiet = await ica.icaform([...vars, "plan", folder, "--var", "b=2", "--log-level=error"]);
    expect(quiet).toMatchObject({ code: 0, stderr: "" });
    const { requests } = ica.sim;
    const asked = requests.length;
    expect((await ica.icaform(["--server", "http://127.0.0.1:1/", "plan", folder, ...vars, "--var", "b=2"])).code).toBe(
      1,
    );
    expect(requests.length).toBe(asked);
  });

  it.each([
    [["help", "aply"], "did you mean `apply`?"],
    [["help", "xyz"], "one of validate, plan, apply"],
    [["--server", "http://127.0.0.1:1/", "schema"], "--server is no option of schema"],
    [["--log-level", "loud", "plan"], "error, warn, info, debug"],
    [["plna"], "plan"],
    [["plan", "--formt", "json"], "--format"],
    [["plan", "--format", "xml"], "text, json"],
    [["plan", "--concurrency", "0"], "--concurrency"],
    [["plan", "--var", "novalue"], "name=value"],
    [["plan", "--var-file", "/nowhere/vars.yaml"], "/nowhere/vars.yaml"],
    [["plan", "/nowhere/at/all"], "/nowhere/at/all"],
    [["apply", "--expect"], "--expect"],
    [["plan", "--server", "::no url::"], "URL"],
    [["status", "examples/chain", "--interval", "5s"], "--interval is of --watch: give that too"],
    [["status", "examples/chain", "--steps", "5"], "--steps is of --format html: give that too"],
    [["apply", "examples/chain", "--auto-approve", "--timeout", "8h"], "--timeout is of --wait: give that too"],
    [["apply", "examples/chain", "--auto-approve", "--interval", "5s"], "--interval is of --wait: give that too"],
    [["apply", "examples/chain", "--wait", "30m"], "whatever is no option is a path of manifests"],
    [["apply", "examples/chain", "--rerun", "--reason", "x"], "a value is missing before --reason"],
    [["apply", "examples/chain", "--rerun", "align"], "it declares align-NA12878, call-NA12878, report-NA12878"],
    [["import", "lab", "--stack", "my lab"], "--stack my lab: is no name of a stack"],
  ])("%j is a mistake that is told on stderr, with exit code 1 and no stack trace", async (args, told) => {
    const ran = await icaform(args, { ICA_API_KEY: "some-key-of-nobody" });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toContain(told);
    expect(ran.stderr).not.toMatch(/\n\s+at |itself failed/);
  });

  it("offers the address for a bare name behind --target", async () => {
    const ica = await lab();
    const ran = await ica.icaform(["plan", treeOf({ "t.yaml": stack() + run("r") }), "--target", "r"]);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("did you mean `PipelineRun/r`?") });
  });

  it("takes the current folder when no path is given", async () => {
    const ica = await lab();
    const cwd = treeOf({
      "deep/er/t.yaml": stack() + run("r"),
      "node_modules/x.yaml": stack(),
      ".hidden/y.yaml": stack(),
    });
    expect((await icaform(["validate"], {}, cwd)).code).toBe(0);
    const { stdout } = await ica.icaform(["plan"], { cwd });
    expect(stdout).toContain("Plan: 1 to create.");
  });

  it("takes variables from the command line and from files, the command line winning", async () => {
    const ica = await lab();
    const folder = treeOf({
      "t.yaml": stack() + run('"r-${var.who}"', 'userReference: "${var.number}"'),
      "vars/v.yml": "{ who: file, number: 007 }",
    });
    const vars = ["--var-file", join(folder, "vars/v.yml"), "--var", "who=line"];
    const plan = await ica.plan(join(folder, "t.yaml"), vars);
    expect(plan.changes).toMatchObject([{ address: "PipelineRun/r-line" }]);
    expect(plan.changes[0]?.fields).toContainEqual({ path: "userReference", after: "007", sensitive: false });
    const missing = await ica.icaform(["plan", join(folder, "t.yaml")]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/t\.yaml:\d+:\d+: error: .*variable.*who/);
  });

  it("logs as JSON lines where it is told to, without the key", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const ran = await ica.icaform(["plan", folder, "--log-level", "debug", "--log-format", "json"]);
    const lines = ran.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toMatchObject({ level: "debug", event: expect.any(String) });
    expect(ran.stderr).not.toContain(ica.sim.apiKey);
  });

  it("validate needs neither key nor network", async () => {
    const folder = treeOf({ "t.yaml": stack('server: "https://ica.illumina.com/ica/rest"') + run("r") });
    expect(await icaform(["validate", folder], { https_proxy: "http://127.0.0.1:1" })).toMatchObject({
      code: 0,
      stderr: "",
    });
  });

  it("validate says how many rows of a sheet a set has chosen", async () => {
    const set = `---
apiVersion: icaform/v1
kind: PipelineRunSet
metadata: { name: wgs }
spec:
  forEach: { csv: s.csv, key: id, where: { v: y } }
  template: { spec: { pipeline: nf, input: { custom: { text: "a: 1" } } } }
`;
    const folder = treeOf({ "t.yaml": stack() + set, "s.csv": "id,v\n1,y\n2,n\n3,n\n" });
    const { stdout } = await icaform(["validate", folder]);
    expect(stdout.split("\n").slice(1)).toEqual([
      expect.stringMatching(/^PipelineRunSet\/wgs: 1 of 3 rows of \S*s\.csv\.$/),
      "",
    ]);
  });

  it("runs on an empty tree: nothing to do, and orphans", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() });
    const ran = await ica.icaform(["plan", folder, "--detailed-exitcode"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("Plan: nothing to do");
  });
});
