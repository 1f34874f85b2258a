/** ICA's page, "Duplicate Files on SampleCreationBatch": the simulator's rule. */
import { describe, expect, it } from "vitest";
import { type Ica, ica, pick } from "../simulator/ica.ts";

/** Creates one sample from a folder, or from single files, and tells which files it took as input. */
async function inputOf(paths: string[], link: string[]): Promise<string[]> {
  const world = await ica({ seed: { pipelines: [], data: paths.map((path) => ({ path })) } });
  const dataToLink = link.map((path) => ({ dataId: world.dataId(path) }));
  const batch = `${world.project()}/sampleCreationBatch`;
  const created = await world.ask("POST", batch, {
    body: { items: [{ sampleToCreate: { name: "s" }, dataToLink, completeSample: true }] },
  });
  expect(created.status, created.text).toBe(201);
  world.simulator.control.advance(1);
  const { body } = await world.ask("GET", `${batch}/${pick(created.body, "id")}/items`);
  expect(pick(body, "items.0.processing.status")).toBe("SUCCEEDED");
  return linkedTo(world, String(pick(body, "items.0.createdSample.id")));
}

async function linkedTo(world: Ica, sampleId: string): Promise<string[]> {
  const { body } = await world.ask("GET", `${world.project()}/samples/${sampleId}/data`);
  const items = pick(body, "items") as { details: { path: string } }[];
  return items.map(({ details }) => details.path).sort();
}

describe("“When running POST /api/projects/{projectId}/sampleCreationBatch, the input is checked to see if there are any duplicate files”", () => {
  it("“Suppose you have the files `main\\file1`, `main\\file2` and `main\\folder1\\file1`”. “Then, the input will be `main\\file2`”, and “`main\\folder1\\file1`”: the example of the page", async () => {
    const files = ["/main/file1", "/main/file2", "/main/folder1/file1"];
    expect(await inputOf(files, ["/main/"])).toEqual(["/main/file2", "/main/folder1/file1"]);
  });

  it("“`main\\file1` will not be used because it is a duplicate in a higher-level folder”, also when each file is named", async () => {
    const files = ["/main/file1", "/main/file2", "/main/folder1/file1"];
    expect(await inputOf(files, files)).toEqual(["/main/file2", "/main/folder1/file1"]);
  });

  it("“The file in the lowest-level folder will be considered as the original file”: of three only the deepest", async () => {
    const files = ["/main/f", "/main/a/f", "/main/a/b/f", "/main/c/g"];
    expect(await inputOf(files, ["/main/"])).toEqual(["/main/a/b/f", "/main/c/g"]);
  });

  it("“duplicates in higher-level folders or the root folder will be ignored as input”", async () => {
    expect(await inputOf(["/f", "/deep/er/f", "/deep/f"], ["/f", "/deep/er/f", "/deep/f"])).toEqual(["/deep/er/f"]);
  });

  it("“because it has no duplicate”: files of different names all are input, wherever they lie", async () => {
    const files = ["/main/a", "/main/x/b", "/main/x/y/c"];
    expect(await inputOf(files, ["/main/"])).toEqual(files);
  });
});
