import { readdirSync, readFileSync, rmSync } from "node:fs";
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

const SAYS = (what: string, advice: string) =>
  new RegExp(
    `policy\\.rules rules/storage\\.json: the rule ${what}, so that nobody knows whether the plan keeps it; ${advice}`,
  );

describe.concurrent("the stack's own rules", () => {
  it("refuse a plan and an apply that break them, by rule and change, with exit code 4", async () => {
    const ica = await lab();
    const folder = tree("Large");
    const line =
      'policy.rules rules/storage.json: ask the lab for more: PipelineRun/b: storage must be one of "Small", "Medium"';
    const planned = await ica.icaform(["plan", folder, "--format", "json"]);
    expect([planned.code, planned.stderr]).toEqual([4, expect.stringContaining(`  ${line}\n`)]);
    expect((JSON.parse(planned.stdout) as Plan).diagnostics).toEqual([
      { severity: "error", code: "policy", message: line, file: join(folder, "t.yaml"), line: 5, column: 42 },
    ]);
    const applied = await ica.icaform(["apply", folder, "--auto-approve"]);
    expect([applied.code, applied.stderr]).toEqual([4, expect.stringContaining(line)]);
    expect(applied.stdout).toContain("Look at: refused by policy");
    expect(ica.writes()).toEqual([]);
  });

  it("tell all that one change breaks, in one line", async () => {
    const ica = await lab();
    const strict = { storage: { const: "Small" }, pipeline: { const: "other" }, action: { const: "wait" } };
    const rule = JSON.stringify({ properties: { changes: { items: { properties: strict } } } });
    const { code, stderr } = await ica.icaform(["plan", tree("Large", rule)]);
    expect(code).toBe(4);
    expect(stderr).toContain(
      'PipelineRun/b: storage must be "Small"; pipeline must be "other"; action must be "wait"\n',
    );
  });

  it("and its limits are refused at their keys of the Stack, a limit that nobody wrote at its spec", async () => {
    const ica = await lab();
    const placeOf = async (text: string, ...args: string[]) => {
      const ran = await ica.icaform(["plan", treeOf({ "t.yaml": text }), "--format", "json", ...args]);
      const { diagnostics } = JSON.parse(ran.stdout) as Plan;
      return diagnostics.map(({ message, line, column }) => `${line}:${column} ${message.split(":")[0]}`);
    };
    expect(await placeOf(stack("policy: { maxCreates: 0 }") + run("a"))).toEqual(["5:34 policy.maxCreates"]);
    const names = Array.from({ length: 11 }, (_, index) => `r${index}`);
    const text = stack() + names.map((name) => run(name)).join("");
    await ica.icaform(["apply", treeOf({ "t.yaml": text }), "--auto-approve"]);
    ica.finish();
    const changed = stack() + names.map((name) => run(name, "storage: Large")).join("");
    expect(await placeOf(changed)).toEqual(["5:7 policy.maxReruns"]);
  });

  it("let pass what keeps them", async () => {
    const ica = await lab();
    const { code, stdout } = await ica.icaform(["apply", tree("Medium"), "--auto-approve"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("Apply: 2 done.")]);
  });

  it("refuse what nobody can ask them about: one that refers to itself without end, one that takes for ever", async () => {
    const ica = await lab();
    const endless =
      '{ "$ref": "#/definitions/a", "definitions": { "a": { "allOf": [{ "$ref": "#/definitions/a" }] } } }';
    const ran = await ica.icaform(["plan", tree("Small", endless)]);
    expect([ran.code, ran.stderr]).toEqual([
      4,
      expect.stringMatching(SAYS("refers to itself without end", "let each \\$ref")),
    ]);
    const pattern = "^PipelineRun/(a+)+$";
    const slow = JSON.stringify({ properties: { changes: { items: { properties: { address: { pattern } } } } } });
    const folder = treeOf({ "t.yaml": stack(RULES) + run(`${"a".repeat(60)}b`), "rules/storage.json": slow });
    const applied = await ica.icaform(["apply", folder, "--auto-approve"]);
    expect([applied.code, applied.stderr]).toEqual([
      4,
      expect.stringMatching(SAYS("takes longer than 5 seconds", "simplify it")),
    ]);
    expect(applied.stderr).not.toContain("    at ");
    expect(ica.writes()).toEqual([]);
  }, 60_000);

  it("see the plan as it is printed, with what was found offline", async () => {
    const ica = await lab();
    const quiet = '{ "properties": { "diagnostics": { "maxItems": 0 } } }';
    const folder = treeOf({
      "t.yaml": stack(RULES) + run("a"),
      "odd.yaml": run("b").replace("icaform/", "icafrom/"),
      "rules/storage.json": quiet,
    });
    const { code, stdout, stderr } = await ica.icaform(["plan", folder, "--format", "json"]);
    expect([code, stderr]).toEqual([4, expect.stringContaining("ask the lab for more: the plan: diagnostics ")]);
    const { diagnostics } = JSON.parse(stdout) as Plan;
    expect(diagnostics.map((one) => one.severity)).toEqual(["warning", "error"]);
    expect((await ica.icaform(["apply", folder, "--auto-approve"])).code).toBe(4);
    rmSync(join(folder, "odd.yaml"));
    expect((await ica.icaform(["plan", folder])).code).toBe(0);
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
