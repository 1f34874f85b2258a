/** The pipeline's own shell lines, against an ICA in memory and a GitLab that keeps its notes. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { lab, serve, treeOf } from "../support/beside.ts";
import { COMMAND, ROOT } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";

interface Job {
  script: string[];
  rules: { if: string; when?: string }[];
  stage: string;
  resource_group?: string;
}
const pipeline = parse(readFileSync(join(ROOT, "examples/ci/gitlab-ci.yml"), "utf8")) as Record<string, Job> & {
  stages: string[];
  variables: { STACK: string };
};
const MARKER = "<!-- icaform:plan stack=my-lab -->";
const TREE = stack("", "my-lab") + run("r");

interface Note {
  id: number;
  author: { id: number };
  body: string;
}

/** Merge requests 7 and 8, merged one after the other; 7 has a note of somebody else, who claims a plan. */
async function gitlab() {
  const forged = `${MARKER}\nicaform apply --expect sha256:${"0".repeat(64)} manifests\n`;
  const notes: Note[] = [{ id: 1, author: { id: 1 }, body: forged }];
  const writes: string[] = [];
  const merged = [7, 8].map((iid) => ({ iid, state: "merged", merged_at: `2026-11-0${iid}T00:00:00.000Z` }));
  const server = await serve((request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url, "http://gitlab");
    if (request.headers["private-token"] !== "secret-token") return response.writeHead(401).end();
    const answer = (body: unknown) => response.writeHead(200).end(JSON.stringify(body));
    if (path.endsWith("/user")) return answer({ id: 42 });
    if (path.endsWith("/commits/abc/merge_requests")) return answer([{ iid: 9, state: "closed" }, merged[0]]);
    if (path.endsWith("/projects/5/merge_requests")) return answer(merged);
    if (path.endsWith("/merge_requests/8/notes")) return answer([]);
    if (!/\/projects\/5\/merge_requests\/7\/notes(\/\d+)?$/.test(path)) return response.writeHead(404).end();
    if (request.method === "GET") {
      const [size, page] = [Number(query.get("per_page")), Number(query.get("page") ?? 1)];
      const sorted = query.get("sort") === "asc" ? notes : notes.toReversed();
      return answer(sorted.slice((page - 1) * size, page * size));
    }
    writes.push(`${request.method} ${path.replace(/.*\/notes/, "notes")}`);
    const body = new URLSearchParams(request.body).get("body") ?? "";
    const known = notes.find(({ id }) => path.endsWith(`/notes/${id}`));
    if (known === undefined) notes.push({ id: notes.length + 1, author: { id: 42 }, body });
    else known.body = body;
    return answer({});
  });
  return { url: new URL("/api/v4", server.url).href, notes, writes };
}

interface Ended {
  code: number | null;
  output: string;
}

async function checkout(manifests = TREE) {
  const [ica, host] = await Promise.all([lab(), gitlab()]);
  const home = treeOf({
    "manifests/t.yaml": manifests,
    "bin/icaform": `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`,
  });
  chmodSync(join(home, "bin/icaform"), 0o755);
  const job = (name: string, given: Record<string, string> = {}): Promise<Ended> => {
    const script = pipeline[name]?.script.join("\n");
    if (script === undefined) throw new Error(`no job ${name}`);
    const env = {
      ...ica.env,
      HOME: home,
      PATH: `${join(home, "bin")}:${process.env.PATH}`,
      STACK: pipeline.variables.STACK,
      DIGEST: "",
      GITLAB_TOKEN: "secret-token",
      CI_API_V4_URL: host.url,
      CI_PIPELINE_SOURCE: "push",
      CI_DEFAULT_BRANCH: "main",
      CI_PROJECT_ID: "5",
      CI_MERGE_REQUEST_PROJECT_ID: "5",
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "5",
      CI_MERGE_REQUEST_IID: "7",
      CI_COMMIT_SHA: "abc",
      CI_JOB_URL: "https://gitlab.example.org/lab/cohort/-/jobs/3",
      ...given,
    };
    // As GitLab's runner starts a job's script.
    const child = spawn("bash", ["-eo", "pipefail", "-c", script], { cwd: home, env });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    return new Promise((done) => child.on("close", (code) => done({ code, output })));
  };
  return { ica, host, home, job };
}

