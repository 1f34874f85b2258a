import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { planJson } from "../../src/render/plan-json.ts";
import { goldenFiles } from "../render/golden.ts";
import { MANY } from "../render/samples.ts";
import { mistakesOf } from "../support/documents.ts";
import { deadPort } from "../support/http.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const RUN = (name: string, value: string) => `---
apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: ${name} }
spec: { pipeline: nf, input: { form: { parameters: { sample: "${value}" } } } }
`;
const STACK = (policy = "") => `apiVersion: icaform/v1
kind: Stack
metadata: { name: cohort }
spec: { project: prod${policy} }
`;

describe("the JSON Schemas", () => {
  it.each(goldenFiles("json"))("accept the golden file $name", ({ text }) => {
    expect(mistakesOf("plan", text)).toBe("No errors");
  });

  it("accept a plan of 5,000 changes and refuse what is none", () => {
    expect(mistakesOf("plan", planJson(MANY.plan))).toBe("No errors");
    for (const schema of ["plan", "explain", "against", "apply", "status"] as const) {
      expect(mistakesOf(schema, '{"formatVersion":"1.0"}')).not.toBe("No errors");
      expect(mistakesOf(schema, '{"formatVersion":"2.0"}')).toContain("pattern");
    }
  });

  it("accept what plan, apply and status print, before, during and after", async () => {
    const { icaform, finish } = await lab();
    const tree = treeOf({ "a.yaml": STACK() + RUN("a", "1") + RUN("b", "2") });
    const check = async (schema: "plan" | "apply" | "status", ...args: string[]) => {
      const { stdout } = await icaform([schema, tree, "--format", "json", ...args]);
      expect(`${schema}: ${mistakesOf(schema, stdout)}`).toBe(`${schema}: No errors`);
    };
    for (const end of [undefined, "SUCCEEDED"] as const) {
      await check("plan");
      await check("status");
      await check("apply", "--auto-approve");
      await check("status");
      if (end !== undefined) finish(end);
    }
    await check("plan");
    await check("status");
  });

  it("accept the answer to a tree with mistakes", async () => {
    const { icaform } = await lab();
    const tree = treeOf({ "a.yaml": `${STACK()}${RUN("a", "1")}  extra: 1\n` });
    for (const schema of ["plan", "apply", "status"] as const) {
      const { code, stdout } = await icaform([schema, tree, "--format", "json"]);
      expect(code).toBe(1);
      expect(mistakesOf(schema, stdout)).toBe("No errors");
    }
  });
});

describe("--format json of what a command gives up over", () => {
  const codesOf = (stdout: string) => (JSON.parse(stdout) as Plan).diagnostics.map(({ code }) => code);

  it("is one document of diagnostics, as the schemas have it: no key, no connection, refused, misused", async () => {
    const ica = await lab();
    const tree = treeOf({ "a.yaml": STACK(", policy: { maxCreates: 0 }") + RUN("a", "1") });
    const free = treeOf({ "a.yaml": STACK() + RUN("a", "1") });
    const cases = [
      ["usage", { ICA_API_KEY: "" }],
      ["ica", { ICA_API_KEY: "wrong-key-of-nobody" }],
      ["ica", { ICA_SERVER: `http://127.0.0.1:${await deadPort()}/ica/rest` }],
    ] as const;
    for (const [code, env] of cases) {
      for (const command of ["plan", "apply", "status"] as const) {
        const ran = await ica.icaform([command, free, "--format", "json"], { env });
        expect([ran.code, codesOf(ran.stdout)], command).toEqual([1, [code]]);
        expect(mistakesOf(command, ran.stdout)).toBe("No errors");
      }
    }
    const unread = await ica.icaform(["validate", free, "--format", "json", "--var-file", "none"]);
    expect([unread.code, codesOf(unread.stdout)]).toEqual([1, ["usage"]]);
    for (const [args, code] of [
      [["plan", tree], "policy"],
      [["apply", tree, "--auto-approve"], "refused"],
      [["apply", free], "refused"],
      [["apply", free, "--auto-approve", "--expect", `sha256:${"0".repeat(64)}`], "refused"],
    ] as const) {
      const ran = await ica.icaform([...args, "--format", "json"]);
      expect([ran.code, codesOf(ran.stdout)], args.join(" ")).toEqual([4, [code]]);
    }
    expect(ica.writes()).toEqual([]);
  });
});

