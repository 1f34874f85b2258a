/** The workflow's own shell steps, against an ICA in memory and a `gh` that keeps pull requests and comments in a file. */
import { spawn } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { lab, treeOf } from "../support/beside.ts";
import { COMMAND, ROOT } from "../support/cli.ts";
import { GH, type Host, hasJq, hostIn } from "../support/gh.ts";
import { run, stack } from "../support/manifests.ts";

interface Workflow {
  on: { schedule: { cron: string }[] };
  env: Record<string, string>;
  permissions: Record<string, string>;
  concurrency: { group: string; "cancel-in-progress": string };
  defaults?: { run: { shell: string } };
  jobs: Record<string, Job>;
}

interface Job {
  if: string;
  needs?: string;
  permissions?: Record<string, string>;
  steps: { name?: string; if?: string; run?: string }[];
}

const text = readFileSync(join(ROOT, "examples/ci/github-actions.yml"), "utf8");
const workflow = parse(text) as Workflow;
const MARKER = "<!-- icaform:plan stack=my-lab -->";
const TREE = stack("", "my-lab") + run("r");

interface Ended {
  code: number | null;
  output: string;
}

async function checkout(manifests = TREE) {
  const ica = await lab();
  const host: Host = {
    pulls: [{ number: 7, sha: "abc", merged_at: "2026-11-01T00:00:00Z" }],
    comments: {},
    writes: [],
  };
  const home = treeOf({
    "manifests/t.yaml": manifests,
    "bin/gh": GH,
    "bin/icaform": `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`,
    "host.json": JSON.stringify(host),
  });
  for (const name of ["gh", "icaform"]) chmodSync(join(home, "bin", name), 0o755);
  const step = (job: string, name: string, given: Record<string, string> = {}): Promise<Ended> => {
    const script = workflow.jobs[job]?.steps.find((one) => one.name === name || one.run === name)?.run;
    if (script === undefined) throw new Error(`no step ${name}`);
    const env = {
      ...workflow.env,
      ...ica.env,
      HOME: home,
      RUNNER_TEMP: home,
      PATH: `${join(home, "bin")}:${process.env.PATH}`,
      GITHUB_SERVER_URL: "https://github.example.org",
      GITHUB_REPOSITORY: "lab/cohort",
      GITHUB_RUN_ID: "99",
      GITHUB_EVENT_NAME: "push",
      GITHUB_REF_NAME: "main",
      GITHUB_SHA: "abc",
      DIGEST: "",
      HEAD: "head-of-7",
      IS_FORK: "false",
      PR: "7",
      ...given,
    };
    // As GitHub's runner starts a step: only a shell that is named has pipefail.
    const flags = workflow.defaults?.run.shell === "bash" ? ["-eo", "pipefail"] : ["-e"];
    const child = spawn("bash", ["--noprofile", "--norc", ...flags, "-c", script], { cwd: home, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
    return new Promise((done) => child.on("close", (code) => done({ code, output })));
  };
  /** Plans and comments, as one push to the pull request does; the exit code of the plan. */
  const review = async (given: Record<string, string> = {}) => {
    const planned = await step("plan", "Plan", given);
    expect(await step("plan", "Comment", given)).toMatchObject({ code: 0 });
    return planned.code;
  };
  return { ica, home, step, review, host: hostIn(home) };
}

describe("examples/ci/github-actions.yml", () => {
  it("asks for no more than it needs, and puts nothing of a pull request into a script", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    const more = Object.entries(workflow.jobs).map(([name, { permissions }]) => [name, permissions]);
    expect(Object.fromEntries(more)).toEqual({
      validate: undefined,
      plan: { contents: "read", "pull-requests": "write" },
      apply: { contents: "read", "pull-requests": "read" },
      drift: undefined,
    });
    const scripts = Object.values(workflow.jobs).flatMap(({ steps }) => steps.map(({ run: script = "" }) => script));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    expect(text).not.toContain("pull_request_target");
    expect(workflow.jobs.apply?.if).toBe("github.event_name != 'pull_request' && github.ref == 'refs/heads/main'");
  });

  it("lets no nightly run and no run by hand take the place of a merge's apply that waits", () => {
    expect(workflow.concurrency.group).toBe(
      "icaform-${{ github.event_name == 'pull_request' && github.ref || github.event_name }}",
    );
    expect(workflow.concurrency["cancel-in-progress"]).toBe("${{ github.event_name == 'pull_request' }}");
  });

  it("looks for drift after the night's apply, at an hour that is scheduled", () => {
    const [, hour] = /github\.event\.schedule == '([^']+)'/.exec(workflow.jobs.drift?.if ?? "") ?? [];
    expect(workflow.on.schedule.map(({ cron }) => cron)).toContain(hour);
    expect(workflow.jobs.drift?.needs).toBe("apply");
  });
});

