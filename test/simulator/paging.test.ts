import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Seed } from "../../src/simulator/seed.ts";
import { type Ica, ica, pick } from "./ica.ts";

function analyses(count: number): Seed {
  return {
    pipelines: [{ code: "p" }],
    analyses: Array.from({ length: count }, (_, index) => ({
      pipeline: "p",
      userReference: `run-${index}`,
      tags: { technicalTags: [`half=${index % 2}`] },
    })),
  };
}

interface Chain {
  ids: string[];
  pages: number;
  remaining: unknown[];
}

async function follow(
  { ask, project }: Ica,
  size: number,
  search: object,
  between: () => Promise<unknown> = async () => undefined,
): Promise<Chain> {
  const chain: Chain = { ids: [], pages: 0, remaining: [] };
  let token = "";
  do {
    const query = `pageSize=${size}${token === "" ? "" : `&pageToken=${encodeURIComponent(token)}`}`;
    const { body } = await ask("POST", `${project()}/analysis:search?${query}`, { body: search });
    chain.ids.push(...(pick(body, "items") as { id: string }[]).map(({ id }) => id));
    chain.remaining.push(pick(body, "remainingRecords"));
    chain.pages += 1;
    token = String(pick(body, "nextPageToken") ?? "");
    expect(token.length).toBeLessThanOrEqual(2000);
    await between();
  } while (token !== "");
  return chain;
}

describe("cursor paging", () => {
  it("neither loses nor repeats a row, whatever the page size", async () => {
    const world = await ica({ seed: analyses(57) });
    const all = world.simulator.analyses().map(({ id }) => id);
    const half = world.simulator
      .analyses()
      .filter(({ tags }) => tags.technicalTags.includes("half=1"))
      .map(({ id }) => id);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 80 }), async (size) => {
        expect((await follow(world, size, {})).ids).toEqual(all);
        expect((await follow(world, size, { technicalTags: ["half=1"] })).ids).toEqual(half);
      }),
      { numRuns: 12 },
    );
  });

  it("stays complete and unique while rows are added", async () => {
    const world = await ica({ seed: { ...analyses(20), data: [] } });
    const before = world.simulator.analyses().map(({ id }) => id);
    const pipelineId = await world.pipelineId("p");
    let added = 0;
    const add = async (): Promise<void> => {
      added += 1;
      if (added > 6) return;
      await world.create({ pipelineId, analysisInput: { inputs: [] } });
    };
    const { ids } = await follow(world, 4, {}, add);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.slice(0, 20)).toEqual(before);
    expect(ids).toHaveLength(26);
  });

  it("tells what remains, and ends on a full last page", async () => {
    const world = await ica({ seed: analyses(6) });
    const chain = await follow(world, 3, {});
    expect(chain).toMatchObject({ pages: 2, remaining: [3, 0] });
    expect((await follow(world, 2, { technicalTags: ["half=0"] })).remaining).toEqual([1, 0]);
  });

  it("refuses a token of another listing, other filters, or of nobody", async () => {
    const { ask, project } = await ica({ seed: analyses(6) });
    const first = await ask("POST", `${project()}/analysis:search?pageSize=2`, { body: {} });
    const token = encodeURIComponent(String(pick(first.body, "nextPageToken")));
    const status = async (path: string, body?: object) =>
      (await ask(body === undefined ? "GET" : "POST", `${project()}/${path}`, { body })).status;
    expect(await status(`analysis:search?pageToken=${token}`, {})).toBe(200);
    expect(await status(`analysis:search?pageToken=${token}`, { technicalTags: ["half=1"] })).toBe(400);
    expect(await status(`analyses?pageToken=${token}`)).toBe(400);
    expect(await status("analysis:search?pageToken=zzz", {})).toBe(400);
    expect(await status(`analysis:search?pageToken=${token}&sort=reference`, {})).toBe(400);
    expect(await status(`analysis:search?pageToken=${token}&pageOffset=2`, {})).toBe(400);
  });
});

describe("offset paging", () => {
  it("is used when sort or pageOffset is given, and counts all rows", async () => {
    const { ask, project } = await ica({ seed: analyses(12) });
    const page = async (query: string) =>
      (await ask("POST", `${project()}/analysis:search?${query}`, { body: {} })).body;
    const sorted = await page("sort=userReference%20desc&pageSize=3");
    expect((pick(sorted, "items") as { userReference: string }[]).map(({ userReference }) => userReference)).toEqual([
      "run-9",
      "run-8",
      "run-7",
    ]);
    expect(sorted).toMatchObject({ totalItemCount: 12, nextPageToken: "", remainingRecords: null });
    expect(pick(await page("pageOffset=10"), "items")).toHaveLength(2);
    expect(pick(await page("pageOffset=50"), "items")).toHaveLength(0);
  });

  it("ends at 200,000 rows", async () => {
    const { ask, project } = await ica({ seed: analyses(1) });
    const status = async (query: string) =>
      (await ask("POST", `${project()}/analysis:search?${query}`, { body: {} })).status;
    expect(await status("pageOffset=199000&pageSize=1000")).toBe(200);
    expect(await status("pageOffset=199001&pageSize=1000")).toBe(400);
    expect(await status("pageOffset=-1")).toBe(400);
    expect(await status("pageSize=0")).toBe(400);
    expect(await status("pageSize=ten")).toBe(400);
  });
});

describe("paging switches", () => {
  it("refuses or clamps a pageSize beyond the largest", async () => {
    const refusing = await ica({ seed: analyses(8), switches: { maxPageSize: 5 } });
    expect((await refusing.ask("GET", `${refusing.project()}/analyses?pageSize=6`)).status).toBe(400);
    const clamping = await ica({ seed: analyses(8), switches: { maxPageSize: 5, pageSizePolicy: "clamp" } });
    expect(pick((await clamping.ask("GET", `${clamping.project()}/analyses?pageSize=6`)).body, "items")).toHaveLength(
      5,
    );
  });

  it("has a default size, and three ways to end", async () => {
    const last = async (lastPageToken: "null" | "empty" | "absent") => {
      const { ask, project } = await ica({ seed: analyses(3), switches: { lastPageToken, defaultPageSize: 2 } });
      const first = (await ask("GET", `${project()}/analyses`)).body;
      expect(pick(first, "items")).toHaveLength(2);
      const token = encodeURIComponent(String(pick(first, "nextPageToken")));
      return (await ask("GET", `${project()}/analyses?pageToken=${token}`)).body as Record<string, unknown>;
    };
    expect((await last("null")).nextPageToken).toBeNull();
    expect((await last("empty")).nextPageToken).toBe("");
    expect(Object.keys(await last("absent"))).not.toContain("nextPageToken");
  });
});
