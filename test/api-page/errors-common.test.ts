/** Issue 3, point 5: the common ways to fail, each with what ICA said, where it comes from and what to do. */
import { describe, expect, it } from "vitest";
import { idempotencyKey } from "../../src/core/identity.ts";
import { run, stack } from "../support/manifests.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";
import { expectCall, expectTold, type Problem, REFERENCE, refusing } from "./refusing.ts";

/** Where the run's name stands, below the stack. */
const LINE = 9;

const tree = (documents: string) => treeOf({ "t.yaml": stack() + documents });

describe("what ICA does not know", () => {
  it.each([
    [
      "pipeline not in the project",
      "pipeline: archive-only",
      "project prod has no pipeline archive-only",
      /.*(did you mean|it has)/,
    ],
    [
      "storage unknown",
      "storage: Gigantic",
      "project prod has no analysis storage Gigantic",
      /.*it has Large, Medium, Small/,
    ],
    [
      "data not there",
      "input: { custom: { text: a, files: [/in/nope] } }",
      "/in/nope is not in project prod",
      /.*check the path/,
    ],
    [
      "data not available",
      "input: { custom: { text: a, files: [/in/uploading.fastq.gz] } }",
      "uploading.fastq.gz is PARTIAL, not AVAILABLE",
      /.*wait for its upload/,
    ],
  ])("%s: an error of the plan at its line, and apply starts nothing", async (_name, spec, message, help) => {
    const world = await lab();
    const folder = tree(run("r", spec));
    const ran = await world.icaform(["apply", folder, "--auto-approve"]);
    expectTold(ran, /.*/, help);
    expect(ran.stderr).toMatch(/t\.yaml:\d+:\d+: error: /);
    expect(ran.stderr).toContain(message);
    expect(world.writes()).toEqual([]);
  });
});

describe("what ICA refuses only when the run is started", () => {
  /** Applies one run, whose create call ICA answers with the problem. */
  async function refused(
    problem: Problem,
  ): Promise<{ world: Lab; result: Record<string, unknown>; folder: string; server: string }> {
    const world = await lab();
    const call = /POST \S+\/analysis:nextflowWithCustomInput$/;
    const { url } = await refusing(world.sim.url, call, problem);
    const folder = tree(run("r"));
    const { code, applied } = await world.apply(folder, ["--server", url]);
    expect(code).toBe(3);
    const [result] = applied.results;
    expectCall(result?.error ?? "", call, problem);
    expect(result).toMatchObject({
      outcome: "failed",
      file: expect.stringMatching(/t\.yaml$/),
      line: LINE,
      column: expect.any(Number),
    });
    return { world, result: { ...result }, folder, server: url };
  }

  it.each([
    [
      "pipeline not in the project",
      400,
      "Pipeline nf is not linked to the project",
      /link the pipeline to the run's project/,
    ],
    ["pipeline gone", 400, "Pipeline 4444 does not exist", /link the pipeline to the run's project/],
    [
      "data not available",
      400,
      "Data fil.01 of pipeline_reads is PARTIAL, it must be AVAILABLE",
      /wait for the data's upload/,
    ],
    ["data archived", 400, "Data fil.01 of reads is ARCHIVED, it must be AVAILABLE", /unarchive it/],
    ["storage unknown", 400, "Analysis storage 3333 does not exist", /project's analysis storages for spec\.storage/],
    [
      "tag too long",
      400,
      "Tag icaform.spec=v1:pipeline-0a1b of technicalTags must have at most 20 characters",
      /shorten the run's name or the tag/,
    ],
    [
      "credential not shared",
      400,
      "Storage credentials 5555 of reads do not exist",
      /must exist and be shared with the key's user/,
    ],
    ["no right to start", 403, "You may not start analyses in this project", /project's owner/],
    [
      "wrong media type",
      400,
      "Invalid Accept Header: this endpoint answers application/vnd.illumina.v5+json",
      /another version of its API: update icaform/,
    ],
    ["unknown Content-Type", 415, "Unsupported Content-Type", /another version of its API: update icaform/],
    ["anything else", 400, "Parameter x is of the wrong colour", /its message says what is wrong/],
  ])("%s", async (_name, status, message, help) => {
    const { world, result } = await refused({ status, code: `ICA_API_${status}`, message });
    expect(result.help).toMatch(help);
    expect(world.sim.analyses()).toEqual([]);
  });

  it("the attributes that ICA names are told too", async () => {
    const parameters = { analysisStorageId: "does not exist" };
    const { world, result, folder, server } = await refused({
      status: 400,
      code: "ICA_API_400",
      message: "Analysis storage is wrong",
      parameters,
    });
    const { stdout } = await world.icaform(["apply", folder, "--auto-approve", "--server", server]);
    for (const text of [result.error, stdout]) {
      expect(text).toContain("analysisStorageId: does not exist");
      expect(text).toContain(`ref. ${REFERENCE}`);
    }
    expect(stdout).toMatch(/t\.yaml:9:\d+: POST /);
    expect(stdout).toContain(`help: ${result.help}`);
  });
});

describe("422 of the idempotency key", () => {
  it("another body was sent under the run's identity: nothing is started, and the user is told what to compare", async () => {
    const world = await lab();
    const headers = {
      "x-api-key": world.sim.apiKey,
      "content-type": V4,
      accept: V4,
      "idempotency-key": idempotencyKey("lab", IDS.prod, "r", 1),
    };
    const body = JSON.stringify({
      userReference: "by-hand",
      pipelineId: WORLD.pipelines[0]?.id,
      tags: {},
      analysisInput: { customInput: "a: 1" },
    });
    const url = `${world.sim.url}/api/projects/${IDS.prod}/analysis:nextflowWithCustomInput`;
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(201);
    const { code, applied } = await world.apply(tree(run("r")));
    expect(code).toBe(3);
    const [result] = applied.results;
    expect(result).toMatchObject({ outcome: "failed", line: LINE });
    expect(result?.error).toMatch(/POST \S+analysis:nextflowWithCustomInput: 422 .*\(ICA_API_422, ref\. \w{8}\)/);
    expect(result?.error).toMatch(/another body was sent under this run's identity.*nothing was started/);
    expect(result?.help).toMatch(/applied under this name before/);
    expect(world.sim.analyses()).toHaveLength(1);
  });
});

const V4 = "application/vnd.illumina.v4+json";
