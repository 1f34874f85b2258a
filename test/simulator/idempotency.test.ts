import { describe, expect, it } from "vitest";
import { ica, text, V3, V4 } from "./ica.ts";

const key = (value: string) => ({ "idempotency-key": value });
const DAY = 24 * 3600;

describe("Idempotency-Key", () => {
  it("gives the stored answer, byte for byte, and starts nothing", async () => {
    const { create, simulator } = await ica();
    const first = await create({}, key("a"));
    simulator.control.advance(600);
    const second = await create({}, key("a"));
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(second.mediaType).toBe(first.mediaType);
    expect(simulator.analyses()).toHaveLength(1);
  });

  it("tells users, endpoints and keys apart", async () => {
    const users = [
      { name: "ann", apiKey: "key-ann" },
      { name: "bob", apiKey: "key-bob" },
    ];
    const world = await ica({
      seed: {
        users,
        projects: [{ name: "p" }, { name: "q" }],
        pipelines: [{ code: "dragen-germline-4-4" }],
        data: [{ path: "/fastq/NA12878_R1.fastq.gz" }],
      },
    });
    await world.create({}, key("a"));
    await world.create({}, key("b"));
    await world.create({}, { ...key("a"), "x-api-key": "key-bob" });
    const body = { ...(await world.form()), analysisInput: { inputs: [] } };
    await world.ask("POST", `${world.project("q")}/analysis:nextflow`, { body, type: V4, headers: key("a") });
    await world.ask("POST", `${world.project()}/analysis:nextflowWithCustomInput`, {
      body: { ...body, analysisInput: { customInput: "{}" } },
      type: V4,
      headers: key("a"),
    });
    expect(world.simulator.analyses()).toHaveLength(5);
    expect(new Set(world.simulator.analyses().map(({ ownerId }) => ownerId)).size).toBe(2);
  });

  it("answers 422 to another body", async () => {
    const { create, simulator } = await ica();
    await create({}, key("a"));
    expect((await create({ userReference: "other" }, key("a"))).status).toBe(422);
    expect(simulator.analyses()).toHaveLength(1);
  });

  it("answers 409 while the first call is still running", async () => {
    const faults = [{ match: { path: "analysis:", nth: 1 }, fault: "slow" as const, delay: 150 }];
    const { create, simulator } = await ica({ faults });
    const running = create({}, key("a"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await create({}, key("a"))).status).toBe(409);
    expect((await create({ userReference: "other" }, key("a"))).status).toBe(422);
    const first = await running;
    expect(first.status).toBe(201);
    expect((await create({}, key("a"))).text).toBe(first.text);
    expect(simulator.analyses()).toHaveLength(1);
  });

  it("does not store errors, so a corrected call may use the key again", async () => {
    const { create, simulator } = await ica();
    expect((await create({ userReference: "a:b" }, key("a"))).status).toBe(400);
    expect((await create({}, key("a"))).status).toBe(201);
    expect(simulator.analyses()).toHaveLength(1);
  });

  it("forgets after 7 days and not before", async () => {
    const { create, simulator } = await ica();
    const first = await create({}, key("a"));
    simulator.control.advance(7 * DAY - 60);
    expect(text((await create({}, key("a"))).body, "id")).toBe(text(first.body, "id"));
    simulator.control.advance(120);
    expect(text((await create({}, key("a"))).body, "id")).not.toBe(text(first.body, "id"));
    expect(simulator.analyses()).toHaveLength(2);
  });

  it("takes at most 255 characters, and an empty one as none", async () => {
    const { create, simulator } = await ica();
    expect((await create({}, key("k".repeat(256)))).status).toBe(400);
    expect((await create({}, key("k".repeat(255)))).status).toBe(201);
    await create({}, key(""));
    await create({}, key(""));
    expect(simulator.analyses()).toHaveLength(3);
  });

  it("means nothing to storage credentials", async () => {
    const { ask, simulator } = await ica({ switches: { duplicateCredentialNames: "second" } });
    const body = { name: "lab", type: "AWS_USER", awsCredentials: { accessKeyId: "a", secretAccessKey: "b" } };
    for (const _ of [1, 2]) await ask("POST", "/api/storageCredentials", { body, type: V3, headers: key("a") });
    expect(simulator.credentials()).toHaveLength(2);
  });

  it("survives a lost answer: the retry gets the first call's", async () => {
    const faults = [{ match: { path: "analysis:", nth: 1 }, fault: "lose-answer" as const }];
    const { create, simulator } = await ica({ faults });
    await expect(create({}, key("a"))).rejects.toThrow();
    const retried = await create({}, key("a"));
    expect(simulator.analyses().map(({ id }) => id)).toEqual([text(retried.body, "id")]);
  });
});
