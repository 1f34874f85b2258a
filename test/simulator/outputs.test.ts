import { describe, expect, it } from "vitest";
import type { Seed } from "../../src/simulator/seed.ts";
import { type Ica, ica, pick, text, V4 } from "./ica.ts";

const seed: Seed = {
  projects: [{ name: "prod" }, { name: "archive" }],
  pipelines: [
    {
      code: "p",
      duration: 1000,
      outputs: [
        { path: "out/vcf/a.vcf.gz", size: 10 },
        { path: "out/vcf/deep/b.txt", size: 20 },
        { path: "out/report.html", size: 30 },
      ],
    },
    { code: "failing", duration: 1000, outcome: "FAILED" },
  ],
  data: [
    { project: "archive", path: "/c/report.html", size: 1 },
    { project: "archive", path: "/c/vcf/a.vcf.gz", size: 1 },
    { path: "/results/", id: "fol.0123456789abcdef0123456789abcdef" },
  ],
};

type Mapping = Record<string, unknown>;

/** Runs pipeline p to its end with these mappings into the archive. */
async function run(world: Ica, mappings: Mapping[], over: object = {}): Promise<string> {
  const analysisOutput = mappings.map((mapping) => ({ targetProjectId: world.projectId("archive"), ...mapping }));
  const input = { analysisInput: { inputs: [] }, analysisOutput, pipelineId: await world.pipelineId("p") };
  const created = await world.create({ ...input, ...over });
  expect(created.status).toBe(201);
  world.simulator.control.advance(1000);
  return text(created.body, "id");
}

function files(world: Ica, project: string): Record<string, number> {
  const found = world.simulator.data(project).filter(({ type }) => type === "FILE");
  return Object.fromEntries(found.map(({ path, size }) => [path, size]));
}

describe("the life of a run", () => {
  it("passes through all statuses to its end, with its dates", async () => {
    const world = await ica({ seed });
    const created = await world.create({ pipelineId: await world.pipelineId("p"), analysisInput: { inputs: [] } });
    const id = text(created.body, "id");
    const seen: string[] = [];
    for (let step = 0; step <= 25; step += 1) {
      const { body } = await world.ask("GET", `${world.project()}/analyses/${id}`, { type: V4 });
      if (seen.at(-1) !== text(body, "status")) seen.push(text(body, "status"));
      world.simulator.control.advance(40);
    }
    expect(seen).toEqual([
      "REQUESTED",
      "QUEUED",
      "INITIALIZING",
      "PREPARING_INPUTS",
      "IN_PROGRESS",
      "GENERATING_OUTPUTS",
      "SUCCEEDED",
    ]);
    const { body } = await world.ask("GET", `${world.project()}/analyses/${id}`, { type: V4 });
    const seconds = (from: string, to: string): number =>
      (Date.parse(text(body, to)) - Date.parse(text(body, from))) / 1000;
    expect(seconds("startDate", "endDate")).toBeCloseTo(950, 0);
    expect(seconds("timeCreated", "endDate")).toBeCloseTo(1000, 0);
    expect(text(body, "timeModified")).toBe(text(body, "endDate"));
  });

  it("ends as the pipeline says, without outputs when it fails", async () => {
    const world = await ica({ seed });
    await run(world, [], { pipelineId: await world.pipelineId("failing") });
    expect(world.simulator.analyses()).toMatchObject([{ status: "FAILED" }]);
    expect(Object.keys(files(world, "prod"))).toEqual([
      expect.stringMatching(/ica_logs\/stdout\.log$/),
      expect.stringMatching(/stderr\.log$/),
    ]);
  });

  it("can be forced, and still writes its outputs at the end, once", async () => {
    const world = await ica({ seed });
    const id = await run(world, [], { pipelineId: await world.pipelineId("failing") });
    const created = await world.create({ pipelineId: await world.pipelineId("p"), analysisInput: { inputs: [] } });
    const other = text(created.body, "id");
    for (const status of ["AWAITING_INPUT", "IN_PROGRESS", "SUCCEEDED", "SUCCEEDED"] as const) {
      world.simulator.control.setStatus(other, status);
      world.simulator.control.advance(5000);
      expect(world.simulator.analyses().map((analysis) => analysis.status)).toEqual(["FAILED", status]);
    }
    expect(Object.keys(files(world, "prod")).filter((path) => path.endsWith("report.html"))).toHaveLength(1);
    expect(() => world.simulator.control.setStatus(`${id}x`, "FAILED")).toThrow("There is no analysis");
  });

  it("runs at the speed asked for: at once, or not at all", async () => {
    const fast = await ica({ seed, switches: { speed: Number.POSITIVE_INFINITY } });
    const created = await fast.create({ pipelineId: await fast.pipelineId("p"), analysisInput: { inputs: [] } });
    expect(text(created.body, "status")).toBe("SUCCEEDED");
    const id = text(created.body, "id");
    expect((await fast.ask("GET", `${fast.project()}/analyses/${id}/usage`)).status).toBe(200);
    const still = await ica({ seed });
    await still.create({ pipelineId: await still.pipelineId("p"), analysisInput: { inputs: [] } });
    expect(still.simulator.analyses()).toMatchObject([{ status: "REQUESTED" }]);
  });
});

