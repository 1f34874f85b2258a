import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { lab, treeOf } from "../support/beside.ts";
import { ROOT } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";

const ONLY_SMALL = `{ "properties": { "changes": { "items": {
  "if": { "properties": { "action": { "const": "create" } } },
  "then": { "properties": { "storage": { "enum": ["Small", "Medium"] } } }
} } } }`;
const RULES = "policy: { rules: [{ schema: rules/storage.json, message: ask the lab for more }] }";
const tree = (storage: string, rule = ONLY_SMALL) =>
  treeOf({ "t.yaml": stack(RULES) + run("a") + run("b", `storage: ${storage}`), "rules/storage.json": rule });

describe.concurrent("the stack's own rules", () => {
  it("refuse a plan and an apply that break them, by rule and change, with exit code 4", async () => {
    const ica = await lab();
    const folder = tree("Large");
    const line =
      'policy.rules rules/storage.json: ask the lab for more: PipelineRun/b: storage must be one of "Small", "Medium"';
    const planned = await ica.icaform(["plan", folder, "--format", "json"]);
    expect([planned.code, planned.stderr]).toEqual([4, expect.stringContaining(`  ${line}\n`)]);
    expect((JSON.parse(planned.stdout) as Plan).diagnostics).toMatchObject([{ code: "policy", message: line }]);
    const applied = await ica.icaform(["apply", folder, "--auto-approve"]);
    expect([applied.code, applied.stderr]).toEqual([4, expect.stringContaining(line)]);
    expect(applied.stdout).toContain("Look at: refused by policy");
    expect(ica.writes()).toEqual([]);
  });

  it("let pass what keeps them", async () => {
    const ica = await lab();
    const { code, stdout } = await ica.icaform(["apply", tree("Medium"), "--auto-approve"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("Apply: 2 done.")]);
  });

  it("stop a plan that one of them cannot be asked about, at its place", async () => {
    const ica = await lab();
    const endless =
      '{ "$ref": "#/definitions/a", "definitions": { "a": { "allOf": [{ "$ref": "#/definitions/a" }] } } }';
    const { code, stderr } = await ica.icaform(["plan", tree("Small", endless)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/t\.yaml:\d+:\d+: error: the rule rules\/storage\.json refers to itself without end/);
    expect(stderr).not.toContain("    at ");
  });

  it("cost nothing where there are none: no other file of the bundle holds ajv", () => {
    const files = readdirSync(join(ROOT, "dist")).filter((file) => file.endsWith(".js"));
    const holding = files.filter((file) =>
      /node_modules\/ajv\/dist\/core\.js"/.test(readFileSync(join(ROOT, "dist", file), "utf8")),
    );
    expect(holding.length).toBeGreaterThan(0);
    for (const file of holding) expect(file).toMatch(/^rule-schema-/);
  });
});
