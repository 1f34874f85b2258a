import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ListingError } from "../../src/core/errors.ts";
import { wholePath } from "../../src/ica/data.ts";
import { reader } from "../../src/ica/reader.ts";
import { failure, type Step, scripted } from "./scripted.ts";
import { collect } from "./servers.ts";

const V3 = "application/vnd.illumina.v3+json";
function reading(...steps: Step[]) {
  const script = scripted(...steps);
  return { ica: reader(script.transport, 500), log: script.log };
}

describe("data", () => {
  const row = (details: object) => ({ data: { id: "fil.1", urn: "urn:1", details }, projectId: "p1" });
  const file = { name: "a.gz", path: "/in/", dataType: "FILE", status: "AVAILABLE", fileSizeInBytes: 12 };

  it("is listed with whole paths", async () => {
    const folder = { name: "in", path: "/in/", dataType: "FOLDER", status: "NEW", fileSizeInBytes: null };
    const { ica, log } = reading({ json: { items: [row(file), row(folder)] } });
    expect(await collect(ica.data("p1", { paths: ["/in/", "/out"], pathMatch: "prefix", type: "FILE" }))).toEqual([
      { id: "fil.1", urn: "urn:1", path: "/in/a.gz", name: "a.gz", type: "FILE", status: "AVAILABLE", size: 12 },
      { id: "fil.1", urn: "urn:1", path: "/in/", name: "in", type: "FOLDER", status: "NEW" },
    ]);
    expect(log[0]).toMatchObject({ path: "/api/projects/p1/data", accept: V3 });
    expect(log[0]?.query).toEqual([
      ["filePath", "/in/"],
      ["filePath", "/out"],
      ["filePathMatchMode", "STARTS_WITH_CASE_INSENSITIVE"],
      ["type", "FILE"],
      ["pageSize", "500"],
    ]);
  });

  it("is filtered by ids, whole paths and folder", async () => {
    const { ica, log } = reading({ json: { items: [] } }, { json: { items: [] } });
    await collect(ica.data("p1", { ids: ["a", "b"], parentFolderPath: "/in/" }));
    await collect(ica.data("p1", { paths: ["/x"], pathMatch: "full" }));
    expect(log[0]?.query?.slice(0, -1)).toEqual([
      ["id", "a"],
      ["id", "b"],
      ["parentFolderPath", "/in/"],
    ]);
    expect(log[1]?.query?.slice(0, -1)).toEqual([
      ["filePath", "/x"],
      ["filePathMatchMode", "FULL_CASE_INSENSITIVE"],
    ]);
  });

  it("of no ids or no paths is nothing, not everything", async () => {
    const { ica, log } = reading();
    expect(await collect(ica.data("p1", { ids: [] }))).toEqual([]);
    expect(await collect(ica.data("p1", { paths: [] }))).toEqual([]);
    expect(await ica.countData("p1", { paths: [], type: "FILE" })).toBe(0);
    expect(log).toHaveLength(0);
  });

  it("is counted in one call", async () => {
    const { ica, log } = reading({ json: { items: [row(file)], totalItemCount: 123_456, nextPageToken: "" } });
    expect(await ica.countData("p1", { type: "FILE" })).toBe(123_456);
    expect(log[0]?.query).toEqual([
      ["type", "FILE"],
      ["pageOffset", "0"],
      ["pageSize", "1"],
    ]);
  });

  it("cannot be counted without totalItemCount", async () => {
    const { ica } = reading({ json: { items: [], totalItemCount: null } });
    expect(await failure(ica.countData("p1", {}))).toBeInstanceOf(ListingError);
  });

  it.each([
    ["/in/", "a.gz", "FILE", "/in/a.gz"],
    ["/in/a.gz", "a.gz", "FILE", "/in/a.gz"],
    ["/in", "a.gz", "FILE", "/in/a.gz"],
    ["in/a.gz", "a.gz", "FILE", "/in/a.gz"],
    ["/", "a.gz", "FILE", "/a.gz"],
    ["/x/a.gz/", "a.gz", "FILE", "/x/a.gz/a.gz"],
    ["/in/ba.gz", "a.gz", "FILE", "/in/ba.gz/a.gz"],
    ["/", "in", "FOLDER", "/in/"],
    ["/in/", "in", "FOLDER", "/in/"],
    ["/in", "in", "FOLDER", "/in/"],
    ["/in/", "sub", "FOLDER", "/in/sub/"],
  ] as const)("path %s of %s, a %s, is %s", (path, name, type, whole) => {
    expect(wholePath(path, name, type)).toBe(whole);
  });

  it("keeps whole paths whole", () => {
    const part = fc.stringMatching(/^[a-z0-9._ -]{1,8}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.constantFrom("FILE", "FOLDER"), (parts, type) => {
        const whole = `/${parts.join("/")}${type === "FOLDER" ? "/" : ""}`;
        expect(wholePath(whole, parts.at(-1) ?? "", type)).toBe(whole);
      }),
    );
  });
});
