import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { USUAL_SEED } from "../../src/simulator/usualSeed.ts";
import { lab, treeOf } from "../support/beside.ts";
import { icaform } from "../support/cli.ts";

const init = (folder: string, ...args: string[]) => icaform(["init", folder, ...args]);
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
const MANIFESTS = [".icaform/manifest.schema.json", "manifests/runs.yaml", "manifests/stack.yaml"];

describe.concurrent("icaform init", () => {
  it.each([
    ["github", [".github/workflows/icaform.yml", ".pre-commit-config.yaml"]],
    ["gitlab", [".gitlab-ci.yml", ".pre-commit-config.yaml"]],
    ["none", []],
  ])("--ci %s writes a tree that is valid, planned and applied as it is", async (ci, ciFiles) => {
    const ica = await lab({ seed: USUAL_SEED, switches: { speed: 0 } });
    const folder = treeOf({});
    expect(await init(folder, "--ci", ci, "--name", "cohort-8")).toMatchObject({ code: 0, stderr: "" });
    expect(filesOf(folder)).toEqual([...ciFiles, ...MANIFESTS].sort());
    const manifests = join(folder, "manifests");
    const planned = await ica.plan(manifests);
    expect(planned).toMatchObject({ stack: "cohort-8", summary: { create: 1 }, diagnostics: [] });
    expect((await ica.icaform(["apply", manifests, "--auto-approve"])).code).toBe(0);
    expect(ica.creates()).toHaveLength(1);
  });

  it("overwrites nothing, and adds what is missing", async () => {
    const folder = treeOf({ "manifests/stack.yaml": "# mine\n" });
    const ran = await init(folder);
    expect(ran.stdout).toMatch(/^left {3}manifests\/stack\.yaml \(it was there already\)$/m);
    expect(ran.stdout).toMatch(/^wrote {2}manifests\/runs\.yaml$/m);
    expect(readFileSync(join(folder, "manifests/stack.yaml"), "utf8")).toBe("# mine\n");
    writeFileSync(join(folder, "manifests/runs.yaml"), "# mine too\n");
    expect((await init(folder)).stdout).not.toContain("wrote");
    expect(readFileSync(join(folder, "manifests/runs.yaml"), "utf8")).toBe("# mine too\n");
  });

  const odd = ["true", "7", "cohort-8", "0x1f", "---", "-", "null", "1e3", "0777", "2026-11-01", "a".repeat(63)];
  it.each(odd)("takes the stack's name %s as a text", async (name) => {
    const folder = treeOf({});
    // `--name=` since a name may begin as an option does.
    await init(folder, `--name=${name}`, "--project", 'a "b" $& # c');
    const stack = parse(readFileSync(join(folder, "manifests/stack.yaml"), "utf8"));
    expect(stack).toMatchObject({ metadata: { name }, spec: { project: 'a "b" $& # c' } });
    expect((await icaform(["validate", folder])).code).toBe(0);
  });

  it.each([
    ["github", ".github/workflows/icaform.yml", "env"],
    ["gitlab", ".gitlab-ci.yml", "variables"],
  ])("writes the stack's name into the CI file of %s, and says what else is to be written", async (ci, file, key) => {
    for (const name of ["---", "7", "my-other-lab"]) {
      const folder = treeOf({});
      const { stdout } = await init(folder, "--ci", ci, `--name=${name}`);
      expect(parse(readFileSync(join(folder, file), "utf8"))[key].STACK).toBe(name);
      expect(stdout).toContain('see the lines "yours" in the CI files');
      expect(readFileSync(join(folder, file), "utf8")).toMatch(/ICAFORM: \S+ # yours: /);
    }
  });

  it("adds CI files for the stack that is there, whatever the folder is called", async () => {
    const folder = treeOf({});
    await init(folder, "--ci", "none", "--name", "lab");
    const other = await init(folder, "--ci", "gitlab", "--name", "other");
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining("names the stack lab already") });
    await init(folder, "--ci", "gitlab");
    expect(readFileSync(join(folder, ".gitlab-ci.yml"), "utf8")).toContain('STACK: "lab"');
  });

  it("names the stack after the folder, and refuses a name that is none", async () => {
    const folder = treeOf({ "My Cohort_7/x": "" });
    await init(join(folder, "My Cohort_7"));
    expect(readFileSync(join(folder, "My Cohort_7/manifests/stack.yaml"), "utf8")).toContain('{ name: "my-cohort-7" }');
    const ran = await init(folder, "--name", "Not a name");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("--name Not a name: must be 1 to 63 of a-z, 0-9 and -");
  });

  it("says what is in the way", async () => {
    const ran = await init(treeOf({ manifests: "a file" }));
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/cannot write .*manifests/);
    expect(ran.stderr).not.toContain("    at ");
  });

  it("lays the schema beside the manifests, where their first lines look for it", async () => {
    const folder = treeOf({});
    await init(folder);
    const ajv = new Ajv({ strict: false });
    formats.default(ajv, ["date-time"]);
    for (const file of ["manifests/stack.yaml", "manifests/runs.yaml"]) {
      const text = readFileSync(join(folder, file), "utf8");
      const [, path = ""] = /^# yaml-language-server: \$schema=(.+)\n/.exec(text) ?? [];
      const schema = JSON.parse(readFileSync(join(folder, "manifests", path), "utf8")) as { $id?: string };
      const validate = (schema.$id && ajv.getSchema(schema.$id)) || ajv.compile(schema);
      for (const document of parseAllDocuments(text)) expect(validate(document.toJS())).toBe(true);
    }
  });

  it("keeps the comment that says how a sample sheet is declared true", async () => {
    const folder = treeOf({ "manifests/samples.csv": "sample_id,r1,r2\nNA1,/a_R1.fastq.gz,/a_R2.fastq.gz\n" });
    await init(folder);
    const runs = join(folder, "manifests/runs.yaml");
    const [before = "", sheet = ""] = readFileSync(runs, "utf8").split("# ---\n");
    writeFileSync(runs, `${before}---\n${sheet.replaceAll(/^# ?/gm, "")}`);
    const checked = await icaform(["validate", join(folder, "manifests")]);
    expect(checked).toMatchObject({ code: 0, stderr: "" });
  });
});
