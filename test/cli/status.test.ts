import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parseSeed } from "../../src/simulator/seed.ts";
import { type Simulator, startSimulator } from "../../src/simulator/server.ts";
import { icaform, ROOT } from "../support/cli.ts";
import { run as runOf, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

let simulator: Simulator;
const SEED = join(ROOT, "examples/simulator-seed.yaml");
const run = (...args: string[]) => icaform(args, { ICA_SERVER: simulator.url, ICA_API_KEY: simulator.apiKey });

async function started(): Promise<void> {
  simulator = await startSimulator({
    seed: parseSeed(readFileSync(SEED, "utf8"), SEED),
    switches: { speed: 1 },
    record: true,
  });
}

afterEach(() => simulator?.close());

describe("status", () => {
  it("tells of each declared run how far it is, before, during and after", async () => {
    await started();
    expect((await run("status", "examples/quickstart")).stdout).toContain("NOT STARTED  PipelineRun/hello-ica");
    await run("apply", "examples/quickstart", "--auto-approve");
    const during = JSON.parse((await run("status", "examples/quickstart", "--format", "json")).stdout);
    expect(during).toMatchObject({
      formatVersion: "1.0",
      summary: { done: 0, failed: 0, skipped: 0, unknown: 1 },
      results: [{ address: "PipelineRun/hello-ica", outcome: "unknown", status: "REQUESTED", attempt: 1 }],
    });
    simulator.control.advance(24 * 3600);
    const after = await run("status", "examples/quickstart");
    expect(after).toMatchObject({ code: 0, stderr: "" });
    expect(after.stdout).toMatch(/^SUCCEEDED {2}PipelineRun\/hello-ica {2}attempt 1 {2}\S.* {2}nf-custom-/m);
  });

  it("writes nothing, and asks no more of ICA than a plan of nothing to do", async () => {
    await started();
    await run("status", "examples/cohort");
    const calls = simulator.requests.map(
      (request) => `${request.method} ${request.path.replace(/[0-9a-f-]{36}/, "ID")}`,
    );
    expect(calls.sort()).toEqual([
      "GET /api/projects",
      "GET /api/projects",
      "POST /api/projects/ID/analysis:search",
      "POST /api/projects/ID/analysis:search",
      "POST /api/projects/ID/samples:search",
      "POST /api/tokens",
    ]);
  });
});

describe("status of what is not declared, and of what is there twice", () => {
  it("counts orphans apart, and warns of two runs of one attempt", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + runOf("gone") + runOf("kept") });
    await ica.applied(folder);
    const [first] = ica.creates();
    // Another user's, who has applied at the same time.
    const {
      headers,
      body = "",
      path = "",
    } = ica.creates().find((one) => one.body?.includes("run=kept")) ?? first ?? {};
    const sent = { ...(headers as Record<string, string>), "idempotency-key": "another", "x-api-key": ica.sim.apiKey };
    const { "content-length": _length, host: _host, connection: _connection, ...kept } = sent as Record<string, string>;
    expect(
      (await fetch(new URL(`/ica/rest${path}`, ica.sim.url), { method: "POST", headers: kept, body })).status,
    ).toBe(201);
    const declared = treeOf({ "t.yaml": stack() + runOf("kept") });
    const { stdout, stderr } = await ica.icaform(["status", declared]);
    expect(stdout).toMatch(/\n1 thing declared: 1 REQUESTED; 1 orphan\n$/);
    expect(stderr).toContain("[duplicate-run]");
  });
});

