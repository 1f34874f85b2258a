/** What pre-commit reads: this repository's own hook, and the example that uses it. */
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { treeOf } from "../support/beside.ts";
import { icaform, ROOT } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";

interface Hook {
  id: string;
  name: string;
  entry: string;
  language: string;
  pass_filenames: boolean;
}

const read = (file: string): unknown => parse(readFileSync(join(ROOT, file), "utf8"));
const hooks = read(".pre-commit-hooks.yaml") as Hook[];
const { repos } = read("examples/ci/pre-commit-config.yaml") as {
  repos: { repo: string; rev: string; hooks: { id: string; args: string[]; files: string }[] }[];
};
const { bin, scripts } = read("package.json") as { bin: Record<string, string>; scripts: Record<string, string> };
const [hook] = hooks;
const [used] = repos[0]?.hooks ?? [];

describe("the pre-commit hook", () => {
  it("is the one that the example names, by a command that this package installs", () => {
    expect(hooks).toHaveLength(1);
    expect(hook).toMatchObject({ id: used?.id, language: "node", pass_filenames: false });
    expect(Object.keys(bin)).toContain(hook?.entry.split(" ")[0]);
  });

  it("takes a good tree and refuses a bad one", async () => {
    const [, ...words] = hook?.entry.split(" ") ?? [];
    const args = [...words, ...(used?.args ?? [])];
    expect((await icaform(args, {}, treeOf({ "manifests/t.yaml": stack() + run("r") }))).code).toBe(0);
    expect((await icaform(args, {}, treeOf({ "manifests/t.yaml": run("r") }))).code).toBe(1);
  });

  it("looks when a manifest or a sample sheet changes", () => {
    const files = new RegExp(used?.files ?? "");
    expect(["manifests/a.yaml", "manifests/samples.csv", "README.md"].filter((file) => files.test(file))).toHaveLength(
      2,
    );
  });
});

/** `npm install --global` from git, as pre-commit does it, runs it without the devDependencies (npm/cli#8440). */
describe("npm's prepare script", () => {
  /** With an npm that only notes how it is called. */
  const prepare = (files: Record<string, string>, status = 0) => {
    const folder = treeOf({ "bin/npm": `#!/bin/sh\necho "$@" >> calls\nexit ${status}\n`, calls: "", ...files });
    chmodSync(join(folder, "bin/npm"), 0o755);
    const env = { PATH: `${join(folder, "bin")}:${process.env.PATH}`, npm_config_global: "true" };
    const ended = spawnSync("sh", ["-c", scripts.prepare ?? ""], { cwd: folder, env });
    return { code: ended.status, calls: readFileSync(join(folder, "calls"), "utf8") };
  };

  it("installs what builds the command where a global install from git did not, and only there", () => {
    expect(prepare({})).toEqual({
      code: 0,
      calls: "ci --include=dev --ignore-scripts --global=false\nrun --silent build --global=false\n",
    });
    expect(prepare({ "node_modules/tsx/x": "" }).calls).toBe("run --silent build --global=false\n");
  });

  it("fails with the npm that it calls", () => {
    expect(prepare({}, 7)).toEqual({ code: 7, calls: "ci --include=dev --ignore-scripts --global=false\n" });
  });
});
