import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Comparison } from "../../src/core/compare.ts";
import { treeOf } from "../support/beside.ts";
import { expectClearError } from "../support/clear-error.ts";
import { icaform } from "../support/cli.ts";
import { mistakesOf } from "../support/documents.ts";
import { credential, manifest, run, stack } from "../support/manifests.ts";
import { git, repository } from "../support/repository.ts";

async function compared(folder: string, args: string[] = [], cwd = folder): Promise<Comparison> {
  const { code, stdout, stderr } = await icaform(["plan", "--against", "HEAD", "--format", "json", ...args], {}, cwd);
  expect([code, stderr.replace(/^passed over: .*\n/, "")]).toEqual([0, ""]);
  expect(mistakesOf("against", stdout)).toBe("No errors");
  return JSON.parse(stdout) as Comparison;
}

const SHEET = `---
apiVersion: icaform/v1
kind: PipelineRunSet
metadata: { name: set }
spec:
  forEach: { csv: s.csv, key: id }
  template:
    metadata: { name: "\${each.id}" }
    spec: { pipeline: nf, input: { custom: { values: { depth: "\${each.depth}", batch: "\${var.batch}" } } } }
`;

describe.concurrent("plan --against", () => {
  it("shows old values after defaults, variables and fan-out, without a key, a call or a secret", async () => {
    const files = {
      "t/t.yaml": stack("defaults: { storage: Small }") + SHEET + credential("lab"),
      "t/s.csv": "id,depth\na,1\nb,2\n",
    };
    const folder = repository(files);
    writeFileSync(join(folder, "t/s.csv"), "id,depth\na,1\nb,3\nc,4\n");
    const one = await compared(folder, ["t", "--var", "batch=x"]);
    expect(mistakesOf("against", JSON.stringify({ ...one, summary: undefined }))).toContain("'summary'");
    expect(mistakesOf("against", JSON.stringify(one).replace('"added"', '"odd"'))).not.toBe("No errors");
    expect(one.summary).toEqual({ added: 1, changed: 1, removed: 0, unchanged: 3 });
    expect(one.changes.map(({ address, action }) => `${action} ${address}`)).toEqual([
      "added PipelineRun/c",
      "changed PipelineRun/b",
    ]);
    expect(one.changes[1]?.patch).toEqual([{ op: "replace", path: "/input/custom/values/depth", value: "3" }]);
    writeFileSync(join(folder, "t/t.yaml"), stack("defaults: { storage: Large }") + SHEET);
    const text = await icaform(
      ["plan", "t", "--against", "HEAD", "--var", "batch=x", "--detailed-exitcode"],
      {},
      folder,
    );
    expect(text.code).toBe(2);
    expect(text.stdout).toContain("- storage: Small\n    + storage: Large");
    expect(text.stdout).toContain("- StorageCredential/lab");
    expect(text.stdout).toContain("{ env: S3_SECRET }");
    expect(text.stdout).toMatch(/\n\nDeclared: 1 added, 2 changed, 1 removed, 1 unchanged\.\n$/);
    const markdown = await icaform(
      ["plan", "t", "--against", "HEAD", "--var", "batch=x", "--format", "markdown"],
      {},
      folder,
    );
    expect(markdown.stdout).toMatch(
      /^<!-- icaform:against stack=lab -->\n[\s\S]*```diff\n[\s\S]*- storage: Small\n\+ storage: Large/,
    );
  });

  it("compares samples too: each by itself, wherever it stands, and the same one in another batch", async () => {
    const batch = (name: string, samples: string) =>
      stack() + manifest("SampleBatch", name, `{ samples: [${samples}] }`);
    const folder = repository({ "t.yaml": batch("week", "{ name: A, data: [/a/] }, { name: B }, { name: D }") });
    const after =
      "{ name: D }, { name: A, data: [/a/, /b/], tags: { user: [y] }, complete: true }, { name: C, data: [/c] }";
    writeFileSync(join(folder, "t.yaml"), batch("week", after));
    const { summary, changes } = await compared(folder);
    expect(summary).toEqual({ added: 1, changed: 1, removed: 1, unchanged: 2 });
    expect(changes).toMatchObject([
      {
        address: "SampleBatch/week/C",
        action: "added",
        fields: [{ path: "project" }, { path: "data", after: ["/c"] }],
      },
      {
        address: "SampleBatch/week/A",
        action: "changed",
        fields: [
          { path: "data", before: ["/a/"], after: ["/a/", "/b/"] },
          { path: "tags", after: { user: ["y"] } },
          { path: "complete", after: true },
        ],
      },
      { address: "SampleBatch/week/B", action: "removed", fields: [{ path: "project", before: "prod" }] },
    ]);
    writeFileSync(join(folder, "t.yaml"), batch("month", "{ name: A, data: [/a/] }, { name: B }, { name: D }"));
    const moved = await compared(folder);
    expect(moved.summary).toEqual({ added: 0, changed: 3, removed: 0, unchanged: 1 });
    expect(moved.changes[0]?.fields).toEqual([
      { path: "name", before: "SampleBatch/week/A", after: "SampleBatch/month/A", sensitive: false },
    ]);
  });

  it("works from a sub-folder, through links, for renamed runs, and beside untracked files", async () => {
    const folder = repository({ "real/t.yaml": stack() + run("old") });
    symlinkSync("real", join(folder, "link"));
    writeFileSync(join(folder, "real/t.yaml"), stack());
    writeFileSync(join(folder, "real/new.yaml"), run("new", "", ", formerNames: [old]"));
    for (const [args, cwd] of [
      [["link"], folder],
      [[], join(folder, "real")],
    ] as const) {
      const { changes } = await compared(folder, [...args], cwd);
      expect(changes).toMatchObject([
        { action: "changed", fields: [{ path: "name", before: "PipelineRun/old", after: "PipelineRun/new" }] },
      ]);
    }
  });

  it("takes everything as new where the commit has no such folder or no manifests in it, and says so", async () => {
    const folder = repository({ "README.md": "x", "a/other/x.yaml": stack().replace("icaform/", "icafrom/") });
    for (const [name, message] of [
      ["new", "HEAD has no `a/new`: all of it counts as added"],
      ["other", "HEAD declares nothing in `a/other`: all of it counts as added"],
    ] as const) {
      rmSync(join(folder, "a", name), { recursive: true, force: true });
      mkdirSync(join(folder, "a", name));
      writeFileSync(join(folder, "a", name, "t.yaml"), stack() + run("a"));
      const { summary, diagnostics } = await compared(folder, [name], join(folder, "a"));
      expect(summary).toEqual({ added: 2, changed: 0, removed: 0, unchanged: 0 });
      const help = "name a folder that holds both what was and what is there";
      expect(diagnostics).toEqual([{ severity: "warning", code: "not-in-commit", message, help }]);
    }
  });

  it("says which paths a commit has not, also where the rest of it is broken without them", async () => {
    const folder = repository({
      "s.yaml": stack(),
      "a.yaml": run("a"),
      "b.yaml": run("b", "dependsOn: [PipelineRun/a]"),
    });
    git(folder, "mv", "a.yaml", "c.yaml");
    const paths = ["s.yaml", "b.yaml", "c.yaml"];
    const { code, stderr } = await icaform(["plan", ...paths, "--against", "HEAD"], {}, folder);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^warning: HEAD has no `c\.yaml`: .*\n {2}help: .*\nHEAD:b\.yaml:5:\d+: error: /),
    ]);
    writeFileSync(join(folder, "d.yaml"), run("d"));
    const { diagnostics } = await compared(folder, ["s.yaml", "d.yaml"]);
    expect(diagnostics).toMatchObject([{ message: "HEAD has no `d.yaml`: all of it counts as added" }]);
  });

  it("says whose mistakes they are, and leaves neither files nor a changed index behind", async () => {
    const folder = repository({ "a/t.yaml": `${stack()}${run("a")}extra: 1\n`, "a/b/x": "", "c/x": "" });
    writeFileSync(join(folder, "a/t.yaml"), stack() + run("a"));
    const temporary = treeOf({});
    for (const [path, cwd] of [
      ["a", "."],
      [".", "a"],
      ["..", "a/b"],
      ["../a/t.yaml", "c"],
    ] as const) {
      const args = ["plan", path, "--against", "HEAD", "--format", "json"];
      const { code, stdout, stderr } = await icaform(args, { TMPDIR: temporary }, join(folder, cwd));
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^HEAD:a\/t\.yaml:11:1: error: /m)]);
      expect(mistakesOf("against", stdout)).toBe("No errors");
      expect(stdout + stderr).not.toContain(temporary);
    }
    expect(readdirSync(temporary)).toEqual([]);
    expect(git(folder, "status", "--porcelain")).toBe(" M a/t.yaml\n");
  });

  it("says of what its sheets and rules complain, and of what is no YAML at all", async () => {
    const rules = "policy: { rules: [{ schema: r.json, message: no }] }";
    const broken = { "t/t.yaml": stack(rules) + SHEET, "t/s.csv": "id,depth\na,1\na,2\n", "t/r.json": '{ "typ": 1 }' };
    const folder = repository({ ...broken, "u/t.yaml": "apiVersion: icaform/v1\nkind: [\n" });
    writeFileSync(join(folder, "t/t.yaml"), stack());
    writeFileSync(join(folder, "u/t.yaml"), stack());
    const inT = await icaform(["plan", "t", "--against", "HEAD", "--var", "batch=x"], {}, folder);
    expect(inT.stderr).toMatch(/^HEAD:t\/s\.csv:3:1: error: /m);
    expect(inT.stderr).toMatch(/^HEAD:t\/r\.json:1:\d+: error: /m);
    const inU = await icaform(["plan", "u", "--against", "HEAD"], {}, folder);
    expect([inU.code, inU.stderr]).toEqual([1, expect.stringMatching(/^HEAD:u\/t\.yaml:\d+:\d+: error: /m)]);
  });

  it("takes a --var-file of the repository as each side has it, another one and --var for both", async () => {
    const depth = run("a", 'input: { custom: { text: "${var.depth} ${var.unit}" } }');
    const folder = repository({ "t/t.yaml": stack() + depth, "v.yaml": "depth: 1\n" });
    const outside = join(treeOf({ "o.yaml": "unit: x\n" }), "o.yaml");
    writeFileSync(join(folder, "v.yaml"), "depth: 2\n");
    const args = ["--var-file", "../v.yaml", "--var-file", outside, "."];
    const { changes } = await compared(folder, args, join(folder, "t"));
    expect(changes[0]?.patch).toEqual([{ op: "replace", path: "/input/custom/text", value: "2 x" }]);
    expect(changes[0]?.fields[0]?.before).toEqual({ custom: { text: "1 x" } });
    expect((await compared(folder, [...args, "--var", "depth=3"], join(folder, "t"))).changes).toEqual([]);
    writeFileSync(
      join(folder, "t/t.yaml"),
      stack() + run("a", 'input: { custom: { text: "${var.depth} ${var.new}" } }'),
    );
    const { changes: more } = await compared(folder, [...args, "--var", "new=y"], join(folder, "t"));
    expect(more[0]?.patch).toEqual([{ op: "replace", path: "/input/custom/text", value: "2 y" }]);
  });

  it("says which side needs a variable that is not given, whose --var-file is wrong, and how to go on", async () => {
    const folder = repository({
      "t.yaml": stack() + run("a", 'input: { custom: { text: "${var.old}" } }'),
      "v.vars": "- 1\n",
    });
    writeFileSync(join(folder, "t.yaml"), stack() + run("a"));
    writeFileSync(join(folder, "v.vars"), "older: 1\n");
    writeFileSync(join(folder, "new.vars"), "old: 1\n");
    const args = ["plan", "--against", "HEAD"];
    const missing = await icaform([...args, "--var", "older=1", "--var-file", "new.vars"], {}, folder);
    expectClearError(missing, /^HEAD:t\.yaml:10:\d+: error: there is no variable `old` \[variable-missing\]$/);
    expect(missing.stderr).toContain(
      "help: HEAD needs it, even if the work tree no longer does: give it by --var name=value (HEAD has no `new.vars`)",
    );
    const wrong = await icaform([...args, "--var-file", "v.vars"], {}, folder);
    expectClearError(wrong, /--var-file HEAD:v\.vars: must be a map of names to values$/);
    expect((await compared(folder, ["--var", "old=reads: 1"])).summary.unchanged).toBe(2);
  });

  it.each([
    [
      "a file to save to",
      ["--against", "HEAD", "--out", "x"],
      /--out, --explain, --prune, --estimate, --target, --rerun and --reason mean nothing/,
    ],
    ["a run to start again", ["--against", "HEAD", "--rerun", "r"], /--rerun and --reason mean nothing/],
    ["a page", ["--against", "HEAD", "--format", "html"], /prints text, json or markdown/],
  ])("refuses %s", async (_name, args, message) => {
    const folder = repository({ "t.yaml": stack() });
    expectClearError(await icaform(["plan", ...args], {}, folder), message);
  });
});
