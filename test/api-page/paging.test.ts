/** ICA's page, "Cursor- versus Offset-based Pagination": the simulator; the client is in paging-client.test.ts. */
import { describe, expect, it } from "vitest";
import type { Seed } from "../../src/simulator/seedTypes.ts";
import { type Ica, ica, pick, V3 } from "../simulator/ica.ts";
import { curl, type Page, pageOf } from "./curl.ts";

const SEED: Seed = {
  projects: Array.from({ length: 5 }, (_, index) => ({ name: `project-${index}` })),
  pipelines: [{ code: "p", language: "NEXTFLOW", inputFormType: "XML" }],
  data: [],
  analyses: ["c", "a", "e", "b", "d", "f"].map((letter) => ({
    pipeline: "p",
    userReference: letter,
    reference: `ref-${letter}`,
  })),
};

const ACCEPT = `-H 'accept: ${V3}'`;
const FIRST_CURL = `'https://ica.illumina.com/ica/rest/api/projects?includeHiddenProjects=false&pageSize=2' \\
${ACCEPT} \\
-H 'X-API-Key: YOUR_API_KEY'`;
const NEXT_CURL = `curl -X 'GET' \\
  'https://ica.illumina.com/ica/rest/api/projects?includeHiddenProjects=false&pageToken=A_STRING_OF_LETTERS_AND_NUMBERS_HERE&pageSize=2' \\
  ${ACCEPT} \\
  -H 'X-API-Key: YOUR_API_KEY'`;
const SORTED_CURL = `curl -X 'GET' \\'<SERVER>/ica/rest/api/projects/<PROJECT_ID>/analyses?pageOffset=2&pageSize=2&sort=reference%20desc' \\ ${ACCEPT} \\ -H 'X-API-Key: <AUTH_KEY>'`;

async function analysesOf(world: Ica, query: string): Promise<Page> {
  const { status, body, text } = await world.ask("GET", `${world.project()}/analyses?${query}`);
  expect(status, text).toBe(200);
  return body as Page;
}

const references = (page: Page) => page.items.map(({ reference }) => reference);

/** A further run, so that a listing changes between two of its pages. */
async function addRun(world: Ica, userReference: string): Promise<void> {
  const created = await world.create({
    userReference,
    pipelineId: await world.pipelineId("p"),
    analysisInput: { inputs: [] },
  });
  expect(created.status).toBe(201);
}

describe("“If no pagination method is selected”", () => {
  it("“When no sorting is set, cursor based pagination will be used by default”", async () => {
    const page = await analysesOf(await ica({ seed: SEED }), "pageSize=2");
    expect(page.nextPageToken).toMatch(/./);
    expect(page.remainingRecords).toBe(4);
    expect(page.totalItemCount ?? null).toBeNull();
  });

  it("“When sorting is requested, offset-based pagination is used”", async () => {
    const page = await analysesOf(await ica({ seed: SEED }), "pageSize=2&sort=reference");
    expect(page.totalItemCount).toBe(6);
    expect(page.nextPageToken ?? "").toBe("");
    expect(page.remainingRecords ?? null).toBeNull();
  });

  it("“Cursor-based pagination is fast, but does not support sorting, while offset-based pagination is slower, but supports sorting”", async () => {
    const world = await ica({ seed: SEED });
    const { nextPageToken } = await analysesOf(world, "pageSize=2");
    const both = `pageSize=2&sort=reference&pageToken=${nextPageToken}`;
    expect((await world.ask("GET", `${world.project()}/analyses?${both}`)).status).toBe(400);
    const sorted = await analysesOf(world, "sort=reference");
    expect(references(sorted)).toEqual(["a", "b", "c", "d", "e", "f"].map((letter) => `ref-${letter}`));
  });
});

