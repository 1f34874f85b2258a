import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lab, treeOf } from "../support/beside.ts";
import { mistakesOf } from "../support/documents.ts";
import { run, stack } from "../support/manifests.ts";

describe.concurrent("plan --explain", () => {
  it("tells of a run from its first plan to its rerun: sections, attempts, dependencies, policy", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("a") + run("b", "dependsOn: [PipelineRun/a]") });
    let expected: [number, unknown] = [0, ""];
    const explain = async (name: string, ...more: string[]) => {
      const { code, stdout, stderr } = await ica.icaform(["plan", folder, "--explain", name, ...more]);
      expect([code, stderr]).toEqual(expected);
      return stdout;
    };
    expect(mistakesOf("explain", await explain("b", "--format", "json"))).toBe("No errors");
    const before = await explain("b");
    expect(before).toMatch(/^… PipelineRun\/b {2}project prod\n {4}wait: waits for PipelineRun\/a/);
    expect(before).toContain("Attempts in ICA:\n    none");
    expect(before).toContain("    PipelineRun/a  not in ICA, in this plan: create");
    expect(before).toContain("onChange: true, onFailure: 0, onUpstream: false, ignoreChanges: []");
    expect(before).toContain("Policy:\n    allows the plan");
    await ica.icaform(["apply", folder, "--auto-approve"]);
    ica.finish();
    const policy = "policy: { maxReruns: 0 }";
    expected = [4, expect.stringMatching(/^refused: .*\n {2}policy\.maxReruns/)];
    writeFileSync(join(folder, "t.yaml"), stack(policy) + run("a", "storage: Large") + run("b"));
    const document = await explain("PipelineRun/a", "--format", "json");
    expect(mistakesOf("explain", document)).toBe("No errors");
    expect(mistakesOf("explain", document.replace('"state": "changed"', '"state": "odd"'))).toContain(
      "sections/2/state",
    );
    expect(mistakesOf("explain", document.replace('"attempts"', '"attempt"'))).toContain("'attempts'");
    const after = JSON.parse(document);
    const [analysis] = ica.sim.analyses();
    expect(after).toMatchObject({
      address: "PipelineRun/a",
      action: "rerun",
      reason: "storage changed since attempt 1",
      attempts: [{ attempt: 1, status: "SUCCEEDED", id: analysis?.id, reference: analysis?.reference }],
      refusals: [expect.stringContaining("policy.maxReruns")],
    });
    expect(after.attempts[0].api).toMatch(new RegExp(`^${ica.sim.url}/api/projects/[^/]+/analyses/${analysis?.id}$`));
    const states = after.sections.map(
      ({ section, state }: { section: string; state: string }) => `${section} ${state}`,
    );
    expect(states).toEqual(["pipeline same", "input same", "storage changed"]);
    const text = await explain("a");
    expect(text).toMatch(/storage {8}[0-9a-f]{10} {2}changed: in ICA \(not declared\)/);
    expect(text).toContain("refuses the plan: policy.maxReruns");
  });

  it("answers a tree with mistakes by a document of the same schema", async () => {
    const folder = treeOf({ "t.yaml": `${stack()}${run("a")}extra: 1\n` });
    const { code, stdout } = await (await lab()).icaform(["plan", folder, "--explain", "a", "--format", "json"]);
    expect([code, mistakesOf("explain", stdout)]).toEqual([1, "No errors"]);
    expect(JSON.parse(stdout).diagnostics).toMatchObject([{ code: "unknown-key" }]);
  });

  it("ends as a plan does: with 2 when something is to be done and that is asked for", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const codeOf = async (...more: string[]) => (await ica.icaform(["plan", folder, "--explain", "a", ...more])).code;
    expect(await codeOf()).toBe(0);
    expect(await codeOf("--detailed-exitcode")).toBe(2);
    await ica.icaform(["apply", folder, "--auto-approve"]);
    expect(await codeOf("--detailed-exitcode")).toBe(0);
  });

  it("knows what is in ICA but no longer declared, whatever is declared with nearly the same name", async () => {
    const ica = await lab();
    await ica.icaform(["apply", treeOf({ "t.yaml": stack() + run("hello-1") + run("hello-2") }), "--auto-approve"]);
    const folder = treeOf({ "t.yaml": stack() + run("hello-1") });
    const explained = async (name: string) => {
      const { code, stdout, stderr } = await ica.icaform(["plan", folder, "--explain", name]);
      expect([code, stdout]).toEqual([1, ""]);
      return stderr;
    };
    expect(await explained("hello-2")).toContain("--explain hello-2: in ICA, no longer declared (orphan)");
    expect(await explained("hello-3")).toMatch(/declares no such run\n {2}help: did you mean `hello-1`\?/);
  });

  it.each([
    ["no name", ["--explain", ""], /--explain is empty: give the name of a run/],
    ["a page", ["--explain", "hello", "--format", "html"], /--explain prints text or json, no html/],
    ["a file to save to", ["--explain", "hello", "--out", "x.json"], /saves no plan/],
  ])("says what is wrong with %s, before any call", async (_name, args, message) => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("hello") });
    const { code, stdout, stderr } = await ica.icaform(["plan", folder, ...args]);
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(message)]);
    expect(ica.sim.requests).toEqual([]);
  });
});
