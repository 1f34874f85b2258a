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
  rules: { if: string }[];
  resource_group?: string;
}
const pipeline = parse(readFileSync(join(ROOT, "examples/ci/gitlab-ci.yml"), "utf8")) as Record<string, Job>;

interface Note {
  id: number;
  author: { id: number };
  body: string;
}

/** A merge request 7 with a note of somebody else, who claims a plan. */
async function gitlab() {
  const forged = `<!-- icaform:plan stack=x -->\nicaform apply --expect sha256:${"0".repeat(64)} manifests\n`;
  const notes: Note[] = [{ id: 1, author: { id: 1 }, body: forged }];
  const writes: string[] = [];
  const server = await serve((request, response) => {
    const [path = ""] = request.url.split("?");
    if (request.headers["private-token"] !== "secret-token") return response.writeHead(401).end();
    const answer = (body: unknown) => response.writeHead(200).end(JSON.stringify(body));
    if (path.endsWith("/user")) return answer({ id: 42 });
    if (path.endsWith("/commits/abc/merge_requests")) return answer([{ iid: 7 }]);
    if (!/\/projects\/5\/merge_requests\/7\/notes(\/\d+)?$/.test(path)) return response.writeHead(404).end();
    if (request.method === "GET") return answer(notes);
    writes.push(`${request.method} ${path.replace(/.*\/notes/, "notes")}`);
    const body = new URLSearchParams(request.body).get("body") ?? "";
    const known = notes.find(({ id }) => path.endsWith(`/notes/${id}`));
    if (known === undefined) notes.push({ id: 2, author: { id: 42 }, body });
    else known.body = body;
    return answer({});
  });
  return { url: new URL("/api/v4", server.url).href, notes, writes };
}

async function checkout() {
  const [ica, host] = await Promise.all([lab(), gitlab()]);
  const home = treeOf({
    "manifests/t.yaml": stack() + run("r"),
    "bin/icaform": `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`,
  });
  chmodSync(join(home, "bin/icaform"), 0o755);
  const job = (name: string): Promise<number | null> => {
    const script = pipeline[name]?.script.join("\n");
    if (script === undefined) throw new Error(`no job ${name}`);
    const env = {
      ...ica.env,
      HOME: home,
      PATH: `${join(home, "bin")}:${process.env.PATH}`,
      GITLAB_TOKEN: "secret-token",
      CI_API_V4_URL: host.url,
      CI_PROJECT_ID: "5",
      CI_MERGE_REQUEST_IID: "7",
      CI_COMMIT_SHA: "abc",
    };
    // As GitLab's runner starts a job's script.
    const child = spawn("bash", ["-eo", "pipefail", "-c", script], { cwd: home, env, stdio: "ignore" });
    return new Promise((done) => child.on("close", done));
  };
  return { ica, host, home, job };
}

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const needsCurl = hasCurl ? "" : " (skipped: curl is not installed)";

describe.concurrent("examples/ci/gitlab-ci.yml", () => {
  it("gives forks nothing, and applies one at a time", () => {
    expect(pipeline.plan?.rules[0]?.if).toContain("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID");
    expect(pipeline.apply).toMatchObject({ resource_group: "icaform", interruptible: false });
    expect(pipeline.apply?.rules).toHaveLength(1);
    expect(pipeline.apply?.rules[0]?.if).toContain("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH");
  });

  it.skipIf(!hasCurl)(
    `plans, notes once and then in place, applies what was reviewed, and sees no drift${needsCurl}`,
    async () => {
      const { ica, host, home, job } = await checkout();
      expect(await job("validate")).toBe(0);
      for (let push = 1; push <= 2; push++) expect(await job("plan")).toBe(0);
      expect(host.writes).toEqual(["POST notes", "PUT notes/2"]);
      expect(host.notes[1]?.body).toBe(readFileSync(join(home, "plan.md"), "utf8"));
      expect(JSON.parse(readFileSync(join(home, "plan.json"), "utf8")).summary.create).toBe(1);
      expect(await job("drift")).toBe(2);
      expect(await job("apply")).toBe(0);
      expect(ica.creates()).toHaveLength(1);
      expect(await job("drift")).toBe(0);
    },
  );

  it.skipIf(!hasCurl)(
    "applies nothing that its own note does not hold, and says in the note why it is refused",
    async () => {
      const { ica, host, home, job } = await checkout();
      expect(await job("apply")).toBe(2);
      expect(await job("plan")).toBe(0);
      writeFileSync(join(home, "manifests/more.yaml"), run("unreviewed"));
      expect(await job("apply")).toBe(4);
      writeFileSync(join(home, "manifests/t.yaml"), stack("policy: { maxCreates: 1 }") + run("r"));
      expect(await job("plan")).toBe(4);
      expect(host.notes[1]?.body).toContain("maxCreates");
      expect(ica.creates()).toHaveLength(0);
    },
  );

  it.each(["github-actions.yml", "gitlab-ci.yml"])("%s installs this version", (file) => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const named = [...readFileSync(join(ROOT, "examples/ci", file), "utf8").matchAll(/icaform@([\w.-]+)/g)];
    expect(new Set(named.map(([, one]) => one))).toEqual(new Set([version]));
  });
});