describe("plan's formats", () => {
  let ica: Lab;
  beforeEach(async () => {
    ica = await lab();
  });
  const six = () => treeOf({ "a.yaml": STACK() + [1, 2, 3, 4, 5, 6].map((n) => RUN(`r${n}`, `s${n}`)).join("") });

  it("folds runs that are alike, and shows each with --verbose", async () => {
    const tree = six();
    const folded = (await ica.icaform(["plan", tree])).stdout;
    expect(folded).toContain("+ 6 runs alike: pipeline nf, storage Small");
    expect(folded).toContain("they differ in sample\n");
    expect(folded).toContain("such as PipelineRun/r1, PipelineRun/r2, PipelineRun/r6; --verbose shows each");
    const verbose = (await ica.icaform(["plan", tree, "--verbose"])).stdout;
    expect(verbose).not.toContain("alike");
    expect(verbose.match(/^\+ PipelineRun\/r\d/gm)?.length).toBe(6);
  });

  it("prints Markdown and nothing else, with the command that applies exactly this", async () => {
    const tree = six();
    const { code, stdout } = await ica.icaform(["plan", tree, "--format", "markdown"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!-- icaform:plan stack=cohort -->\n/);
    const command = /^icaform (apply --expect sha256:\w+ .*)$/m.exec(stdout)?.[1] ?? "";
    expect(command.split(" ").slice(3)).toEqual([tree]);
    const applied = await ica.icaform([...command.split(" "), "--auto-approve"]);
    expect(applied.code).toBe(0);
    expect(ica.creates().length).toBe(6);
  });

  it("prints a command with the plan's arguments, also into the summary of a job", async () => {
    const tree = six();
    const summary = join(treeOf({ summary: "" }), "summary");
    const args = ["--target", "PipelineRun/r1", "--prune", "--var", "unused=a b", "--server", ica.sim.url];
    const { stdout } = await ica.icaform(["plan", tree, "--format", "markdown", ...args], {
      env: { GITHUB_STEP_SUMMARY: summary },
    });
    const command = `${tree} --prune --target PipelineRun/r1 --var 'unused=a b' --server ${ica.sim.url}\n`;
    expect(stdout).toContain(command);
    expect(readFileSync(summary, "utf8")).toContain(command);
  });

  it("prints one page", async () => {
    const { code, stdout, stderr } = await ica.icaform(["plan", six(), "--format", "html"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(stdout.match(/data-action="create"/g)?.length).toBe(6);
  });

  it("refuses a format that it does not know", async () => {
    const { code, stderr } = await ica.icaform(["plan", six(), "--format", "xml"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("must be one of")]);
  });
});

describe("plan in GitHub Actions", () => {
  it("hands on whether there are changes, the digest and the summary", async () => {
    const ica = await lab();
    const tree = treeOf({ "a.yaml": STACK() + RUN("a", "1"), output: "before=1\n", summary: "" });
    const files = { GITHUB_OUTPUT: join(tree, "output"), GITHUB_STEP_SUMMARY: join(tree, "summary") };
    const manifest = join(tree, "a.yaml");
    const plan = JSON.parse((await ica.icaform(["plan", manifest, "--format", "json"], { env: files })).stdout) as Plan;
    const outputs = readFileSync(files.GITHUB_OUTPUT, "utf8");
    expect(outputs).toMatch(/^before=1\nchanges<<(\S+)\ntrue\n\1\ndigest<<(\S+)\nsha256:[0-9a-f]{64}\n\2\n$/);
    expect(outputs).toContain(plan.digest);
    expect(readFileSync(files.GITHUB_STEP_SUMMARY, "utf8")).toContain(`icaform apply --expect ${plan.digest}`);
    await ica.icaform(["apply", manifest, "--auto-approve"]);
    await ica.icaform(["plan", manifest], { env: files });
    expect(readFileSync(files.GITHUB_OUTPUT, "utf8")).toMatch(/\nchanges<<(\S+)\nfalse\n\1\n/);
  });

  it("annotates mistakes at their lines, and what policy refuses", async () => {
    const ica = await lab();
    const env = { GITHUB_ACTIONS: "true" };
    const tree = treeOf({ "a.yaml": `${STACK()}${RUN("a", "1")}  "x%,:y": 1\n` });
    const wrong = await ica.icaform(["plan", tree], { env: { ...env, GITHUB_WORKSPACE: tree } });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^::error file=a\.yaml,line=\d+,col=\d+,title=icaform%3A /m);
    const refused = treeOf({ "a.yaml": STACK(", policy: { maxCreates: 0 }") + RUN("a", "1") });
    const { code, stderr } = await ica.icaform(["plan", refused], { env });
    expect(code).toBe(4);
    expect(stderr).toMatch(/^::error title=icaform%3A refused::policy\.maxCreates: /m);
    expect((await ica.icaform(["plan", refused])).stderr).not.toContain("::error");
  });
});
