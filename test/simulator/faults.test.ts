import { describe, expect, it } from "vitest";
import { type FaultInput, readFaultRules } from "../../src/simulator/faultRules.ts";
import { ica, text } from "./ica.ts";

const onCreate = (fault: FaultInput["fault"], more: Partial<FaultInput> = {}): FaultInput[] => [
  { match: { path: "analysis:", nth: 1 }, fault, ...more },
];

describe("faults", () => {
  it("lose-request: cut off, and nothing done", async () => {
    const { create, simulator } = await ica({ faults: onCreate("lose-request") });
    await expect(create()).rejects.toThrow();
    expect(simulator.analyses()).toHaveLength(0);
    expect(simulator.requests.at(-1)).toMatchObject({ status: 0, delivered: false });
    expect((await create()).status).toBe(201);
  });

  it("lose-answer: done, but cut off", async () => {
    const { create, simulator } = await ica({ faults: onCreate("lose-answer") });
    await expect(create()).rejects.toThrow();
    expect(simulator.analyses()).toHaveLength(1);
    expect(simulator.requests.at(-1)).toMatchObject({ status: 201, delivered: false });
  });

  it("status-before and status-after: the answer says the same, the world does not", async () => {
    const before = await ica({ faults: onCreate("status-before", { status: 502 }) });
    expect((await before.create()).status).toBe(502);
    expect(before.simulator.analyses()).toHaveLength(0);
    const after = await ica({ faults: onCreate("status-after", { status: 504 }) });
    expect((await after.create()).status).toBe(504);
    expect(after.simulator.analyses()).toHaveLength(1);
    const busy = await ica({ faults: onCreate("status-before", { status: 429, retryAfter: 7 }) });
    expect((await busy.create()).headers.get("retry-after")).toBe("7");
  });

  it("conflict: 409 although nothing runs", async () => {
    const { create, simulator } = await ica({ faults: onCreate("conflict") });
    expect((await create({}, { "idempotency-key": "a" })).status).toBe(409);
    expect(simulator.analyses()).toHaveLength(0);
  });

  it("slow: waits before or after", async () => {
    const { create } = await ica({ faults: [...onCreate("slow", { delay: 60, when: "after" })] });
    const begin = performance.now();
    expect((await create()).status).toBe(201);
    expect(performance.now() - begin).toBeGreaterThan(55);
  });

  it("reset-mid-body, broken-json and html: answers that cannot be read", async () => {
    const reset = await ica({ faults: onCreate("reset-mid-body") });
    await expect(reset.create()).rejects.toThrow();
    expect(reset.simulator.analyses()).toHaveLength(1);
    const broken = await ica({ faults: onCreate("broken-json") });
    await expect(broken.create()).rejects.toThrow(SyntaxError);
    const page = await ica({ faults: onCreate("html", { status: 200 }) });
    const answer = await page.create();
    expect([answer.status, answer.mediaType]).toEqual([200, "text/html"]);
    expect(page.simulator.analyses()).toHaveLength(0);
  });

  it("redirect: to wherever", async () => {
    const { create } = await ica({ faults: onCreate("redirect", { location: "https://evil.example/" }) });
    const answer = await create();
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://evil.example/"]);
  });

  it("expire-token: 401 until a new token is asked for; keys do not expire", async () => {
    const { ask, simulator } = await ica();
    const token = async () => text((await ask("POST", "/api/tokens")).body, "token");
    const get = async (bearer: string) =>
      (await fetch(`${simulator.url}/api/projects`, { headers: { authorization: `Bearer ${bearer}` } })).status;
    const first = await token();
    simulator.control.addFaults({ match: { path: "projects", times: 1 }, fault: "expire-token" });
    expect([await get(first), await get(first)]).toEqual([401, 401]);
    expect(await get(await token())).toBe(200);
    simulator.control.addFaults({ match: { path: "projects" }, fault: "expire-token" });
    expect((await ask("GET", "/api/projects")).status).toBe(200);
  });
});

describe("matching", () => {
  const statuses = async (rule: FaultInput["match"], count: number, randomSeed = 1): Promise<string> => {
    const { ask } = await ica({
      randomSeed,
      faults: [{ ...(rule === undefined ? {} : { match: rule }), fault: "status-before" }],
    });
    const found: string[] = [];
    for (let index = 0; index < count; index += 1)
      found.push((await ask("GET", "/api/projects")).status === 200 ? "." : "x");
    return found.join("");
  };

  it("counts matching requests", async () => {
    expect(await statuses({ nth: 2 }, 4)).toBe(".x..");
    expect(await statuses({ every: 2 }, 4)).toBe(".x.x");
    expect(await statuses({ times: 2 }, 4)).toBe("xx..");
    expect(await statuses({ method: "post" }, 2)).toBe("..");
    expect(await statuses({ user: "somebody else" }, 2)).toBe("..");
    expect(await statuses({ path: "/projects$", user: "simulated-user" }, 2)).toBe("xx");
    expect(await statuses(undefined, 2)).toBe("xx");
  });

  it("looks into the body", async () => {
    const { create } = await ica({ faults: [{ match: { body: '"userReference":"b"' }, fault: "conflict" }] });
    const statuses = [await create({ userReference: "a" }), await create({ userReference: "b" })].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([201, 409]);
  });

  it("throws its dice the same way for the same seed", async () => {
    const first = await statuses({ probability: 0.5 }, 20);
    expect(first).toMatch(/x.*\..*x|\..*x.*\./);
    expect(await statuses({ probability: 0.5 }, 20)).toBe(first);
    expect(await statuses({ probability: 0.5 }, 20, 2)).not.toBe(first);
  });

  it("can be added and cleared while it runs", async () => {
    const { ask, simulator } = await ica();
    simulator.control.addFaults({ fault: "status-before", status: 500 });
    expect((await ask("GET", "/api/projects")).status).toBe(500);
    simulator.control.clearFaults();
    expect((await ask("GET", "/api/projects")).status).toBe(200);
  });

  it.each([
    [{ fault: "explode" }, "fault must be one of"],
    [{ fault: "slow", speed: 1 }, "unknown key speed"],
    [{ fault: "slow", match: { nth: "first" } }, "match.nth must be a whole number"],
    [{ fault: "slow", match: { probability: 2 } }, "match.probability"],
    [{ fault: "redirect" }, "needs a location"],
    [{ fault: "status-before", status: 99 }, "between 200 and 599"],
    ["slow", "must be a mapping"],
  ])("refuses the rule %j", (rule, message) => {
    expect(() => readFaultRules(rule)).toThrow(message);
  });
});
