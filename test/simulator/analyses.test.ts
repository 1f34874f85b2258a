import { describe, expect, it } from "vitest";
import type { Seed } from "../../src/simulator/seed.ts";
import { type Ica, ica, pick, text, V3, V4 } from "./ica.ts";

const tagged: Seed = {
  pipelines: [{ code: "p" }],
  analyses: [
    { pipeline: "p", userReference: "one", tags: { technicalTags: ["stack=s", "run=one"], userTags: ["u"] } },
    { pipeline: "p", userReference: "two", tags: { technicalTags: ["stack=s", "run=two"] }, status: "FAILED" },
    { pipeline: "p", userReference: "three", tags: { technicalTags: ["stack=S"] }, status: "IN_PROGRESS" },
  ],
};

async function names(world: Ica, search: object): Promise<string[]> {
  const { body } = await world.ask("POST", `${world.project()}/analysis:search`, { body: search });
  return (pick(body, "items") as { userReference: string }[]).map(({ userReference }) => userReference);
}

describe("searching analyses", () => {
  it("wants all tags, exactly and case-sensitive, of all three kinds", async () => {
    const world = await ica({ seed: tagged });
    expect(await names(world, { technicalTags: ["stack=s"] })).toEqual(["one", "two"]);
    expect(await names(world, { technicalTags: ["stack=s", "run=two"] })).toEqual(["two"]);
    expect(await names(world, { technicalTags: ["stack="] })).toEqual([]);
    expect(await names(world, { technicalTags: ["stack=s"], userTags: ["u"] })).toEqual(["one"]);
    expect(await names(world, { referenceTags: ["r"] })).toEqual([]);
  });

  it("filters by status and references; null and absent do not filter", async () => {
    const world = await ica({ seed: tagged });
    expect(await names(world, { status: ["FAILED", "IN_PROGRESS"] })).toEqual(["two", "three"]);
    expect(await names(world, { userReference: "two" })).toEqual(["two"]);
    expect(await names(world, { reference: null, userTags: null, technicalTags: [] })).toHaveLength(3);
    const without = await world.ask("POST", `${world.project()}/analysis:search`);
    expect(pick(without.body, "items")).toHaveLength(3);
  });

  it("answers V4 items in a V3 media type, and refuses unknown statuses and fields", async () => {
    const { ask, project } = await ica({ seed: tagged });
    const post = (body: object, type = V3) => ask("POST", `${project()}/analysis:search`, { body, type });
    const answer = await post({});
    expect([answer.mediaType, pick(answer.body, "items.2.status")]).toEqual([V3, "IN_PROGRESS"]);
    expect(pick(answer.body, "items.0.owner.id")).toEqual(expect.any(String));
    expect((await post({}, V4)).status).toBe(415);
    expect((await post({ status: ["RUNNING"] })).status).toBe(400);
    expect((await post({ tags: [] })).status).toBe(400);
  });

  it("refuses a body that is null, which is no object, though it takes none at all", async () => {
    const { ask, project } = await ica({ seed: tagged });
    expect((await ask("POST", `${project()}/analysis:search`, { body: null })).status).toBe(400);
  });

  it("spells statuses in the old way on the deprecated list", async () => {
    const { ask, project } = await ica({ seed: tagged });
    const list = async (query: string) => (await ask("GET", `${project()}/analyses?${query}`)).body;
    expect(pick(await list(""), "items.2")).toMatchObject({ status: "INPROGRESS", ownerId: expect.any(String) });
    expect(pick(await list("status=INPROGRESS"), "items")).toHaveLength(1);
    expect(pick(await list("technicaltag=run%3Done&usertag=u"), "items")).toHaveLength(1);
  });
});

