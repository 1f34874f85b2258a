import { describe, expect, it } from "vitest";
import { ica, pick, text, V3, V4 } from "./ica.ts";

const secrets = { accessKeyId: "AKIA", secretAccessKey: "very-secret" };

describe("projects", () => {
  it("lists, searches and reads them", async () => {
    const { ask, project } = await ica();
    const all = await ask("GET", "/api/projects");
    expect((pick(all.body, "items") as { name: string }[]).map(({ name }) => name)).toEqual([
      "cohort-7-prod",
      "archive",
    ]);
    const found = await ask("GET", "/api/projects?search=ARCH");
    expect(pick(found.body, "items")).toMatchObject([{ name: "archive" }]);
    const one = await ask("GET", project("archive"));
    expect(one.body).toMatchObject({ name: "archive", active: true });
    expect(one.headers.get("etag")).toMatch(/^"/);
    expect((await ask("GET", "/api/projects/00000000-0000-4000-8000-000000000000")).status).toBe(404);
  });
});

describe("pipelines and storages", () => {
  it("shows the pipelines of a project, unpaged and only the linked ones", async () => {
    const seed = {
      projects: [{ name: "one" }, { name: "two" }],
      pipelines: [{ code: "a", projects: ["one"] }, { code: "b" }],
    };
    const { ask, project } = await ica({ seed });
    const codes = async (name: string): Promise<string[]> => {
      const { body } = await ask("GET", `${project(name)}/pipelines`);
      expect(pick(body, "nextPageToken")).toBeUndefined();
      return (pick(body, "items") as { pipeline: { code: string } }[]).map(({ pipeline }) => pipeline.code);
    };
    expect(await codes("one")).toEqual(["a", "b"]);
    expect(await codes("two")).toEqual(["b"]);
  });

  it("speaks V3 and V4", async () => {
    const { ask, pipelineId, project } = await ica();
    const id = await pipelineId("cwl-json-form");
    const v4 = await ask("GET", `${project()}/pipelines/${id}`, { accept: V4 });
    const v3 = await ask("GET", `${project()}/pipelines/${id}`, { accept: V3 });
    expect(v4.body).toMatchObject({
      pipeline: { code: "cwl-json-form", language: "CWL", inputFormType: "JSON", owner: {} },
    });
    expect(v3.body).toMatchObject({ pipeline: { ownerId: expect.any(String) } });
    expect((await ask("GET", `${project()}/pipelines/nope`, { accept: V4 })).status).toBe(404);
  });

  it("tells data parameters from the others", async () => {
    const { ask, pipelineId, project } = await ica();
    const base = `${project()}/pipelines/${await pipelineId("dragen-germline-4-4")}`;
    const data = await ask("GET", `${base}/inputParameters`);
    const configuration = await ask("GET", `${base}/configurationParameters`);
    expect(pick(data.body, "items.0")).toMatchObject({ code: "fastqs", required: true, multiValue: true });
    expect(pick(configuration.body, "items.1")).toMatchObject({
      code: "callers",
      settings: { options: ["snv", "cnv", "sv", "str"] },
    });
    expect(pick((await ask("GET", `${base}/referenceSets`)).body, "items.0.name")).toBe("reference");
  });

  it("lists storages for a project (V4) and for all (V3, deprecated)", async () => {
    const { ask, project } = await ica();
    const v4 = await ask("GET", `${project()}/analysisStorages`, { accept: V4 });
    const names = (pick(v4.body, "items") as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(["Small", "Medium", "Large", "XLarge", "2XLarge", "3XLarge"]);
    expect(pick((await ask("GET", "/api/analysisStorages")).body, "items.0")).toMatchObject({
      name: "Small",
      ownerId: expect.any(String),
    });
  });
});

describe("storage credentials", () => {
  const body = { name: "lab-s3", type: "AWS_USER", awsCredentials: secrets };

  it("creates, lists, shares and renews them, and never gives a secret back", async () => {
    const { ask, simulator } = await ica();
    const created = await ask("POST", "/api/storageCredentials", { body });
    expect([created.status, created.headers.get("etag")]).toEqual([201, expect.any(String)]);
    const id = text(created.body, "id");
    simulator.control.advance(60);
    expect((await ask("POST", `/api/storageCredentials/${id}:share`)).status).toBe(204);
    const renewed = await ask("POST", `/api/storageCredentials/${id}:updateSecrets`, {
      body: { awsCredentials: secrets },
    });
    expect([renewed.status, renewed.text]).toEqual([204, ""]);
    const listed = await ask("GET", "/api/storageCredentials");
    expect(pick(listed.body, "items")).toMatchObject([{ id, name: "lab-s3" }]);
    expect(listed.text + created.text).not.toContain("very-secret");
    const { timeCreated, timeModified } = (await ask("GET", `/api/storageCredentials/${id}`)).body as Record<
      string,
      string
    >;
    expect(Date.parse(timeModified ?? "") - Date.parse(timeCreated ?? "")).toBeGreaterThanOrEqual(60_000);
  });

  it("refuses bad names, bad secrets, unknown fields and (by default) a name twice", async () => {
    const { ask } = await ica();
    const post = async (over: object) =>
      (await ask("POST", "/api/storageCredentials", { body: { ...body, ...over } })).status;
    expect(await post({ name: "has space" })).toBe(400);
    expect(await post({ name: "" })).toBe(400);
    expect(await post({ type: "AWS" })).toBe(400);
    expect(await post({ awsCredentials: { ...secrets, accessKeyId: "a=b" } })).toBe(400);
    expect(await post({ awsCredentials: undefined })).toBe(400);
    expect(await post({ colour: "red" })).toBe(400);
    expect(await post({})).toBe(201);
    expect(await post({})).toBe(409);
  });

  it("shows other users' credentials only when they are shared", async () => {
    const users = [
      { name: "ann", apiKey: "key-ann" },
      { name: "bob", apiKey: "key-bob" },
    ];
    const { ask } = await ica({ seed: { users, projects: [{ name: "p" }] } });
    const id = text((await ask("POST", "/api/storageCredentials", { body })).body, "id");
    const bob = { headers: { "x-api-key": "key-bob" } };
    expect((await ask("GET", `/api/storageCredentials/${id}`, bob)).status).toBe(404);
    await ask("POST", `/api/storageCredentials/${id}:share`);
    expect((await ask("GET", `/api/storageCredentials/${id}`, bob)).status).toBe(200);
    expect((await ask("POST", `/api/storageCredentials/${id}:share`, bob)).status).toBe(404);
  });
});