const needsJq = hasJq ? "" : " (skipped: jq is not installed)";

describe
  .skipIf(!hasJq)
  .concurrent(`the steps of examples/ci/github-actions.yml${needsJq}`, { timeout: 180_000 }, () => {
    it("plans, comments once and then in place, applies what was reviewed, and sees no drift", async () => {
      const { ica, step, review, host } = await checkout();
      expect(await step("validate", "icaform validate manifests")).toMatchObject({ code: 0 });
      for (let push = 1; push <= 2; push++) expect(await review()).toBe(0);
      expect(host.read().writes).toEqual(["POST issues/7/comments", "PATCH issues/comments/100"]);
      expect(await step("drift", "Drift")).toMatchObject({ code: 2 });
      expect(await step("apply", "Apply")).toMatchObject({ code: 0 });
      expect(ica.creates()).toHaveLength(1);
      expect(await step("drift", "Drift")).toMatchObject({ code: 0 });
    });

    it("applies nothing that nobody reviewed, says so, and takes a digest by hand", async () => {
      const { ica, home, step, review } = await checkout();
      const first = await step("apply", "Apply");
      expect(first.code).toBe(2);
      expect(first.output).toContain("::error title=icaform::no reviewed plan found for this commit");
      await review();
      writeFileSync(join(home, "manifests/more.yaml"), run("unreviewed"));
      const grown = await step("apply", "Apply");
      expect(grown.code).toBe(4);
      expect(grown.output).toContain("::error title=icaform::policy refuses this, or it is not what was reviewed");
      expect(ica.creates()).toHaveLength(0);
      const [, digest = ""] = /^Digest: (\S+)$/m.exec(grown.output) ?? [];
      const byHand = { GITHUB_EVENT_NAME: "workflow_dispatch", DIGEST: digest };
      expect(await step("apply", "Apply", byHand)).toMatchObject({ code: 0 });
      expect(ica.creates()).toHaveLength(2);
    });

    it("goes on with a chain every hour, and takes what only waits for no drift", async () => {
      const chain = `${TREE}${run("second", "dependsOn: [PipelineRun/r]")}${run("third", "dependsOn: [PipelineRun/second]")}`;
      const { ica, step, review, host } = await checkout(chain);
      await review();
      expect(await step("apply", "Apply")).toMatchObject({ code: 0 });
      // What is merged afterwards may hold no plan: a fork's pull request, a push without one.
      host.change(({ pulls }) => pulls.push({ number: 8, sha: "def", merged_at: "2026-11-02T00:00:00Z" }));
      const hourly = { GITHUB_EVENT_NAME: "schedule", GITHUB_SHA: "def" };
      for (const level of [1, 2, 3]) {
        expect(await step("apply", "Apply", hourly)).toMatchObject({ code: 0 });
        expect(ica.creates()).toHaveLength(level);
        expect(await step("drift", "Drift")).toMatchObject({ code: 0 });
        ica.finish();
      }
    });

    it("calls a chain that cannot go on drift, and starts nothing by the hour that was not reviewed", async () => {
      const { ica, home, step, review } = await checkout(`${TREE}${run("second", "dependsOn: [PipelineRun/r]")}`);
      await review();
      await step("apply", "Apply");
      ica.finish("FAILED");
      expect(await step("drift", "Drift")).toMatchObject({ code: 2 });
      writeFileSync(join(home, "manifests/more.yaml"), run("unreviewed"));
      const hourly = await step("apply", "Apply", { GITHUB_EVENT_NAME: "schedule" });
      expect(hourly).toMatchObject({
        code: 0,
        output: expect.stringContaining("::warning title=icaform::nothing was"),
      });
      expect(ica.creates()).toHaveLength(1);
    });

    it("makes no second comment when the list of comments breaks off, and reads where it writes", async () => {
      const { ica, home, step, review, host } = await checkout();
      const chat = Array.from({ length: 40 }, (_, id) => ({ id, user: { login: "ada" }, body: `${MARKER} forged` }));
      host.change(({ comments }) => {
        comments["7"] = chat;
      });
      await review();
      expect(await step("plan", "Comment", { GH_FAILS: "comments" })).not.toMatchObject({ code: 0 });
      expect(host.read().writes).toEqual(["POST issues/7/comments"]);
      expect(await step("apply", "Apply", { GH_FAILS: "comments" })).not.toMatchObject({ code: 0 });
      expect(ica.creates()).toHaveLength(0);
      // Two all the same, as an earlier version of the workflow left them: the later one is written, and it is read.
      host.change(({ comments }) => {
        comments["7"]?.push({ id: 500, user: { login: "github-actions[bot]" }, body: `${MARKER}\nstale` });
      });
      writeFileSync(join(home, "manifests/more.yaml"), run("more"));
      await review();
      expect(host.read().writes.at(-1)).toBe("PATCH issues/comments/500");
      expect(await step("apply", "Apply")).toMatchObject({ code: 0 });
      expect(ica.creates()).toHaveLength(2);
    });

    it("takes a plan back that a later commit's failure made stale", async () => {
      const { ica, home, step, review, host } = await checkout();
      await review();
      writeFileSync(join(home, "manifests/t.yaml"), "apiVersion: icaform/v1\nkind: Nonsense\n");
      expect(await review()).toBe(1);
      const [comment] = host.read().comments["7"] ?? [];
      expect(comment?.body.startsWith(`${MARKER}\n`)).toBe(true);
      expect(comment?.body).toContain(
        "The plan of head-of-7 failed: see [the log](https://github.example.org/lab/cohort",
      );
      expect(comment?.body).not.toContain("sha256:");
      expect(host.read().writes).toHaveLength(2);
      writeFileSync(join(home, "manifests/t.yaml"), TREE);
      expect(await step("apply", "Apply")).toMatchObject({ code: 2 });
      expect(ica.creates()).toHaveLength(0);
    });

    it("says in the comment what policy refuses", async () => {
      const { review, host } = await checkout(stack("policy: { maxCreates: 0 }", "my-lab") + run("r"));
      expect(await review()).toBe(4);
      expect(host.read().comments["7"]?.[0]?.body).toContain("maxCreates");
    });

    it("leaves the comment of another stack alone, also one whose name begins alike", async () => {
      const { home, step, review, host } = await checkout();
      await review();
      writeFileSync(join(home, "manifests/t.yaml"), stack("", "my-lab-2") + run("other"));
      const wrong = await step("plan", "Plan");
      expect(wrong.code).toBe(0);
      const refused = await step("plan", "Comment");
      expect(refused).toMatchObject({ code: 1, output: expect.stringContaining("the plan is not of stack my-lab") });
      await review({ STACK: "my-lab-2" });
      expect(host.read().comments["7"]?.map(({ body }) => body.split("\n")[0])).toEqual([
        MARKER,
        "<!-- icaform:plan stack=my-lab-2 -->",
      ]);
      writeFileSync(join(home, "manifests/t.yaml"), TREE);
      await review();
      expect(host.read().writes.at(-1)).toBe("PATCH issues/comments/100");
    });

    it("tells a pull request from a fork why nothing is planned, and comments nothing there", async () => {
      const { step } = await checkout();
      const ended = await step("plan", "Plan", { IS_FORK: "true", ICA_API_KEY: "" });
      expect(ended).toMatchObject({
        code: 0,
        output: expect.stringMatching(/^::notice title=icaform::not planned: /m),
      });
      const comment = workflow.jobs.plan?.steps.find(({ name }) => name === "Comment");
      expect(comment?.if).toBe("${{ !cancelled() && env.IS_FORK != 'true' }}");
    });
  });