describe("one analysis", () => {
  it("is read in V3 and V4, and only in its own project", async () => {
    const { ask, create, project, simulator } = await ica();
    const id = text((await create()).body, "id");
    const get = (accept: string, where = project()) => ask("GET", `${where}/analyses/${id}`, { accept });
    simulator.control.setStatus(id, "PREPARING_INPUTS");
    expect((await get(V4)).body).toMatchObject({ status: "PREPARING_INPUTS", owner: { id: expect.any(String) } });
    expect((await get(V3)).body).toMatchObject({ status: "INPROGRESS" });
    expect((await get(V4, project("archive"))).status).toBe(404);
  });

  it("takes new tags by PUT, nothing else, and knows a stale ETag", async () => {
    const { ask, create, found, project } = await ica();
    const id = text((await create({ tags: { technicalTags: ["a"] } })).body, "id");
    const path = `${project()}/analyses/${id}`;
    const read = await ask("GET", path, { type: V4 });
    const etag = read.headers.get("etag") ?? "";
    const body = {
      ...(read.body as object),
      userReference: "changed",
      tags: { technicalTags: ["b"], userTags: ["u"], referenceTags: [] },
    };
    const put = await ask("PUT", path, { body, type: V4, headers: { "if-match": etag } });
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({ userReference: "wgs-1", tags: { technicalTags: ["b"], userTags: ["u"] } });
    expect(put.headers.get("etag")).not.toBe(etag);
    expect((await ask("PUT", path, { body, type: V4, headers: { "if-match": etag } })).status).toBe(409);
    expect((await ask("PUT", path, { body, type: V4 })).status).toBe(200);
    expect(await found({ technicalTags: ["a"] })).toEqual([]);
    expect(await found({ technicalTags: ["b"] })).toEqual([id]);
  });

  it("refuses a PUT without what AnalysisV4 requires, or for another analysis", async () => {
    const { ask, create, project } = await ica();
    const id = text((await create()).body, "id");
    const path = `${project()}/analyses/${id}`;
    const read = (await ask("GET", path, { type: V4 })).body as object;
    const status = async (over: object) => (await ask("PUT", path, { body: { ...read, ...over }, type: V4 })).status;
    expect(await status({ tags: { technicalTags: [] } })).toBe(400);
    expect(await status({ reference: undefined })).toBe(400);
    expect(await status({ id: "00000000-0000-4000-8000-000000000000" })).toBe(400);
    expect(await status({ tags: { technicalTags: "a", userTags: [], referenceTags: [] } })).toBe(400);
  });

  it("is aborted in two steps, and not after its end", async () => {
    const { ask, create, project, simulator } = await ica();
    const id = text((await create()).body, "id");
    const status = async () => text((await ask("GET", `${project()}/analyses/${id}`, { type: V4 })).body, "status");
    const abort = () => ask("POST", `${project()}/analyses/${id}:abort`);
    expect((await abort()).status).toBe(204);
    expect(await status()).toBe("ABORTING");
    simulator.control.advance(31);
    expect(await status()).toBe("ABORTED");
    expect((await abort()).status).toBe(409);
    simulator.control.advance(7200);
    expect(await status()).toBe("ABORTED");
    expect(simulator.data("cohort-7-prod").some(({ path }) => path.includes("wgs-1"))).toBe(false);
  });
});

describe("parts of an analysis", () => {
  it("tells inputs, configurations, steps, logs and price", async () => {
    const { ask, create, dataId, project, simulator } = await ica();
    const file = dataId("/fastq/NA12878_R1.fastq.gz");
    const input = {
      inputs: [
        {
          parameterCode: "fastqs",
          dataIds: [file],
          mounts: [{ dataId: file, mountPath: "in/a.gz" }],
          externalData: [{ url: "https://x.org/b.gz", type: "http" }],
        },
      ],
      parameters: [
        { code: "sample_id", value: "x" },
        { code: "callers", multiValue: ["snv", "cnv"] },
        { code: "note", value: null },
      ],
    };
    const id = text((await create({ analysisInput: input })).body, "id");
    const part = (name: string) => ask("GET", `${project()}/analyses/${id}/${name}`);
    expect(pick((await part("inputs")).body, "items.0")).toMatchObject({
      code: "fastqs",
      analysisData: [{ dataId: file }, { dataId: file, mountPath: "in/a.gz" }],
      externalData: [{ url: "https://x.org/b.gz", type: "http", mountPath: "b.gz" }],
    });
    expect(pick((await part("configurations")).body, "items")).toEqual([
      { name: "sample_id", multiValue: false, values: ["x"] },
      { name: "callers", multiValue: true, values: ["snv", "cnv"] },
      { name: "note", multiValue: false, values: [] },
    ]);
    expect(pick((await part("steps")).body, "items.1.status")).toBe("WAITING");
    expect((await part("usage")).status).toBe(404);
    simulator.control.advance(3601);
    expect((await part("usage")).status).toBe(404);
    simulator.control.advance(60);
    expect((await part("usage")).body).toEqual({ price: { amount: 20, currency: "iCredit" } });
    expect(pick((await part("steps")).body, "items.1.status")).toBe("DONE");
    expect(text((await part("logs")).body, "logsFolder.details.path")).toMatch(/\/ica_logs\/$/);
    expect((await ask("GET", `${project()}/analyses/${id}/inputFormValues`, { type: V4 })).status).toBe(400);
  });
});
