/** The workflow's own shell steps, against an ICA in memory and a `gh` that keeps one comment in a file. */
import { spawn } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { lab, treeOf } from "../support/beside.ts";
import { COMMAND, ROOT } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";

interface Workflow {
  concurrency: { group: string };
  jobs: Record<string, { if: string; steps: { name?: string; run?: string }[] }>;
}
const workflow = parse(readFileSync(join(ROOT, "examples/ci/github-actions.yml"), "utf8")) as Workflow;

/** Answers what the steps ask; `$HOME/comment` is the workflow's comment, `$HOME/calls` what was called. */
const GH = `#!/bin/bash
echo "$*" >> "$HOME/calls"
case "$*" in
  *--method*) for word; do case $word in body=@*) cp "\${word#body=@}" "$HOME/comment";; esac; done ;;
  *commits/*) echo 7 ;;
  *"| .id") test -f "$HOME/comment" && echo 99 ;;
  *"| .body") test -f "$HOME/comment" && cat "$HOME/comment" ;;
esac
exit 0
`;

async function checkout() {
  const ica = await lab();
  const home = treeOf({
    "manifests/t.yaml": stack() + run("r"),
    "bin/gh": GH,
    "bin/icaform": `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`,
    calls: "",
  });
  for (const name of ["gh", "icaform"]) chmodSync(join(home, "bin", name), 0o755);
  const step = (job: string, name: string): Promise<number | null> => {
    const script = workflow.jobs[job]?.steps.find((one) => one.name === name || one.run === name)?.run;
    if (script === undefined) throw new Error(`no step ${name}`);
    const env = {
      ...ica.env,
      HOME: home,
      RUNNER_TEMP: home,
      PATH: `${join(home, "bin")}:${process.env.PATH}`,
      GITHUB_REPOSITORY: "lab/cohort",
      GITHUB_SHA: "abc",
      PR: "7",
    };
    // As GitHub's runner starts a step.
    const child = spawn("bash", ["-e", "-c", script], { cwd: home, env, stdio: "ignore" });
    return new Promise((done) => child.on("close", done));
  };
  return { ica, home, step, calls: () => readFileSync(join(home, "calls"), "utf8") };
}

describe.concurrent("examples/ci/github-actions.yml", () => {
  it("keeps secrets from forks, and applies one at a time", () => {
    expect(workflow.jobs.plan?.if).toContain("head.repo.full_name == github.repository");
    expect(workflow.jobs.apply?.if).toBe("github.event_name == 'push'");
    expect(workflow.concurrency.group).toContain("'apply'");
  });

  it("plans, comments once and then in place, applies what was reviewed, and sees no drift", async () => {
    const { ica, step, calls } = await checkout();
    expect(await step("validate", "icaform validate manifests")).toBe(0);
    for (let push = 1; push <= 2; push++) {
      expect(await step("plan", "Plan")).toBe(0);
      expect(await step("plan", "Comment")).toBe(0);
    }
    expect(calls().match(/--method POST/g)).toHaveLength(1);
    expect(calls().match(/--method PATCH .*comments\/99/g)).toHaveLength(1);
    expect(await step("drift", "Drift")).toBe(2);
    expect(await step("apply", "Apply")).toBe(0);
    expect(ica.creates()).toHaveLength(1);
    expect(await step("drift", "Drift")).toBe(0);
  });

  it("applies nothing that nobody reviewed", async () => {
    const { ica, home, step } = await checkout();
    expect(await step("apply", "Apply")).toBe(2);
    await step("plan", "Plan");
    await step("plan", "Comment");
    writeFileSync(join(home, "manifests/more.yaml"), run("unreviewed"));
    expect(await step("apply", "Apply")).toBe(4);
    expect(ica.creates()).toHaveLength(0);
  });
});