describe("status of samples", () => {
  it.each(["--format html", "--cost", "--attempts"])(
    "asks for no steps, prices or attempts of them: %s",
    async (flags) => {
      await started();
      expect((await run("apply", "examples/samples", "--auto-approve")).code).toBe(0);
      const ran = await run("status", "examples/samples", ...flags.split(" "));
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      expect(ran.stdout).toContain("SampleBatch/trio/NA12878");
      expect(simulator.requests.filter(({ path }) => /\/analyses\/[^/]+\//.test(path))).toEqual([]);
    },
  );
});

describe("status of a chain", () => {
  it("says what waits for what, without a word of a plan that there is not", async () => {
    await started();
    const waiting = await run("status", "examples/chain");
    expect(waiting.stdout).toMatch(
      /^NOT STARTED {2}PipelineRun\/call-NA12878 + waits for PipelineRun\/[\w-]+, which is not started yet$/m,
    );
    expect(waiting.stdout).not.toMatch(/plan/);
  });
});

describe("status of several attempts", () => {
  it("lists them, with how they ended and why one was asked for", async () => {
    await started();
    await run("apply", "examples/quickstart", "--auto-approve");
    simulator.control.setStatus(simulator.analyses()[0]?.id ?? "", "FAILED");
    await run(
      "apply",
      "examples/quickstart",
      "--auto-approve",
      "--rerun",
      "hello-ica",
      "--reason",
      "the disk was full",
    );
    const text = await run("status", "examples/quickstart", "--attempts");
    expect(text.stdout).toMatch(/PipelineRun\/hello-ica {2}attempt 2 \(1 FAILED\)/);
    expect(text.stdout).toMatch(/ {4}attempt 2: REQUESTED, nf-custom-\S+; asked for by hand: the disk was full/);
    const { results } = JSON.parse((await run("status", "examples/quickstart", "--format", "json")).stdout);
    expect(results[0].attempts).toMatchObject([
      { attempt: 1, status: "FAILED" },
      { attempt: 2, status: "REQUESTED", reason: "the disk was full" },
    ]);
  });
});

describe("status --watch", () => {
  it("tells each change in a line, and ends once nothing is active", async () => {
    await started();
    await run("apply", "examples/quickstart", "--auto-approve");
    const watching = run("status", "examples/quickstart", "--watch", "--interval", "100ms");
    setTimeout(() => simulator.control.advance(24 * 3600), 2_000);
    const { code, stdout } = await watching;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^REQUESTED {2}PipelineRun\/hello-ica {2}attempt 1 {2}nf-custom-\S+\nSUCCEEDED {2}[^\n]+\n$/,
    );
  });

  it("has no format but text", async () => {
    await started();
    const ran = await run("status", "examples/quickstart", "--watch", "--format", "json");
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("--watch tells changes") });
  });
});

describe("status --format html", () => {
  it("draws the phases of the runs and their steps by ICA's own times, and loads and runs nothing", async () => {
    await started();
    await run("apply", "examples/quickstart", "--auto-approve");
    simulator.control.advance(24 * 3600);
    const page = (await run("status", "examples/quickstart", "--format", "html")).stdout;
    expect(page).toContain("default-src 'none'; style-src 'sha256-");
    expect(page).not.toMatch(/<script|<link|<img|https?:|\sstyle=|\son\w+=/);
    expect(page).toMatch(/<rect class="queued"[^>]+><title>PipelineRun\/hello-ica, queued: 2/);
    for (const step of ["PrepareInput", "Run", "UploadOutput"]) expect(page).toContain(`step ${step} DONE`);
    const [analysis] = simulator.analyses();
    expect(page).toContain("SUCCEEDED");
    expect(page).toContain(analysis?.reference ?? "?");
  });
});

describe("outputs", () => {
  it("lists what a run wrote, with sizes and ids, in every project that it wrote to", async () => {
    await started();
    await run("apply", "examples/cohort", "--auto-approve");
    simulator.control.advance(24 * 3600);
    const listed = JSON.parse((await run("outputs", "wgs-NA12878", "examples/cohort", "--format", "json")).stdout);
    const files = listed.outputs.filter((entry: { type: string }) => entry.type === "FILE");
    expect(files.map((entry: { path: string; size: number }) => [entry.path.split("/").at(-1), entry.size])).toEqual(
      expect.arrayContaining([
        ["wgs-NA12878.bam", 48_000_000_000],
        ["report_1.html", 120_000],
      ]),
    );
    const text = await run("outputs", "PipelineRun/wgs-NA12878", "examples/cohort");
    expect(text.stdout).toContain("wgs-NA12878.bam  48 GB  fil.");
  });

  it("says what to do for a run that is not declared, or not in ICA", async () => {
    await started();
    expect(await run("outputs", "wgs-NA12978", "examples/cohort")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("did you mean `PipelineRun/wgs-NA12878`?"),
    });
    expect(await run("outputs", "wgs-NA12878", "examples/cohort")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("PipelineRun/wgs-NA12878 is not in ICA yet"),
    });
  });
});
