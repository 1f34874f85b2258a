/** What TAB offers: asked of the command, and typed into the real shells where they are installed. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { SCRIPTS } from "../../src/cli/completion/scripts.ts";
import { parseAddress } from "../../src/core/address.ts";
import { treeOf } from "../support/beside.ts";
import { COMMAND, icaform } from "../support/cli.ts";
import { credential, manifest, run, runFromBucket, stack } from "../support/manifests.ts";

const TREE = { "t.yaml": stack() + run("align-one") + runFromBucket("bucket", "lab-s3") + credential("lab-s3") };

/** The values that are offered for the last word, and whether files are. */
async function offered(words: readonly string[], cwd: string): Promise<{ values: string[]; files: string }> {
  const ran = await icaform(["__complete", "--", ...words], {}, cwd);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  const lines = ran.stdout.trimEnd().split("\n");
  return { values: lines.slice(0, -1).map((line) => line.split("\t")[0] ?? ""), files: lines.at(-1) ?? "" };
}

describe.concurrent("what is offered", () => {
  it.each([
    [["pl"], ["plan"], ":none"],
    [["plan", "--form"], ["--format"], ":none"],
    [["plan", "--format", ""], ["text", "json", "markdown", "html"], ":none"],
    [["plan", "--format=j"], ["--format=json"], ":none"],
    [["plan", "--format", "=", "j"], ["json"], ":none"],
    [["plan", "--format", "="], [], ":none"],
    [["validate", "--log-level", "d"], ["debug"], ":none"],
    [["plan", "--var-file", ""], [], ":files"],
    [["apply", "--secrets-dir", ""], [], ":folders"],
    [["plan", "some", ""], [], ":files"],
    [["plan", "--target", "Pipe"], ["PipelineRun/align-one", "PipelineRun/bucket"], ":none"],
    [["plan", "--target", ""], ["PipelineRun/align-one", "PipelineRun/bucket", "StorageCredential/lab-s3"], ":none"],
    [["plan", "--prune", "t.yaml", "--target", "St"], ["StorageCredential/lab-s3"], ":none"],
    [["plan", "/nowhere", "--target", ""], [], ":none"],
    [["apply", "--rotate", ""], ["lab-s3"], ":none"],
    [["outputs", "a"], ["align-one"], ":none"],
    [["outputs", "align-one", ""], [], ":files"],
    [["schema", "Pipeline"], ["PipelineRun", "PipelineRunSet"], ":none"],
    [["completion", ""], ["bash", "zsh", "fish"], ":none"],
    [["simulate", "--se"], ["--seed"], ":none"],
    [["simulate", "--rate-scope", "e"], ["endpoint"], ":none"],
    [["help", "v"], ["validate"], ":none"],
    [["--log-l"], ["--log-level"], ":none"],
    [["--log-level", "debug", "vali"], ["validate"], ":none"],
    [["nonsense", ""], [], ":none"],
    [["plan", "--nonsense", "x", "--pru"], ["--prune"], ":none"],
  ])("%j: %j", async (words, values, files) => {
    const found = await offered(words, treeOf(TREE));
    // Only `--format =` has the whole list again: bash completes what stands after the sign.
    expect(found).toEqual({ values: words.at(-1) === "=" ? ["text", "json", "markdown", "html"] : values, files });
  });

  it("is every command and every option that help tells of", async () => {
    const { stdout } = await icaform(["--help"]);
    const told = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = ""]) => name);
    const { values } = await offered([""], treeOf({}));
    expect(values.sort()).toEqual(told.sort());
    for (const command of ["plan", "apply", "status", "simulate"]) {
      const help = await icaform([command, "--help"]);
      const flags = [...help.stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag = ""]) => flag);
      expect((await offered([command, "-"], treeOf({}))).values.sort()).toEqual(flags.sort());
    }
  });

  it("is each sample and each batch for --target", async () => {
    const spec = "{ samples: [{ name: NA1, data: [/a.fastq.gz] }, { name: NA2, data: [/b.fastq.gz] }] }";
    const folder = treeOf({ "t.yaml": stack() + manifest("SampleBatch", "cohort", spec) });
    expect((await offered(["plan", "--target", "Sample"], folder)).values).toEqual([
      "SampleBatch/cohort",
      "SampleBatch/cohort/NA1",
      "SampleBatch/cohort/NA2",
    ]);
  });

  it("is each set with runs, and its runs, for --target", async () => {
    const spec =
      "{ forEach: { items: [{ k: a }], key: k }, template: { spec: { pipeline: p, input: { custom: { text: x } } } } }";
    const folder = treeOf({ "t.yaml": stack() + manifest("PipelineRunSet", "week", spec) });
    expect((await offered(["plan", "--target", "Pipe"], folder)).values).toEqual([
      "PipelineRunSet/week",
      "PipelineRun/week-a",
    ]);
  });

  it.each([["--var", "x=1"], ["--var=x=1"], ["--var", "x", "=", "1"], ["--var-file", "vars/v.json"]])(
    "is read with the variables that are typed already: %s",
    async (...typed) => {
      const folder = treeOf({ "t.yaml": stack() + run('"r-${var.x}"'), "vars/v.json": '{ "x": 1 }' });
      expect((await offered(["plan", ...typed, "--target", ""], folder)).values).toEqual(["PipelineRun/r-1"]);
    },
  );

  it.each(["'sp ace'", '"sp ace"', "sp\\ ace", "'sp ace", "~/sp' 'ace"])(
    "is read from %s, as it was typed",
    async (path) => {
      const folder = treeOf({ "sp ace/t.yaml": TREE["t.yaml"] });
      const words = ["__complete", "--quoted", "--", "plan", path, "--target", "Pipe"];
      const { stdout } = await icaform(words, { HOME: folder }, folder);
      expect(stdout).toBe("PipelineRun/align-one\nPipelineRun/bucket\n:none\n");
    },
  );

  it("is nothing in a tree with mistakes, and says nothing", async () => {
    expect(await offered(["plan", "--target", ""], treeOf({ "t.yaml": "kind: [" }))).toEqual({
      values: [],
      files: ":none",
    });
  });
});

