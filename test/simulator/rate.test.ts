import { describe, expect, it } from "vitest";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { type Ica, ica, text } from "./ica.ts";

/** A simulator whose clock only `control.advance` moves. */
function still(options: SimulatorOptions): Promise<Ica> {
  return ica({ ...options, clock: () => Date.UTC(2026, 0, 1) });
}

async function statuses({ ask }: Ica, count: number, path = "/api/projects"): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1) found.push((await ask("GET", path)).status);
  return found;
}

describe("rate limit", () => {
  it("lets a burst through, then as many as the rate says", async () => {
    const world = await still({ switches: { rate: 2, burst: 3 } });
    expect(await statuses(world, 5)).toEqual([200, 200, 200, 429, 429]);
    world.simulator.control.advance(1);
    expect(await statuses(world, 3)).toEqual([200, 200, 429]);
    world.simulator.control.advance(3600);
    expect(await statuses(world, 4)).toEqual([200, 200, 200, 429]);
  });

  it("answers in the words of ICA, by default without Retry-After", async () => {
    const world = await still({ switches: { rate: 1 } });
    await statuses(world, 1);
    const { body, headers, mediaType } = await world.ask("GET", "/api/projects");
    expect(text(body, "detail")).toMatch(
      /^ICA_API_429 : Too many requests\. Please try again later! \(ref\. [0-9a-f]{8}\)$/,
    );
    expect([headers.get("retry-after"), mediaType]).toEqual([null, "application/problem+json"]);
  });

  it("sends Retry-After in seconds or as a date", async () => {
    const seconds = await still({ switches: { rate: 0.1, retryAfter: "seconds" } });
    await statuses(seconds, 1);
    expect((await seconds.ask("GET", "/api/projects")).headers.get("retry-after")).toBe("10");
    const date = await still({ switches: { rate: 0.1, retryAfter: "date" } });
    await statuses(date, 1);
    expect((await date.ask("GET", "/api/projects")).headers.get("retry-after")).toBe("Thu, 01 Jan 2026 00:00:10 GMT");
  });

  it("counts for each user, or for each user and endpoint; the token call counts too", async () => {
    const users = [
      { name: "ann", apiKey: "key-ann" },
      { name: "bob", apiKey: "key-bob" },
    ];
    const world = await still({ seed: { users }, switches: { rate: 1 } });
    expect((await world.ask("POST", "/api/tokens")).status).toBe(200);
    expect((await world.ask("GET", "/api/projects")).status).toBe(429);
    expect((await world.ask("GET", "/api/projects", { headers: { "x-api-key": "key-bob" } })).status).toBe(200);
    const scoped = await still({ switches: { rate: 1, rateScope: "endpoint" } });
    expect(await statuses(scoped, 2)).toEqual([200, 429]);
    expect(await statuses(scoped, 2, scoped.project())).toEqual([200, 429]);
    expect(await statuses(scoped, 1, scoped.project("archive"))).toEqual([429]);
  });

  it("locks out after too many 429s in a row", async () => {
    const world = await still({ switches: { rate: 1, lockout: { after: 3, seconds: 60 }, retryAfter: "seconds" } });
    expect(await statuses(world, 4)).toEqual([200, 429, 429, 429]);
    world.simulator.control.advance(59);
    const locked = await world.ask("GET", "/api/projects");
    expect([locked.status, locked.headers.get("retry-after")]).toEqual([429, "1"]);
    world.simulator.control.advance(1);
    expect(await statuses(world, 1)).toEqual([200]);
  });

  it("changes in the middle, after requests or seconds", async () => {
    const requests = await still({ switches: { rateChange: { afterRequests: 4, rate: 1 } } });
    expect(await statuses(requests, 6)).toEqual([200, 200, 200, 200, 200, 429]);
    const seconds = await still({ switches: { rate: 100, rateChange: { afterSeconds: 10, rate: 1 } } });
    expect(await statuses(seconds, 3)).toEqual([200, 200, 200]);
    seconds.simulator.control.advance(11);
    expect(await statuses(seconds, 2)).toEqual([200, 429]);
  });

  it("does not execute what it refuses", async () => {
    const world = await still({ switches: { rate: 2 } });
    const body = await world.form();
    expect((await world.create(body)).status).toBe(429);
    expect(world.simulator.analyses()).toHaveLength(0);
  });
});
