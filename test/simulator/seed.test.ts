import { describe, expect, it } from "vitest";
import { parseSeed } from "../../src/simulator/seed.ts";
import { startSimulator } from "../../src/simulator/server.ts";
import { ica, pick, text, V3, V4 } from "./ica.ts";

const WHOLE = `
users: [{ name: ann, apiKey: key-ann }, { name: bob, apiKey: key-bob }]
projects:
  - { id: 11111111-1111-4111-8111-111111111111, name: prod }
  - { name: archive }
storages: [{ id: 22222222-2222-4222-8222-222222222222, name: Tiny, description: 1 GB }]
pipelines:
  - code: p
    id: 33333333-3333-4333-8333-333333333333
    language: CWL
    inputFormType: XML
    projects: [prod]
    storage: Tiny
    duration: 60
    parameters: [{ code: reads, type: DATA, required: true, multiValue: true }]
    outputs: [{ path: out/a.txt, size: 5 }]
data:
  - { project: prod, path: /a/b/c.txt, size: 7, status: ARCHIVED }
  - { project: archive, path: /x/ }
credentials: [{ name: lab, timeModified: 2026-01-02T03:04:05Z }]
analyses:
  - { project: prod, pipeline: p, userReference: done, tags: { technicalTags: [a=b] }, timeCreated: 2026-01-01T00:00:00Z, outputs: true }
  - { project: prod, pipeline: p, userReference: active, status: IN_PROGRESS, owner: bob }
switches: { lastPageToken: empty, lockout: { after: 20, seconds: 60 } }
faults: [{ match: { path: nowhere }, fault: slow, delay: 5 }]
`;