describe("output mappings", () => {
  it("put what is not mapped into the run's own folder, or below the one asked for", async () => {
    const world = await ica({ seed });
    const id = await run(world, []);
    const { reference } = world.simulator.analyses().find((analysis) => analysis.id === id) ?? { reference: "" };
    const folder = `/wgs-1-${reference}`;
    expect(files(world, "prod")).toMatchObject({
      [`${folder}/out/vcf/a.vcf.gz`]: 10,
      [`${folder}/out/report.html`]: 30,
    });
    await run(world, [], {
      outputParentFolderId: "fol.0123456789abcdef0123456789abcdef",
      logs: { logsFolderPath: "/my/logs" },
    });
    const paths = Object.keys(files(world, "prod"));
    expect(paths.some((path) => /^\/results\/wgs-1-.*\/out\/report\.html$/.test(path))).toBe(true);
    expect(paths).toContain("/my/logs/stdout.log");
  });

  it.each(["out/vcf", "out/vcf/", "/out/vcf/"])("copy the folder %s with all that is below", async (sourcePath) => {
    const world = await ica({ seed });
    await run(world, [{ sourcePath, targetPath: "/t/vcf/", type: "FOLDER" }]);
    expect(files(world, "archive")).toMatchObject({ "/t/vcf/a.vcf.gz": 10, "/t/vcf/deep/b.txt": 20 });
    expect(Object.keys(files(world, "prod")).filter((path) => path.includes("/out/"))).toEqual([
      expect.stringMatching(/out\/report\.html$/),
    ]);
  });

  it("overwrite by default: same file, new content", async () => {
    const world = await ica({ seed });
    const before = world.simulator.data("archive").map(({ id, path, objectETag }) => ({ id, path, objectETag }));
    await run(world, [
      { sourcePath: "out/report.html", targetPath: "/c/report.html" },
      { sourcePath: "out/vcf/", targetPath: "/c/vcf/" },
    ]);
    const after = world.simulator.data("archive");
    const changed = after.find(({ path }) => path === "/c/report.html");
    expect(files(world, "archive")).toMatchObject({
      "/c/report.html": 30,
      "/c/vcf/a.vcf.gz": 10,
      "/c/vcf/deep/b.txt": 20,
    });
    expect(changed?.id).toBe(before.find(({ path }) => path === "/c/report.html")?.id);
    expect(changed?.objectETag).not.toBe(before.find(({ path }) => path === "/c/report.html")?.objectETag);
  });

  it("rename with a counter before the extension, each file of a folder on its own", async () => {
    const world = await ica({ seed });
    const mappings = [
      { sourcePath: "out/report.html", targetPath: "/c/report.html", type: "FILE", actionOnExist: "RENAME" },
      { sourcePath: "out/vcf/", targetPath: "/c/vcf/", type: "FOLDER", actionOnExist: "RENAME" },
    ];
    await run(world, mappings);
    await run(world, mappings);
    expect(files(world, "archive")).toEqual({
      "/c/report.html": 1,
      "/c/report_1.html": 30,
      "/c/report_2.html": 30,
      "/c/vcf/a.vcf.gz": 1,
      "/c/vcf/a.vcf_1.gz": 10,
      "/c/vcf/a.vcf_2.gz": 10,
      "/c/vcf/deep/b.txt": 20,
      "/c/vcf/deep/b_1.txt": 20,
    });
  });

  it("skip what is there and drop the new one", async () => {
    const world = await ica({ seed });
    await run(world, [
      { sourcePath: "out/report.html", targetPath: "/c/report.html", type: "FILE", actionOnExist: "SKIP" },
      { sourcePath: "out/vcf/", targetPath: "/c/vcf/", type: "FOLDER", actionOnExist: "SKIP" },
    ]);
    expect(files(world, "archive")).toEqual({ "/c/report.html": 1, "/c/vcf/a.vcf.gz": 1, "/c/vcf/deep/b.txt": 20 });
  });

  it("write in the order in which runs end", async () => {
    const outputs = [{ path: "r.txt", size: 1 }];
    const pipelines = [
      { code: "slow", duration: 500, outputs: [{ path: "r.txt", size: 2 }] },
      { code: "quick", duration: 100, outputs },
    ];
    const world = await ica({ seed: { ...seed, pipelines } });
    for (const code of ["slow", "quick"]) {
      const mapping = { sourcePath: "r.txt", targetPath: "/r.txt", targetProjectId: world.projectId("archive") };
      await world.create({
        pipelineId: await world.pipelineId(code),
        analysisInput: { inputs: [] },
        analysisOutput: [mapping],
      });
    }
    world.simulator.control.advance(1000);
    expect(files(world, "archive")).toMatchObject({ "/r.txt": 2 });
  });

  it("are told by the outputs endpoint, as a tree, also in analysisData", async () => {
    const world = await ica({ seed });
    const id = await run(world, [{ sourcePath: "out/vcf/", targetPath: "/t/", type: "FOLDER" }]);
    const { body } = await world.ask("GET", `${world.project()}/analyses/${id}/outputs`);
    const items = pick(body, "items") as { projectId: string; data: unknown; analysisData: unknown }[];
    const archived = items.find(({ projectId }) => projectId === world.projectId("archive"));
    expect(archived?.data).toMatchObject([
      {
        name: "t",
        dataType: "FOLDER",
        children: [
          { name: "deep", children: [{ name: "b.txt" }] },
          { name: "a.vcf.gz", dataType: "FILE" },
        ],
      },
    ]);
    expect(archived?.analysisData).toEqual(archived?.data);
    expect(pick(archived?.data, "0.children.1.dataId")).toBe(world.dataId("/t/a.vcf.gz", "archive"));
  });

  it("fail the run when target folders are not created and missing", async () => {
    const world = await ica({ seed, switches: { createTargetFolders: false } });
    await run(world, [{ sourcePath: "out/vcf/", targetPath: "/c/vcf/", type: "FOLDER" }]);
    await run(world, [{ sourcePath: "out/vcf/", targetPath: "/missing/", type: "FOLDER" }]);
    await run(world, [{ sourcePath: "out/report.html", targetPath: "/c/r.html", type: "FILE" }]);
    expect(world.simulator.analyses().map(({ status }) => status)).toEqual(["SUCCEEDED", "FAILED", "SUCCEEDED"]);
    expect(world.simulator.analyses()[1]?.summary).toContain("/missing/");
  });
});
