/** ICA's page, "Cursor- versus Offset-based Pagination": what the client makes of both modes. */
import { describe, expect, it } from "vitest";
import { createReader } from "../../src/ica/client.ts";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";

const FILES = 37;

/** Files that are there already, under one target folder of the archive. */
const seed = {
  ...WORLD,
  data: [
    ...WORLD.data,
    ...Array.from({ length: FILES }, (_, index) => ({ project: "archive", path: `/vcf/${index}.vcf`, size: 10 })),
  ],
};

const outputs = "outputs: [{ source: out/vcf/, target: /vcf/, project: archive, actionOnExist: Skip }]";

describe("the client", () => {
  it.each([1, 2, 36, 37, 38])(
    "lists by cursor, never sorted: “able to handle data updates without skipping records” (pages of %i)",
    async (pageSize) => {
      const ica = await lab({ seed });
      const folder = treeOf({ "t.yaml": stack(`limits: { pageSize: ${pageSize} }`) + run("r", outputs) });
      const plan = await ica.plan(folder);
      expect(plan.changes[0]?.effects).toMatchObject([{ target: "/vcf/", files: FILES, bytes: FILES * 10 }]);
      const queries = ica.sim.requests.map(({ query }) => new URLSearchParams(query));
      expect(queries.filter((query) => query.has("sort") || query.has("pageOffset"))).toEqual([]);
      const pages = ica.sim.requests.filter(({ path, query }) => path.endsWith("/data") && query.includes("vcf"));
      expect(pages).toHaveLength(Math.ceil(FILES / pageSize));
      expect(pages.every(({ query }) => query.includes(`pageSize=${pageSize}`))).toBe(true);
    },
  );

  it("is not misled by `remainingRecords`, which “is an approximation only”, on the way", async () => {
    const ica = await lab({ seed: { ...seed, switches: { speed: 0, maxPageSize: 5, pageSizePolicy: "clamp" } } });
    const plan = await ica.plan(treeOf({ "t.yaml": stack() + run("r", outputs) }));
    expect(plan.changes[0]?.effects[0]?.files).toBe(FILES);
  });

  it("asks for “`totalItemCount` (The total number of records matching the search criteria)” in one call where it only counts", async () => {
    const ica = await lab({ seed });
    const client = { server: new URL(ica.sim.url), credentials: { apiKey: ica.sim.apiKey }, userAgent: "test" };
    const reader = createReader(client);
    try {
      expect(await reader.countData(IDS.archive, { paths: ["/vcf/"], pathMatch: "prefix", type: "FILE" })).toBe(FILES);
    } finally {
      await reader.close();
    }
    const asked = ica.sim.requests.filter(({ path }) => path.endsWith("/data"));
    expect(asked.map(({ query }) => new URLSearchParams(query).get("pageOffset"))).toEqual(["0"]);
    expect(new URLSearchParams(asked[0]?.query).get("pageSize")).toBe("1");
  });

  it("never asks by offset for rows, so that “limited to 200.000 rows” does not bind it", async () => {
    const ica = await lab({ seed });
    await ica.applied(treeOf({ "t.yaml": stack() + run("r", outputs) }));
    const byOffset = ica.sim.requests.filter(({ query }) => /pageOffset/.test(query));
    expect(byOffset.filter(({ query }) => new URLSearchParams(query).get("pageSize") !== "1")).toEqual([]);
  });
});
