import { describe, expect, it } from "vitest";
import { type Ica, ica, pick, text, V3, V4 } from "./ica.ts";

const NO_CONDITIONS = { conditions: [], dateConditions: [], numberConditions: [], booleanConditions: [] };

describe("the jobs of batches", () => {
  it("are listed for who made them, by status and sorted, in pages", async () => {
    const world = await ica();
    const item = (name: string) => ({ items: [{ sampleToCreate: { name }, completeSample: false }] });
    const made: string[] = [];
    for (const name of ["one", "two", "three"]) {
      const { body } = await world.ask("POST", `${world.project()}/sampleCreationBatch`, { body: item(name) });
      made.push(text(body, "id"));
      world.simulator.control.advance(name === "three" ? 0 : 1);
    }
    const subjects = (body: unknown) => (pick(body, "items") as { subjectId: string }[]).map((job) => job.subjectId);
    expect(subjects((await world.ask("GET", "/api/jobs")).body)).toEqual(made);
    const newest = await world.ask("GET", "/api/jobs?sort=timeCreated desc&pageOffset=0&pageSize=2");
    expect(subjects(newest.body)).toEqual([made[2], made[1]]);
    expect(newest.body).toMatchObject({ totalItemCount: 3, items: [{ subjectType: "SampleCreationBatch" }, {}] });
    expect(subjects((await world.ask("GET", "/api/jobs?status=RUNNING")).body)).toEqual([made[2]]);
  });
});

describe("analysis creation batches", () => {
  const batchOf = async (world: Ica) => ({
    nextflowItems: [await world.form(), await world.form({ analysisInput: { inputs: [] } })],
    cwlItems: [
      {
        userReference: "cwl",
        pipelineId: await world.pipelineId("cwl-align"),
        tags: { userTags: ["u"] },
        analysisInput: {
          objectType: "STRUCTURED",
          inputs: [{ parameterCode: "reads", dataIds: [world.dataId("/reference/hg38.fa")] }],
        },
      },
    ],
  });

  it("start what is good, and let each bad item fail alone", async () => {
    const world = await ica();
    const path = `${world.project()}/analysisCreationBatch`;
    const created = await world.ask("POST", path, { body: await batchOf(world) });
    expect([created.status, text(created.body, "job.status")]).toEqual([201, "RUNNING"]);
    const id = text(created.body, "id");
    expect(
      pick((await world.ask("GET", `${path}/${id}/items`, { accept: V4 })).body, "items.0.processing.status"),
    ).toBe("RUNNING");
    world.simulator.control.advance(1);
    expect(text((await world.ask("GET", `${path}/${id}`)).body, "job.status")).toBe("PARTIALLY_SUCCEEDED");
    const { body } = await world.ask("GET", `${path}/${id}/items`, { accept: V4 });
    expect(pick(body, "items")).toMatchObject([
      {
        request: { userReference: "cwl", tags: { userTags: ["u"] } },
        processing: { status: "SUCCEEDED" },
        createdAnalysis: { status: "REQUESTED", owner: {} },
      },
      { processing: { status: "SUCCEEDED" } },
      { processing: { status: "FAILED", additionalStatusInformation: expect.stringContaining("fastqs") } },
    ]);
    const item = text(body, "items.0.id");
    expect((await world.ask("GET", `${path}/${id}/items/${item}`, { accept: V3 })).body).toMatchObject({
      createdAnalysis: { ownerId: expect.any(String) },
    });
    expect(
      pick((await world.ask("GET", `${path}/${id}/items?status=FAILED`, { accept: V4 })).body, "items"),
    ).toHaveLength(1);
    expect(text((await world.ask("GET", `/api/jobs/${text(created.body, "job.id")}`)).body, "subjectId")).toBe(id);
    expect(world.simulator.analyses()).toHaveLength(2);
  });

  it("are paged, keep an Idempotency-Key, and refuse what is malformed as a whole", async () => {
    const world = await ica();
    const path = `${world.project()}/analysisCreationBatch`;
    const body = await batchOf(world);
    const headers = { "idempotency-key": "batch" };
    const first = await world.ask("POST", path, { body, headers });
    expect((await world.ask("POST", path, { body, headers })).text).toBe(first.text);
    expect(world.simulator.analyses()).toHaveLength(2);
    const page = await world.ask("GET", `${path}/${text(first.body, "id")}/items?pageSize=2`, { accept: V4 });
    expect(page.body).toMatchObject({ remainingRecords: 1, nextPageToken: expect.any(String) });
    const bad = await world.ask("POST", path, {
      body: { nextflowItems: [await world.form({ userReference: "a:b" })] },
    });
    expect([bad.status, Object.keys(pick(bad.body, "parameters") as object)]).toEqual([
      400,
      ["nextflowItems[0].userReference"],
    ]);
    expect((await world.ask("POST", path, { body: {} })).status).toBe(400);
    expect((await world.ask("GET", `${path}/${text(first.body, "job.id")}`)).status).toBe(404);
  });
});

describe("activation codes", () => {
  it("are found for a pipeline and its input, the best or all", async () => {
    const world = await ica();
    const { analysisInput, pipelineId } = await world.form();
    const body = { projectId: world.projectId(), pipelineId, analysisInput };
    const best = await world.ask("POST", "/api/activationCodes:findBestMatchingForNextflow", { body });
    const all = await world.ask("POST", "/api/activationCodes:findAllMatchingForNextflow", { body });
    expect(pick(all.body, "items")).toEqual([best.body]);
    expect((await world.create({ activationCodeDetailId: text(best.body, "id") })).status).toBe(201);
    expect((await world.ask("POST", "/api/activationCodes:findBestMatchingForCwl", { body })).status).toBe(400);
  });

  it("may be for some pipelines only", async () => {
    const seed = { pipelines: [{ code: "a" }, { code: "b" }], activationCodes: [{ pipelines: ["a"] }] };
    const world = await ica({ seed });
    const ask = async (code: string) => {
      const body = {
        projectId: world.projectId(),
        pipelineId: await world.pipelineId(code),
        analysisInput: { inputs: [] },
      };
      return (await world.ask("POST", "/api/activationCodes:findBestMatchingForNextflow", { body })).status;
    };
    expect([await ask("a"), await ask("b")]).toEqual([200, 404]);
  });
});

