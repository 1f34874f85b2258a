import { describe, expect, it } from "vitest";
import { initialSwitches, readSwitches, switchNames } from "../../src/simulator/switches.ts";
import { type Ica, ica, pick, text, V4 } from "./ica.ts";

const credential = { name: "lab", type: "AWS_USER", awsCredentials: { accessKeyId: "a", secretAccessKey: "b" } };

describe("reading switches", () => {
  it("takes the text of flags as well as the values of seeds", () => {
    const flags = {
      rate: "2.5",
      speed: "inf",
      lockout: "after=20,seconds=60",
      tagSearch: "combine=or",
      v3Only: "false",
      rateChange: "afterSeconds=5,rate=1",
    };
    expect(readSwitches(flags)).toEqual({
      rate: 2.5,
      speed: Number.POSITIVE_INFINITY,
      lockout: { after: 20, seconds: 60 },
      tagSearch: { combine: "or", match: "exact", caseSensitive: true },
      v3Only: false,
      rateChange: { afterSeconds: 5, rate: 1 },
    });
    expect(readSwitches({ lockout: { after: 1, seconds: 2 }, lastPageToken: null })).toEqual({
      lockout: { after: 1, seconds: 2 },
      lastPageToken: "null",
    });
  });

  it.each([
    ["colour", "red", "colour is no switch"],
    ["rate", "fast", "rate must be a number"],
    ["rate", 0, "rate must be more than 0"],
    ["maxPageSize", 1.5, "maxPageSize must be a whole number"],
    ["retryAfter", "minutes", "retryAfter must be one of none, seconds, date"],
    ["v3Only", "maybe", "v3Only must be one of true, false"],
    ["lockout", "20", "lockout must give after, seconds"],
    ["rateChange", { rate: 1 }, "rateChange needs one of"],
    ["tagSearch", { combine: "xor" }, "tagSearch must be one of and, or"],
  ])("refuses %s: %s", (name, value, message) => {
    expect(() => readSwitches({ [name]: value })).toThrow(message);
  });

  it("has a default for each", () => {
    expect(Object.keys(initialSwitches()).sort()).toEqual([...switchNames()].sort());
  });
});

describe("what is unknown of ICA can be switched", () => {
  it("two credentials of one name", async () => {
    const { ask, simulator } = await ica({ switches: { duplicateCredentialNames: "second" } });
    for (const _ of [1, 2])
      expect((await ask("POST", "/api/storageCredentials", { body: credential })).status).toBe(201);
    expect(new Set(simulator.credentials().map(({ id }) => id)).size).toBe(2);
  });

  it("a timeModified that :updateSecrets does not move", async () => {
    const { ask, simulator } = await ica({ switches: { updateSecretsMovesTimeModified: false } });
    const id = text((await ask("POST", "/api/storageCredentials", { body: credential })).body, "id");
    simulator.control.advance(100);
    const { awsCredentials } = credential;
    expect(
      (await ask("POST", `/api/storageCredentials/${id}:updateSecrets`, { body: { awsCredentials } })).status,
    ).toBe(204);
    const { body } = await ask("GET", `/api/storageCredentials/${id}`);
    expect(text(body, "timeModified")).toBe(text(body, "timeCreated"));
  });

  it("how tags are found", async () => {
    const tags = [
      ["stack=a", "run=1"],
      ["stack=A", "run=2"],
      ["stack=ab", "run=1"],
    ];
    const analyses = tags.map((technicalTags, index) => ({
      pipeline: "p",
      userReference: `r${index}`,
      tags: { technicalTags },
    }));
    const world = await ica({ seed: { pipelines: [{ code: "p" }], analyses } });
    const rows = world.simulator.analyses().map(({ id }) => id);
    const search = async (
      tagSearch: Parameters<Ica["simulator"]["control"]["set"]>[0]["tagSearch"],
      ...technicalTags: string[]
    ) => {
      if (tagSearch !== undefined) world.simulator.control.set({ tagSearch });
      return (await world.found({ technicalTags })).map((id) => rows.indexOf(id));
    };
    expect(await search({ combine: "or", match: "exact", caseSensitive: true }, "stack=a", "run=2")).toEqual([0, 1]);
    expect(await search({ combine: "and", match: "prefix", caseSensitive: true }, "stack=a", "run=1")).toEqual([0, 2]);
    expect(await search({ combine: "and", match: "substring", caseSensitive: true }, "k=ab")).toEqual([2]);
    expect(await search({ combine: "and", match: "exact", caseSensitive: false }, "STACK=A")).toEqual([0, 1]);
    expect(await search({ combine: "and", match: "exact", caseSensitive: true }, "stack=a")).toEqual([0]);
  });

  it("how long a tag may be", async () => {
    const { create } = await ica({ switches: { maxTagLength: 10 } });
    expect((await create({ tags: { technicalTags: ["a".repeat(11)] } })).status).toBe(400);
    expect((await create({ tags: { technicalTags: ["a".repeat(10)] } })).status).toBe(201);
  });

  it("a listing that lags behind", async () => {
    const world = await ica({ switches: { listingLag: 5000 } });
    const id = text((await world.create()).body, "id");
    expect((await world.ask("GET", `${world.project()}/analyses/${id}`, { type: V4 })).status).toBe(200);
    expect(await world.found({})).toEqual([]);
    expect(pick((await world.ask("GET", `${world.project()}/analyses`)).body, "items")).toEqual([]);
    world.simulator.control.advance(6);
    expect(await world.found({})).toEqual([id]);
  });

  it("an abort that shows late, and new statuses in V3", async () => {
    const world = await ica({ switches: { abortDelay: 20, v3Only: false } });
    const id = text((await world.create()).body, "id");
    await world.ask("POST", `${world.project()}/analyses/${id}:abort`);
    const status = async () => text((await world.ask("GET", `${world.project()}/analyses/${id}`)).body, "status");
    expect(await status()).toBe("REQUESTED");
    world.simulator.control.advance(21);
    expect(await status()).toBe("ABORTING");
  });

  it("comes from seed and options, the options first", async () => {
    const seed = { switches: { defaultPageSize: 1, lastPageToken: "empty" as const } };
    const { ask } = await ica({ seed, switches: { defaultPageSize: 2 } });
    const { body } = await ask("GET", "/api/projects");
    expect([(pick(body, "items") as unknown[]).length, pick(body, "nextPageToken")]).toEqual([2, ""]);
  });
});
