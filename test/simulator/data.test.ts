import { describe, expect, it } from "vitest";
import { type Ica, ica, pick, text, V3, V4 } from "./ica.ts";

async function paths({ ask, project }: Ica, query: string): Promise<string[]> {
  const answer = await ask("GET", `${project()}/data?${query}`);
  expect(answer.status).toBe(200);
  return (pick(answer.body, "items") as { data: { details: { path: string } } }[]).map(({ data }) => data.details.path);
}

describe("project data", () => {
  it("finds by path: starting with (the default) or in full, in any case, one of several", async () => {
    const world = await ica();
    expect(await paths(world, "filePath=/REFERENCE/")).toEqual([
      "/reference/",
      "/reference/hg38.fa",
      "/reference/target.bed",
    ]);
    const full = "filePathMatchMode=FULL_CASE_INSENSITIVE";
    expect(await paths(world, `${full}&filePath=/reference/HG38.fa&filePath=/reference/target.bed`)).toEqual([
      "/reference/hg38.fa",
      "/reference/target.bed",
    ]);
    expect(await paths(world, `${full}&filePath=/reference/hg`)).toEqual([]);
  });

  it("finds by name, type, status, parent, id and words", async () => {
    const world = await ica();
    expect(await paths(world, "filename=hg38.fa")).toEqual(["/reference/hg38.fa"]);
    expect(await paths(world, "filename=HG38&filenameMatchMode=FUZZY")).toEqual(["/reference/hg38.fa"]);
    expect(await paths(world, "filename=hg38.fa&filenameMatchMode=EXCLUDE&parentFolderPath=/reference/")).toEqual([
      "/reference/target.bed",
    ]);
    expect(await paths(world, "type=FOLDER")).toEqual(["/fastq/", "/reference/"]);
    expect(await paths(world, "status=PARTIAL")).toEqual(["/fastq/uploading.fastq.gz"]);
    expect(await paths(world, "parentFolderPath=/")).toEqual(["/fastq/", "/reference/"]);
    expect(await paths(world, `parentFolderId=${world.dataId("/reference/")}&fullText=bed`)).toEqual([
      "/reference/target.bed",
    ]);
    expect(await paths(world, `id=${world.dataId("/reference/hg38.fa")}`)).toEqual(["/reference/hg38.fa"]);
    expect(await paths(world, "formatCode=BED")).toEqual(["/reference/target.bed"]);
    expect(await paths(world, "creationDateAfter=2100-01-01T00:00:00Z")).toEqual([]);
  });

  it("sorts, by offset then", async () => {
    const world = await ica();
    const answer = await world.ask(
      "GET",
      `${world.project()}/data?sort=fileSizeInBytes%20desc,name&pageSize=2&pageOffset=1`,
    );
    const names = (pick(answer.body, "items") as { data: { details: { name: string } } }[]).map(
      ({ data }) => data.details.name,
    );
    expect(names).toEqual(["NA12879_R2.fastq.gz", "NA12880_R2.fastq.gz"]);
    expect(answer.body).toMatchObject({ totalItemCount: 11, nextPageToken: "" });
  });

  it("refuses wrong words and dates", async () => {
    const { ask, project } = await ica();
    const status = async (query: string) => (await ask("GET", `${project()}/data?${query}`)).status;
    expect(await status("status=GONE")).toBe(400);
    expect(await status("type=LINK")).toBe(400);
    expect(await status("filePathMatchMode=EXACT")).toBe(400);
    expect(await status("parentFolderPath=reference")).toBe(400);
    expect(await status("creationDateBefore=yesterday")).toBe(400);
    expect(await status("sort=colour")).toBe(400);
  });

  it("reads one by id and by URN, with its full path", async () => {
    const { ask, dataId, project } = await ica();
    const one = await ask("GET", `${project()}/data/${dataId("/reference/hg38.fa")}`);
    expect(pick(one.body, "data.details")).toMatchObject({
      path: "/reference/hg38.fa",
      name: "hg38.fa",
      fileSizeInBytes: 3_200_000_000,
    });
    const urn = text(one.body, "data.urn");
    expect(urn).toMatch(/^urn:ilmn:ica:region:[0-9a-f-]{36}:data:fil\.[0-9a-f]{32}#\/reference\/hg38\.fa$/);
    const byUrn = await ask("GET", `/api/data/${encodeURIComponent(urn)}`);
    expect(byUrn.body).toEqual(pick(one.body, "data"));
    expect((await ask("GET", `${project()}/data/fil.00000000000000000000000000000000`)).status).toBe(404);
    expect((await ask("GET", `${project("archive")}/data/${dataId("/reference/hg38.fa")}`)).status).toBe(404);
  });

  it("lists the children of a folder, paged in V4 only", async () => {
    const { ask, dataId, project } = await ica();
    const path = `${project()}/data/${dataId("/fastq/")}/children`;
    const v4 = await ask("GET", `${path}?pageSize=2`, { accept: V4 });
    expect(pick(v4.body, "items")).toHaveLength(2);
    expect(v4.body).toMatchObject({ remainingRecords: 5, nextPageToken: expect.any(String) });
    const v3 = await ask("GET", path, { accept: V3 });
    expect(pick(v3.body, "items")).toHaveLength(7);
    expect(pick(v3.body, "items.0.details.name")).toBe("NA12878_R1.fastq.gz");
    const file = await ask("GET", `${project()}/data/${dataId("/reference/hg38.fa")}/children`, { accept: V4 });
    expect(file.status).toBe(400);
  });

  it("creates files and folders with the folders above them; a path that is taken is ICA_DATA_105", async () => {
    const { ask, project, simulator } = await ica();
    const create = (kind: string, body: object) => ask("POST", `${project()}/data:${kind}`, { body });
    expect((await create("createFolder", { name: "b", folderPath: "/new/a/" })).status).toBe(201);
    const file = await create("createFile", { name: "c.txt", folderPath: "/new/a/b/" });
    expect(pick(file.body, "data.details")).toMatchObject({ path: "/new/a/b/c.txt", status: "PARTIAL" });
    const again = await create("createFile", { name: "c.txt", folderPath: "/new/a/b/" });
    expect([again.status, text(again.body, "detail")]).toEqual([409, expect.stringContaining("ICA_DATA_105")]);
    expect(
      simulator
        .data("cohort-7-prod")
        .slice(-4)
        .map(({ path }) => path),
    ).toEqual(["/new/", "/new/a/", "/new/a/b/", "/new/a/b/c.txt"]);
  });
});
