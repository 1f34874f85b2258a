/** Issue 3, point 5: every call that fails is reported with all that ICA said of it, and the manifest's line. */
import { describe, expect, it } from "vitest";
import type { Seed } from "../../src/simulator/seedTypes.ts";
import { desiredRuns, leftBy } from "../support/history.ts";
import { credential, run, runFromBucket, SECRETS, stack } from "../support/manifests.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";
import { expectCall, type Problem, refusing } from "./refusing.ts";

const FORBIDDEN: Problem = { status: 403, code: "ICA_SEC_003", message: "You do not have permission for this action" };

/** Everything that a plan reads: data by path, storage, a mapping's target, a credential. */
const TREE =
  stack() +
  credential("lab-s3", "share: true") +
  runFromBucket("bucket", "lab-s3") +
  run(
    "reader",
    `storage: Large, input: { form: { data: [{ parameter: reads, files: [/in/a.fastq.gz] }] } },
     outputs: [{ source: out/, target: /t/, project: archive }]`,
  );

const PROJECT = "/api/projects/[0-9a-f-]+";

describe("each call that a plan makes, refused with 403", () => {
  it.each([
    ["plan", "POST /api/tokens$", ""],
    ["apply", "GET /api/projects$", ""],
    ["plan", "GET /api/storageCredentials$", ""],
    // The id alone says nothing to people: the project is named, with the line that names it.
    ["plan", `POST ${PROJECT}/analysis:search$`, "project (prod|archive): "],
    ["apply", `GET ${PROJECT}/pipelines$`, "project prod: "],
    ["plan", `GET ${PROJECT}/analysisStorages$`, "project prod: "],
    ["apply", `GET ${PROJECT}/data$`, "project (prod|archive): "],
  ])("%s: %s", async (command, pattern, project) => {
    const call = new RegExp(pattern);
    const world = await lab();
    const { url } = await refusing(world.sim.url, call, FORBIDDEN);
    const { code, stdout, stderr } = await world.icaform([command, treeOf({ "t.yaml": TREE }), "--server", url]);
    expect([code, stdout]).toEqual([1, ""]);
    expectCall(stderr, call, FORBIDDEN);
    if (project !== "") expect(stderr).toMatch(new RegExp(`t\\.yaml:\\d+:\\d+: error: ${project}(GET|POST) `));
    expect(stderr).toMatch(/\n {2}help: .*(no access|ICA_API_KEY)/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(world.writes()).toEqual([]);
  });
});

describe("each call that an apply makes, refused with 403", () => {
  /** A folder whose apply makes all kinds of writes, and an ICA in which they are due. */
  async function stage(): Promise<{ world: Lab; folder: string }> {
    const old = stack() + run("tagged") + run("gone");
    const left = await desiredRuns(treeOf({ "t.yaml": old }));
    const analyses = [...left.values()].map((desired) =>
      leftBy("lab", desired, desired.name === "gone" ? { status: "IN_PROGRESS" } : {}),
    );
    const credentials = [{ id: IDS.bucket, name: "old-s3", timeModified: "2024-01-01T00:00:00Z" }];
    const world = await lab({ seed: { ...WORLD, analyses, credentials } satisfies Seed });
    const documents = [
      stack("policy: { maxAborts: 1 }"),
      credential("lab-s3", "share: true"),
      credential("old-s3", "rotateAfter: 2025-01-01T00:00:00Z"),
      run("new"),
      run("tagged", "tags: { user: [added] }"),
    ];
    return { world, folder: treeOf({ "t.yaml": documents.join("") }) };
  }

  it.each([
    ["POST /api/storageCredentials$", "StorageCredential/lab-s3", true],
    ["POST /api/storageCredentials/[0-9a-f-]+:share$", "StorageCredential/lab-s3", true],
    ["POST /api/storageCredentials/[0-9a-f-]+:updateSecrets$", "StorageCredential/old-s3", true],
    ["GET /api/storageCredentials/[0-9a-f-]+$", "StorageCredential/old-s3", true],
    [`POST ${PROJECT}/analysis:nextflowWithCustomInput$`, "PipelineRun/new", true],
    [`GET ${PROJECT}/analyses/[0-9a-f-]+$`, "PipelineRun/tagged", true],
    [`PUT ${PROJECT}/analyses/[0-9a-f-]+$`, "PipelineRun/tagged", true],
    [`POST ${PROJECT}/analyses/[0-9a-f-]+:abort$`, "PipelineRun/gone", false],
  ])("%s", async (pattern, address, isDeclared) => {
    const call = new RegExp(pattern);
    const { world, folder } = await stage();
    const { url } = await refusing(world.sim.url, call, FORBIDDEN);
    const { code, applied } = await world.apply(folder, ["--prune", "--server", url], SECRETS);
    expect(code).toBe(3);
    const failed = applied.results.filter(({ outcome }) => outcome !== "done");
    expect(failed).toMatchObject([{ address, outcome: "failed", help: expect.stringContaining("no access") }]);
    expectCall(failed[0]?.error ?? "", call, FORBIDDEN);
    const place = { file: expect.stringMatching(/t\.yaml$/), line: expect.any(Number), column: expect.any(Number) };
    if (isDeclared) expect(failed).toMatchObject([place]);
  });

  it.each([
    ["POST /api/storageCredentials$", "StorageCredential/lab-s3", "\\S*t\\.yaml:\\d+:\\d+: "],
    [`POST ${PROJECT}/analyses/[0-9a-f-]+:abort$`, "PipelineRun/gone", ""],
  ])("as people read it: %s", async (pattern, address, place) => {
    const call = new RegExp(pattern);
    const { world, folder } = await stage();
    const { url } = await refusing(world.sim.url, call, FORBIDDEN);
    const { stdout } = await world.icaform(["apply", folder, "--auto-approve", "--prune", "--server", url], {
      env: SECRETS,
    });
    expectCall(stdout, call, FORBIDDEN);
    expect(stdout).toMatch(new RegExp(`failed +${address} .*\\n +${place}${call.source.replace("$", "")}: 403`));
    expect(stdout).toMatch(/\n +help: .*no access/);
  });
});