describe("sample creation batches", () => {
  const paths = ["/main/file1", "/main/file2", "/main/folder1/file1", "/other/x.txt"];
  const seed = { pipelines: [], data: paths.map((path) => ({ path })) };

  const linked = async (world: Ica, sampleId: string): Promise<string[]> => {
    const { body } = await world.ask("GET", `${world.project()}/samples/${sampleId}/data?sort=path`);
    return (pick(body, "items") as { details: { path: string } }[]).map(({ details }) => details.path);
  };

  it("ignore copies of a file in higher folders (the example of ica-api-page)", async () => {
    const world = await ica({ seed });
    const path = `${world.project()}/sampleCreationBatch`;
    const dataToLink = [{ dataId: world.dataId("/main/") }];
    const created = await world.ask("POST", path, {
      body: { items: [{ sampleToCreate: { name: "s" }, dataToLink, completeSample: true }] },
    });
    expect(created.status).toBe(201);
    world.simulator.control.advance(1);
    const { body } = await world.ask("GET", `${path}/${text(created.body, "id")}/items`);
    expect(pick(body, "items.0.createdSample")).toMatchObject({ name: "s", status: "AVAILABLE" });
    expect(await linked(world, text(body, "items.0.createdSample.id"))).toEqual(["/main/file2", "/main/folder1/file1"]);
    const free = await world.ask("GET", `${world.project()}/data?notLinkedToSample=true`);
    expect(
      (pick(free.body, "items") as { data: { details: { path: string } } }[]).map(({ data }) => data.details.path),
    ).toEqual(["/main/file1", "/other/x.txt"]);
  });

  it("let an item fail alone: unknown data, a name twice, data of another sample", async () => {
    const world = await ica({ seed });
    const path = `${world.project()}/sampleCreationBatch`;
    const item = (name: string, ...dataIds: string[]) => ({
      sampleToCreate: { name },
      dataToLink: dataIds.map((dataId) => ({ dataId })),
      completeSample: false,
    });
    const file = world.dataId("/other/x.txt");
    const body = { items: [item("a", file), item("a"), item("b", "fil.1"), item("c", file)] };
    const headers = { "idempotency-key": "k" };
    const created = await world.ask("POST", path, { body, headers });
    expect((await world.ask("POST", path, { body, headers })).text).toBe(created.text);
    world.simulator.control.advance(1);
    const items = await world.ask("GET", `${path}/${text(created.body, "id")}/items`);
    expect(
      (pick(items.body, "items") as { processing: { status: string } }[]).map(({ processing }) => processing.status),
    ).toEqual(["SUCCEEDED", "FAILED", "FAILED", "FAILED"]);
    expect(text((await world.ask("GET", `${path}/${text(created.body, "id")}`)).body, "job.status")).toBe(
      "PARTIALLY_SUCCEEDED",
    );
    expect((await world.ask("POST", path, { body: { items: [{ sampleToCreate: { name: "z" } }] } })).status).toBe(400);
  });
});

describe("samples", () => {
  it("are created, found, changed, completed, and have data linked", async () => {
    const world = await ica();
    const base = `${world.project()}/samples`;
    const created = await world.ask("POST", base, { body: { name: "s1", tags: { userTags: ["u"] } } });
    const id = text(created.body, "sample.id");
    expect((await world.ask("POST", base, { body: { name: "s1" } })).status).toBe(409);
    const search = async (over: object) =>
      pick(
        (await world.ask("POST", `${base}:search`, { body: { ...NO_CONDITIONS, ...over } })).body,
        "items",
      ) as unknown[];
    expect(await search({ userTags: ["u"] })).toMatchObject([{ sample: { name: "s1", status: "PARTIAL" } }]);
    expect(await search({ conditions: [{ field: "name", matchMode: "FUZZY", values: ["S"] }] })).toHaveLength(1);
    expect(await search({ techTags: ["u"] })).toEqual([]);
    for (const kind of Object.keys(NO_CONDITIONS)) {
      const refused = await world.ask("POST", `${base}:search`, { body: { ...NO_CONDITIONS, [kind]: [null] } });
      expect([kind, refused.status]).toEqual([kind, 400]);
    }
    const read = await world.ask("GET", `${base}/${id}`);
    const etag = { "if-match": read.headers.get("etag") ?? "" };
    const body = {
      ...(read.body as { sample: object }),
      sample: { ...(read.body as { sample: object }).sample, name: "s2" },
    };
    expect((await world.ask("PUT", `${base}/${id}`, { body, headers: etag })).body).toMatchObject({
      sample: { name: "s2" },
    });
    expect((await world.ask("PUT", `${base}/${id}`, { body, headers: etag })).status).toBe(409);
    expect((await world.ask("POST", `${base}/${id}/data/${world.dataId("/reference/hg38.fa")}`)).status).toBe(204);
    expect((await world.ask("POST", `${base}/${id}:complete`)).status).toBe(204);
    const region = text(read.body, "sample.region.id");
    expect(pick((await world.ask("GET", `/api/samples?region=${region}`)).body, "items")).toMatchObject([
      { name: "s2", status: "AVAILABLE" },
    ]);
    expect((await world.ask("GET", "/api/samples")).status).toBe(400);
  });
});