describe("examples/ci/gitlab-ci.yml", () => {
  it("applies one at a time: on merge, on schedule, and by hand a digest; looks for drift after that", () => {
    expect(pipeline.apply).toMatchObject({ resource_group: "icaform", interruptible: false });
    const rules = pipeline.apply?.rules.map((rule) => rule.if) ?? [];
    for (const rule of rules) expect(rule).toContain("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH");
    expect(rules.map((rule) => /== "(\w+)"/.exec(rule)?.[1])).toEqual(["push", "schedule", "web"]);
    expect(rules[2]).toMatch(/&& \$DIGEST$/);
    expect(pipeline.drift?.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "schedule" && $DRIFT', when: "always" }]);
    expect(pipeline.stages).toEqual(["check", pipeline.apply?.stage, pipeline.drift?.stage]);
  });

  it.each(["github-actions.yml", "gitlab-ci.yml", "pre-commit-config.yaml"])("%s installs this version", (file) => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const named = [
      ...readFileSync(join(ROOT, "examples/ci", file), "utf8").matchAll(/(?:icaform-|rev: v)(\d[\d.]*\d)/g),
    ];
    expect(new Set(named.map(([, one]) => one))).toEqual(new Set([version]));
  });
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const needsCurl = hasCurl ? "" : " (skipped: curl is not installed)";

describe.skipIf(!hasCurl).concurrent(`the jobs of examples/ci/gitlab-ci.yml${needsCurl}`, { timeout: 180_000 }, () => {
  it("plan, note once and then in place, apply what was reviewed, and see no drift", async () => {
    const { ica, host, home, job } = await checkout();
    expect(await job("validate")).toMatchObject({ code: 0 });
    for (let push = 1; push <= 2; push++) expect(await job("plan")).toMatchObject({ code: 0 });
    expect(host.writes).toEqual(["POST notes", "PUT notes/2"]);
    expect(host.notes[1]?.body).toBe(readFileSync(join(home, "plan.md"), "utf8"));
    expect(JSON.parse(readFileSync(join(home, "plan.json"), "utf8")).summary.create).toBe(1);
    expect(await job("drift")).toMatchObject({ code: 2 });
    expect(await job("apply")).toMatchObject({ code: 0 });
    expect(ica.creates()).toHaveLength(1);
    expect(await job("drift")).toMatchObject({ code: 0 });
  });

  it("apply nothing that no own note holds, say so, and take a digest by hand", async () => {
    const { ica, host, home, job } = await checkout();
    const first = await job("apply");
    expect(first).toMatchObject({ code: 2, output: expect.stringContaining("No reviewed plan found for this commit") });
    expect(await job("plan")).toMatchObject({ code: 0 });
    writeFileSync(join(home, "manifests/more.yaml"), run("unreviewed"));
    const grown = await job("apply");
    expect(grown).toMatchObject({ code: 4, output: expect.stringContaining("it is not what was reviewed") });
    writeFileSync(join(home, "manifests/t.yaml"), stack("policy: { maxCreates: 1 }", "my-lab") + run("r"));
    expect(await job("plan")).toMatchObject({ code: 4 });
    expect(host.notes[1]?.body).toContain("maxCreates");
    expect(ica.creates()).toHaveLength(0);
    writeFileSync(join(home, "manifests/t.yaml"), TREE);
    const [, digest = ""] = /^Digest: (\S+)$/m.exec(grown.output) ?? [];
    expect(await job("apply", { CI_PIPELINE_SOURCE: "web", DIGEST: digest })).toMatchObject({ code: 0 });
    expect(ica.creates()).toHaveLength(2);
  });

  it("go on with a chain by the hour, and take what only waits for no drift", async () => {
    const { ica, job } = await checkout(`${TREE}${run("second", "dependsOn: [PipelineRun/r]")}`);
    await job("plan");
    expect(await job("apply")).toMatchObject({ code: 0 });
    // The newest merge, of merge request 8, holds no plan.
    const hourly = { CI_PIPELINE_SOURCE: "schedule", CI_COMMIT_SHA: "def" };
    for (const level of [1, 2]) {
      expect(await job("apply", hourly)).toMatchObject({ code: 0 });
      expect(ica.creates()).toHaveLength(level);
      expect(await job("drift", hourly)).toMatchObject({ code: 0 });
      ica.finish();
    }
  });

  it("call a chain that cannot go on drift, and start nothing by the hour that was not reviewed", async () => {
    const { ica, home, job } = await checkout(`${TREE}${run("second", "dependsOn: [PipelineRun/r]")}`);
    await job("plan");
    await job("apply");
    ica.finish("FAILED");
    expect(await job("drift")).toMatchObject({ code: 2 });
    writeFileSync(join(home, "manifests/more.yaml"), run("unreviewed"));
    const hourly = await job("apply", { CI_PIPELINE_SOURCE: "schedule" });
    expect(hourly).toMatchObject({ code: 0, output: expect.stringContaining("Nothing was started") });
    expect(ica.creates()).toHaveLength(1);
  });

  it("find their note behind hundreds of others, and of two the newer one", async () => {
    const { host, job } = await checkout();
    await job("plan");
    for (let id = 10; id < 260; id++) host.notes.push({ id, author: { id: 3 }, body: "looks good" });
    expect(await job("plan")).toMatchObject({ code: 0 });
    expect(host.writes).toEqual(["POST notes", "PUT notes/2"]);
    host.notes.push({ id: 500, author: { id: 42 }, body: `${MARKER}\nstale` });
    await job("plan");
    expect(host.writes.at(-1)).toBe("PUT notes/500");
    expect(await job("apply")).toMatchObject({ code: 0 });
  });

  it("take a plan back that a later commit's failure made stale", async () => {
    const { ica, host, home, job } = await checkout();
    await job("plan");
    writeFileSync(join(home, "manifests/t.yaml"), "apiVersion: icaform/v1\nkind: Nonsense\n");
    expect(await job("plan")).toMatchObject({ code: 1 });
    expect(host.notes[1]?.body).toBe(
      `${MARKER}\n### icaform plan: stack my-lab\n\n` +
        "The plan of abc failed: see [the log](https://gitlab.example.org/lab/cohort/-/jobs/3).\n",
    );
    expect(host.writes).toEqual(["POST notes", "PUT notes/2"]);
    writeFileSync(join(home, "manifests/t.yaml"), TREE);
    expect(await job("apply")).toMatchObject({ code: 2 });
    expect(ica.creates()).toHaveLength(0);
  });

  it("leave the note of another stack alone", async () => {
    const { host, home, job } = await checkout();
    await job("plan");
    writeFileSync(join(home, "manifests/t.yaml"), stack("", "my-lab-2") + run("other"));
    const refused = await job("plan");
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining("the plan is not of stack my-lab") });
    expect(await job("plan", { STACK: "my-lab-2" })).toMatchObject({ code: 0 });
    writeFileSync(join(home, "manifests/t.yaml"), TREE);
    await job("plan");
    expect(host.writes).toEqual(["POST notes", "POST notes", "PUT notes/2"]);
  });

  it("tell a merge request from a fork why nothing is planned, in the fork's project too", async () => {
    const { host, job } = await checkout();
    // A fork's pipeline runs in the fork: that is its CI_PROJECT_ID then.
    for (const project of ["5", "6"]) {
      const fork = {
        CI_PROJECT_ID: project,
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "6",
        ICA_API_KEY: "",
        GITLAB_TOKEN: "",
      };
      const ended = await job("plan", fork);
      expect(ended).toMatchObject({
        code: 0,
        output: expect.stringContaining("not planned: a merge request from a fork"),
      });
    }
    expect(host.writes).toEqual([]);
  });
});