describe("a seed", () => {
  it("makes the world that it describes", async () => {
    const { ask, project, simulator } = await ica({ seed: parseSeed(WHOLE) });
    expect(simulator.apiKey).toBe("key-ann");
    expect(project("prod")).toContain("11111111");
    expect(
      simulator
        .data("prod")
        .map(({ path, status }) => `${path} ${status}`)
        .slice(0, 3),
    ).toEqual(["/a/ AVAILABLE", "/a/b/ AVAILABLE", "/a/b/c.txt ARCHIVED"]);
    const pipelines = (await ask("GET", `${project("prod")}/pipelines`, { type: V3 })).body;
    expect(pick(pipelines, "items.0.pipeline")).toMatchObject({
      code: "p",
      language: "CWL",
      analysisStorage: { name: "Tiny" },
    });
    expect(text((await ask("GET", "/api/storageCredentials")).body, "items.0.timeModified")).toBe(
      "2026-01-02T03:04:05.000Z",
    );
    const found = (await ask("POST", `${project("prod")}/analysis:search`, { body: {} })).body;
    expect(found).toMatchObject({
      nextPageToken: "",
      items: [
        {
          userReference: "done",
          status: "SUCCEEDED",
          timeCreated: "2026-01-01T00:00:00.000Z",
          endDate: "2026-01-01T00:01:00.000Z",
        },
        { userReference: "active", status: "IN_PROGRESS", endDate: null },
      ],
    });
    expect(simulator.data("prod").some(({ path }) => path.endsWith("/out/a.txt"))).toBe(true);
    simulator.control.advance(60);
    expect(simulator.analyses().map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  });

  it("leaves the usual world as it is where it says nothing about it", async () => {
    const users = await ica({ seed: parseSeed("users: [ann]") });
    expect(users.simulator.data("archive")).toEqual([]);
    expect(users.simulator.pipelines()).toHaveLength(5);
    const data = await ica({ seed: parseSeed("data: [{ path: /a/b, id: x }, { path: /a/, id: y }]") });
    expect(data.simulator.pipelines()).toHaveLength(0);
    expect(data.simulator.data("cohort-7-prod").map(({ id }) => id)).toEqual(["y", "x"]);
  });

  it("never fails on what it does not say", async () => {
    const { ask } = await ica({ seed: parseSeed("storages: [{ name: Huge }, { name: Small }]") });
    const pipelines = pick((await ask("GET", "/api/pipelines")).body, "items") as { code: string }[];
    const storages = pipelines.map((one) => `${one.code} ${text(one, "analysisStorage.name")}`);
    expect(storages).toEqual(expect.arrayContaining(["dragen-germline-4-4 Huge", "nf-custom Small"]));
    expect((await ica({ seed: parseSeed("users: []") })).simulator.apiKey).toBe("simulated-api-key");
    expect((await ica({ seed: parseSeed("storages: []") })).simulator.pipelines()).toHaveLength(5);
  });

  it("takes any activation code's id where it names no codes", async () => {
    const id = "0aa0b1c2-1111-4222-8333-444455556666";
    const silent = await ica({ seed: parseSeed("users: [ann]") });
    expect((await silent.create({ activationCodeDetailId: id })).status).toBe(201);
    expect((await silent.create({ activationCodeDetailId: "no-id" })).status).toBe(400);
    const named = await ica({ seed: parseSeed("activationCodes: [{ name: code }]") });
    expect((await named.create({ activationCodeDetailId: id })).status).toBe(400);
  });

  it("takes names for users, projects, storages, parameters and outputs of which there is nothing else to say", () => {
    const text = "projects: [a]\npipelines: [{ code: p, parameters: [x], outputs: [out/y] }]";
    const pipelines = [{ code: "p", parameters: [{ code: "x" }], outputs: [{ path: "out/y" }] }];
    expect(parseSeed(text)).toEqual({ projects: [{ name: "a" }], pipelines });
  });

  it("may be JSON", () => {
    expect(parseSeed('{"users": [{"name": "ann"}]}')).toEqual({ users: [{ name: "ann" }] });
    expect(parseSeed("")).toEqual({});
  });

  it.each([
    ["users:\n  - name: ann\n    key: x", "s.yaml:3:5: unknown key key; there are id, name, apiKey"],
    ["user: []", "s.yaml:1:1: unknown key user; there are users, projects"],
    ["projects:\n  - { id: x }", "s.yaml:2:5: projects[0] needs name"],
    ["pipelines:\n  - code: p\n    language: PERL", "s.yaml:3:15: pipelines[0].language must be one of NEXTFLOW, CWL"],
    ["data: /a", "s.yaml:1:7: data must be a list"],
    ["data:\n  - path: /a\n    size: big", "s.yaml:3:11: data[0].size must be a number of 0 or more"],
    ["switches:\n  rate: fast", "s.yaml:2:3: switches: rate must be a number"],
    ["faults:\n  - fault: boom", "s.yaml:2:5: faults[0]: fault must be one of lose-request"],
    ["users: [", "s.yaml:1:9: "],
    ['{"users": [{"nam": "x"}]}', "s.yaml:1:13: unknown key nam"],
    ["- 1", "s.yaml:1:1: the seed must be a mapping"],
  ])("is refused with a place: %j", (source, message) => {
    expect(() => parseSeed(source, "s.yaml")).toThrow(message);
  });

  it.each([
    ["pipelines: [{ code: p, projects: [nowhere] }]", "seed:1:13: pipelines[0]: there is no project nowhere"],
    ["analyses: [{ pipeline: p, userReference: r }]", "there is no pipeline p"],
    ["data: [{ path: /a }, { path: /a }]", "seed:1:22: data[1]: /a is there twice"],
    ["credentials: [{ name: a, owner: nobody }]", "there is no user nobody"],
    ["projects: [{ id: a, name: a }, { id: a, name: b }]", "project a is there twice"],
    ["credentials: [{ name: a, timeCreated: yesterday }]", "yesterday is no date and time"],
  ])("must lead somewhere: %s", async (source, message) => {
    await expect(startSimulator({ seed: parseSeed(source) })).rejects.toThrow(message);
  });
});

describe("a world", () => {
  it("has the same ids for the same random seed, and others for another", async () => {
    const idsOf = async (randomSeed: number): Promise<string> => {
      const world = await ica({ randomSeed });
      const created = await world.create();
      return JSON.stringify([text(created.body, "id"), world.simulator.data("cohort-7-prod").map(({ id }) => id)]);
    };
    expect(await idsOf(1)).toBe(await idsOf(1));
    expect(await idsOf(1)).not.toBe(await idsOf(2));
  });

  it("without a seed has all four pipeline types", async () => {
    const { ask } = await ica();
    const items = pick((await ask("GET", "/api/pipelines")).body, "items") as {
      language: string;
      inputFormType: string;
    }[];
    const types = new Set(items.map(({ language, inputFormType }) => `${language} ${inputFormType}`));
    expect([...types].sort()).toEqual(["CWL JSON", "CWL XML", "NEXTFLOW JSON", "NEXTFLOW XML"]);
  });

  it("can be copied, and set back to the copy or to its seed", async () => {
    const world = await ica();
    const id = text((await world.create({ tags: { technicalTags: ["a"] } }, { "idempotency-key": "k" })).body, "id");
    const snapshot = world.simulator.snapshot();
    await world.create();
    world.simulator.control.setStatus(id, "FAILED");
    world.simulator.reset(snapshot);
    expect(world.simulator.analyses()).toMatchObject([{ id, status: "REQUESTED" }]);
    expect(await world.found({ technicalTags: ["a"] })).toEqual([id]);
    expect(text((await world.create({ tags: { technicalTags: ["a"] } }, { "idempotency-key": "k" })).body, "id")).toBe(
      id,
    );
    world.simulator.control.advance(3600);
    expect((await world.ask("GET", `${world.project()}/analyses/${id}`, { type: V4 })).body).toMatchObject({
      status: "SUCCEEDED",
    });
    world.simulator.reset();
    expect([world.simulator.analyses(), world.simulator.requests]).toEqual([[], []]);
    expect((await world.create()).status).toBe(201);
  });
});
