import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTree } from "../../src/manifest/load.ts";
import { brief, folderOf, loadFiles, run, STACK } from "./trees.ts";

test("of folders, every yaml and yml file below; hidden folders and node_modules are left alone", async () => {
  const { tree, files, documents } = await loadFiles({
    "stack.yaml": STACK,
    "a/b/c/x.yml": run("x"),
    ".hidden.yaml": run("hidden-file"),
    ".git/y.yaml": run("y"),
    "a/node_modules/z.yaml": run("z"),
    "notes.txt": run("n"),
  });
  expect(tree?.runs.map(({ name }) => name)).toEqual(["hidden-file", "x"]);
  expect({ files, documents }).toEqual({ files: 3, documents: 3 });
});

test("files named themselves are read whatever their name, each file once", async () => {
  const files = { "stack.yaml": STACK, "runs.txt": run("x") };
  const { tree } = await loadFiles(files, {}, [".", "stack.yaml", "./runs.txt", "runs.txt"]);
  expect(tree?.runs.map(({ name }) => name)).toEqual(["x"]);
});

test("a path that is not there, and a tree without manifests", async () => {
  expect(brief(await loadFiles({ "stack.yaml": STACK }, {}, [".", "missing"]))).toEqual([
    "missing:1:1 error path-missing",
  ]);
  const empty = await loadFiles({ "README.md": "#" });
  expect(brief(empty)).toEqual([".:1:1 error no-manifests"]);
  expect(empty.diagnostics[0]?.help).toContain("README");
  const explicit = await loadFiles({ "empty.yaml": "" }, {}, ["empty.yaml"]);
  expect(explicit.diagnostics[0]?.message).toBe("there is no icaform document in 1 file(s) in empty.yaml");
});

test("links inside the tree are followed, once and without going round; links out of it are refused", async () => {
  const outside = folderOf({ "secret.yaml": run("secret"), "deep/s.yaml": run("s") });
  const cwd = folderOf({ "stack.yaml": STACK, "real/x.yaml": run("x"), ".store/y.yaml": run("y") });
  symlinkSync("real", join(cwd, "link"));
  symlinkSync("..", join(cwd, "real/up"));
  symlinkSync(".store/y.yaml", join(cwd, "y.yaml"));
  symlinkSync(join(outside, "secret.yaml"), join(cwd, "zz.yaml"));
  symlinkSync(join(outside, "deep"), join(cwd, "zzz"));
  symlinkSync("nowhere.yaml", join(cwd, "zzzz.yaml"));
  symlinkSync("/etc/passwd", join(cwd, "passwd"));
  const loaded = await loadTree({ paths: ["."], cwd });
  expect(brief(loaded)).toEqual([
    "zz.yaml:1:1 error outside-tree",
    "zzz:1:1 error outside-tree",
    "zzzz.yaml:1:1 error path-missing",
  ]);
  expect(loaded.documents).toBe(3);
});

test("a link to outside is fine where the operator gives that folder as well", async () => {
  const outside = folderOf({ "x.yaml": run("x") });
  const cwd = folderOf({ "stack.yaml": STACK });
  symlinkSync(join(outside, "x.yaml"), join(cwd, "x.yaml"));
  const loaded = await loadTree({ paths: [".", outside], cwd });
  expect(loaded.diagnostics).toEqual([]);
  expect(loaded.documents).toBe(2);
});

test("names of files reach no terminal as they are", async () => {
  const { diagnostics } = await loadFiles({ "stack.yaml": STACK, "a\u001b[2J\n.yaml": run("x", "nonsense: 1") });
  expect(diagnostics[0]?.file).toBe("a .yaml");
});