describe("“Suppose a list of projects, with 2 projects returned per page”", () => {
  it("“The response will contain a pointer to the next page”, and “You then use that pointer”: both curl lines of the page", async () => {
    const { simulator } = await ica({ seed: SEED });
    const key = { YOUR_API_KEY: simulator.apiKey };
    const first = await pageOf(await curl(FIRST_CURL, simulator.url, key));
    expect(first.items.map(({ name }) => name)).toEqual(["project-0", "project-1"]);
    const pointer = String(first.nextPageToken);
    expect(pointer).toMatch(/^[\w-]+$/);
    const next = { ...key, A_STRING_OF_LETTERS_AND_NUMBERS_HERE: pointer };
    const second = await pageOf(await curl(NEXT_CURL, simulator.url, next));
    expect(second.items.map(({ name }) => name)).toEqual(["project-2", "project-3"]);
  });

  it("“Uses a pointer to a specific record and then returns the records following this record”, `pageSize` “in combination with `pageToken`”", async () => {
    const world = await ica({ seed: SEED });
    const seen: string[] = [];
    let token = "";
    do {
      const page = await analysesOf(world, `pageSize=4${token === "" ? "" : `&pageToken=${token}`}`);
      seen.push(...references(page));
      token = page.nextPageToken ?? "";
    } while (token !== "");
    expect(seen).toEqual(world.simulator.analyses().map(({ reference }) => reference));
  });

  it("“There is also no easy option to sort or no way to skip pages”: a token leads to its own listing's next page only", async () => {
    const world = await ica({ seed: SEED });
    const { nextPageToken } = await analysesOf(world, "pageSize=2");
    for (const query of [`pageToken=${nextPageToken}&pageOffset=4`, `pageToken=${nextPageToken}&userreference=a`]) {
      expect((await world.ask("GET", `${world.project()}/analyses?${query}`)).status, query).toBe(400);
    }
  });

  it("“able to handle data updates without skipping records or displaying them twice”", async () => {
    const world = await ica({ seed: SEED });
    const seen: string[] = [];
    let token = "";
    for (let page = 0; page < 20; page += 1) {
      const rows = await analysesOf(world, `pageSize=2${token === "" ? "" : `&pageToken=${token}`}`);
      seen.push(...references(rows));
      token = rows.nextPageToken ?? "";
      if (token === "") break;
      if (page < 3) await addRun(world, `added-${page}`);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(world.simulator.analyses().map(({ reference }) => reference));
  });

  it("`remainingRecords` “shows the number of records after the current cursor which are not shown”", async () => {
    const world = await ica({ seed: SEED });
    const first = await analysesOf(world, "pageSize=4");
    const last = await analysesOf(world, `pageSize=4&pageToken=${first.nextPageToken}`);
    expect([first.remainingRecords, last.remainingRecords]).toEqual([2, 0]);
  });

  it("`remainingRecords` “is an approximation only”: rows that are added meanwhile are not counted, and not lost", async () => {
    const world = await ica({ seed: SEED });
    const first = await analysesOf(world, "pageSize=4");
    for (const name of ["x", "y", "z"]) await addRun(world, name);
    const second = await analysesOf(world, `pageSize=4&pageToken=${first.nextPageToken}`);
    const third = await analysesOf(world, `pageSize=4&pageToken=${second.nextPageToken}`);
    expect(first.remainingRecords).toBe(2);
    expect([first, second, third].flatMap(({ items }) => items)).toHaveLength(9);
  });
});

describe("“Returns records based on their position in a table”", () => {
  it("“the offset parameter is used to determine which page to display”", async () => {
    const world = await ica({ seed: SEED });
    const all = references(await analysesOf(world, "pageOffset=0"));
    expect(references(await analysesOf(world, "pageOffset=3&pageSize=2"))).toEqual(all.slice(3, 5));
    expect(references(await analysesOf(world, "pageOffset=6&pageSize=2"))).toEqual([]);
  });

  it("“can quickly perform large jumps in data because you do not need to query previous pages and it allows custom sorting”", async () => {
    const world = await ica({ seed: SEED });
    expect(references(await analysesOf(world, "pageOffset=5&pageSize=1&sort=userReference"))).toEqual(["ref-f"]);
  });

  it("“susceptible to missing records or displaying records twice when there have been updates”", async () => {
    const world = await ica({ seed: SEED });
    const sorted = (offset: number) => `sort=userReference&pageSize=3&pageOffset=${offset}`;
    const first = references(await analysesOf(world, sorted(0)));
    await addRun(world, "A-before-all");
    expect(references(await analysesOf(world, sorted(3)))[0]).toBe(first.at(-1));
  });

  it("“limited to 200.000 rows”: an offset beyond is refused, whatever is there", async () => {
    const world = await ica({ seed: SEED });
    const at = (offset: number) => world.ask("GET", `${world.project()}/analyses?pageOffset=${offset}&pageSize=1`);
    expect((await at(199_999)).status).toBe(200);
    for (const offset of [200_000, 200_001, 1_000_000]) {
      const { status, body } = await at(offset);
      expect([status, pick(body, "parameters.pageOffset")]).toEqual([400, "too large"]);
    }
  });

  it("“`GET /api/projects/{projectId}/analyses` with `pageOffset` to 0”: “This will return the `totalItemCount`”", async () => {
    const page = await analysesOf(await ica({ seed: SEED }), "pageOffset=0&pageSize=1&userreference=a");
    expect([page.totalItemCount, page.items.length]).toEqual([1, 1]);
  });

  it("“you can use `reference desc` for descending”: the curl line of the page", async () => {
    const { simulator, projectId } = await ica({ seed: SEED });
    const places = { "<PROJECT_ID>": projectId(), "<AUTH_KEY>": simulator.apiKey };
    const page = await pageOf(await curl(SORTED_CURL, simulator.url, places));
    expect(page.items.map(({ reference }) => reference)).toEqual(["ref-d", "ref-c"]);
    expect(page.totalItemCount).toBe(6);
  });
});