/** Starts of each shell without anybody's own settings, and what its user would have written into them. */
const SHELLS = {
  bash: { command: "bash --norc --noprofile -i", setup: "source <(icaform completion bash)" },
  zsh: { command: "zsh -f -i", setup: "autoload -U compinit; compinit -u -D; source <(icaform completion zsh)" },
  fish: { command: "fish --no-config -i", setup: "icaform completion fish | source" },
};

const isInstalled = (name: string) =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

/** util-linux' own `script` gives a shell the terminal that it needs; other systems' takes other flags. */
const hasTerminal = /util-linux/.test(spawnSync("script", ["--version"]).stdout?.toString() ?? "");

/** Types a line into a real shell; returns the arguments that `icaform` was then called with. */
async function typed(shell: keyof typeof SHELLS, line: string): Promise<string[]> {
  const home = treeOf({
    ...TREE,
    "some-folder/x.yaml": "",
    ".sp ace/t.yaml": TREE["t.yaml"],
    "bin/icaform":
      '#!/bin/sh\ncase "$1" in\n' +
      `  completion|__complete) exec "${process.execPath}" "${COMMAND}" "$@" ;;\n` +
      `  *) printf '%s\\n' "$@" > "$HOME/called.part"; mv "$HOME/called.part" "$HOME/called" ;;\nesac\n`,
  });
  chmodSync(join(home, "bin/icaform"), 0o755);
  const { command, setup } = SHELLS[shell];
  const env = { HOME: home, PATH: `${join(home, "bin")}:${process.env.PATH}`, TERM: "dumb", PS1: "$ " };
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: home, env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let screen = "";
  child.stdout.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
  });
  child.stdin.write(`${setup}\n${line}\n`);
  const called = join(home, "called");
  for (let waited = 0; !existsSync(called) && waited < 200; waited++) await new Promise((go) => setTimeout(go, 100));
  child.stdin.end("\nexit\n");
  await ended;
  expect(existsSync(called), screen).toBe(true);
  return readFileSync(called, "utf8").trimEnd().split("\n");
}

describe.concurrent.each(Object.keys(SHELLS) as (keyof typeof SHELLS)[])("%s", (shell) => {
  const isMissing = !hasTerminal || !isInstalled(shell);
  const skipped = isMissing ? ` (skipped: ${hasTerminal ? shell : "util-linux' script"} is not installed)` : "";

  it.skipIf(isMissing)(`completes commands, options, their values, addresses and paths${skipped}`, async () => {
    const line = "icaform vali\t --log-l\t deb\t some-f\t";
    expect((await typed(shell, line)).map((word) => word.replace(/\/$/, ""))).toEqual([
      "validate",
      "--log-level",
      "debug",
      "some-folder",
    ]);
    const address = "icaform plan --target PipelineRun/al\t";
    expect(parseAddress((await typed(shell, address))[2] ?? "")).toEqual({ kind: "PipelineRun", name: "align-one" });
  });

  it.skipIf(isMissing)(`completes an address of manifests whose path is quoted${skipped}`, async () => {
    const line = "icaform plan '.sp ace' --target PipelineRun/al\t";
    expect((await typed(shell, line)).map((word) => word.trimEnd())).toEqual([
      "plan",
      ".sp ace",
      "--target",
      "PipelineRun/align-one",
    ]);
  });

  it.skipIf(isMissing)(`completes --format=…${skipped}`, async () => {
    expect(await typed(shell, "icaform plan --format=mark\t")).toEqual(["plan", "--format=markdown"]);
  });
});

describe("zsh's list", () => {
  const isMissing = !isInstalled("zsh");
  it.skipIf(isMissing)(
    `shows each candidate once, and what is said of it${isMissing ? " (skipped: no zsh)" : ""}`,
    () => {
      const ask = (answer: string) => {
        const lines = [
          "compdef() {}",
          SCRIPTS.zsh,
          `icaform() { printf '${answer}' }`,
          'compadd() { print -rl -- "${shown[@]}" }',
          "words=(icaform plan ''); CURRENT=3; _icaform",
        ];
        return spawnSync("zsh", ["-fc", lines.join("\n")]).stdout.toString();
      };
      expect(ask("PipelineRun/a\\nPipelineRun/b\\n:none\\n")).toBe("PipelineRun/a\nPipelineRun/b\n");
      expect(ask("plan\\tShow\\n:none\\n")).toBe("plan  Show\n");
    },
  );
});