test("encodings other than UTF-8 are named", async () => {
  const utf16 = Buffer.from(`\uFEFF${run("x")}`, "utf16le");
  const latin1 = Buffer.from(run("x", "userReference: Bärbel"), "latin1");
  const { diagnostics, passedOver } = await loadFiles({
    "stack.yaml": STACK,
    "utf16.yaml": utf16,
    "latin1.yaml": latin1,
    "foreign.yaml": Buffer.from([0x61, 0xff, 0xfe, 0x00]),
  });
  expect(brief({ diagnostics })).toEqual(["latin1.yaml:1:1 error not-utf8", "utf16.yaml:1:1 error not-utf8"]);
  expect(diagnostics[0]?.message).toContain("line 7");
  expect(diagnostics[1]?.message).toContain("UTF-16");
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), latin1]);
  expect((await loadFiles({ "x.yaml": marked })).diagnostics[0]?.message).toContain("line 7");
  expect(passedOver).toEqual(["foreign.yaml"]);
});

test("files of others are passed over, near misses named, mixtures refused", async () => {
  const loaded = await loadFiles({
    "stack.yaml": STACK,
    "compose.yaml": "services: {}\n",
    "helm.yaml": "{{ if .Values.x }}\nname: {{ .x }}\n",
    "tekton.yaml": "apiVersion: tekton.dev/v1\nkind: PipelineRun\n",
    "empty.yaml": "",
    "comments.yaml": "# nothing\n",
    "miss.yaml": run("m").replace("icaform/v1", "icafrom/v1"),
    "bare.yaml": run("m").replace("apiVersion: icaform/v1\n", ""),
    "other-version.yaml": run("m").replace("icaform/v1", "icaform/v2"),
    "no-version.yaml": run("m").replace("icaform/v1", "icaform"),
    "mixed.yaml": `${run("a")}---\nservices: {}\n---\njust text\n`,
    "kind.yaml": run("k").replace("PipelineRun", "PipelneRun"),
    "kindless.yaml": run("k").replace("kind: PipelineRun\n", ""),
  });
  expect(brief(loaded)).toEqual([
    "bare.yaml:1:1 warning api-version",
    "kind.yaml:2:7 error unknown-kind",
    "kindless.yaml:1:1 error missing-key",
    "miss.yaml:1:13 warning api-version",
    "mixed.yaml:8:1 error mixed-file",
    "mixed.yaml:10:1 error mixed-file",
    "no-version.yaml:1:13 error api-version",
    "other-version.yaml:1:13 error api-version",
  ]);
  expect(loaded.passedOver).toEqual([
    "bare.yaml",
    "comments.yaml",
    "compose.yaml",
    "empty.yaml",
    "helm.yaml",
    "miss.yaml",
    "tekton.yaml",
  ]);
  expect(loaded.diagnostics[1]?.help).toBe("did you mean `PipelineRun`?");
  expect(loaded.diagnostics[3]?.message).toContain("icafrom/v1");
});

test("a broken file is somebody else's unless it mentions icaform or is named itself", async () => {
  const files = { "stack.yaml": STACK, "broken.yaml": "a: [\n", "ours.yaml": "apiVersion: icaform/v1\nkind: [\n" };
  expect(brief(await loadFiles(files))).toEqual(["ours.yaml:3:1 error yaml-syntax"]);
  expect(brief(await loadFiles(files, {}, ["stack.yaml", "broken.yaml"]))).toEqual([
    "broken.yaml:2:1 error yaml-syntax",
  ]);
});

test("names in messages are relative to where the tool runs, absolute elsewhere", async () => {
  const outside = folderOf({ "x.yaml": run("x", "nonsense: 1") });
  const cwd = folderOf({ "sub/stack.yaml": STACK });
  mkdirSync(join(cwd, "sub/more"));
  writeFileSync(join(cwd, "sub/more/y.yaml"), run("y", "nonsense: 1"));
  const { diagnostics } = await loadTree({ paths: [join(cwd, "sub"), outside], cwd });
  expect(diagnostics.map(({ file }) => file)).toEqual([join(outside, "x.yaml"), "sub/more/y.yaml"]);
});
