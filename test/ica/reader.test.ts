import { describe, expect, it } from "vitest";
import { ProtocolError, UsageError } from "../../src/core/errors.ts";
import { reader } from "../../src/ica/reader.ts";
import { failure, type Step, scripted } from "./scripted.ts";
import { collect } from "./servers.ts";

const V3 = "application/vnd.illumina.v3+json";
const V4 = "application/vnd.illumina.v4+json";

const analysis = {
  id: "an-1",
  reference: "ref-1",
  userReference: "run-1",
  status: "IN_PROGRESS",
  timeCreated: "2026-01-01T00:00:00Z",
  timeModified: "2026-01-02T00:00:00Z",
  owner: { id: "u-1" },
  tenant: { id: "t-1" },
  pipeline: { id: "pl-1", code: "germline", language: "NEXTFLOW" },
  summary: null,
  tags: { technicalTags: ["icaform.stack=s"], userTags: [], referenceTags: [] },
};
const times = { timeCreated: "2026-01-01T00:00:00Z", timeModified: "2026-01-02T00:00:00Z" };

function reading(...steps: Step[]) {
  const script = scripted(...steps);
  return { ica: reader(script.transport, 500), log: script.log };
}

describe("a reader", () => {
  it("has no method that writes", () => {
    const names = Object.keys(reading().ica).sort();
    expect(names).toEqual([
      ..."analyses analysis bestActivationCode configurations countData credential credentials data".split(" "),
      // A link to a file that is there: POSTed, but nothing of the project changes.
      "downloadUrl",
      ..."inputFormValues inputJson inputs newestSucceeded outputs pipelineParameters pipelines price".split(" "),
      ..."project projectAnalyses projects sample sampleBatch sampleBatchItems sampleBatches sampleData samples".split(
        " ",
      ),
      ..."steps storages".split(" "),
    ]);
  });

  it("lists projects by name", async () => {
    const { ica, log } = reading({ json: { items: [{ id: "p1", name: "prod", active: true }], nextPageToken: "" } });
    expect(await collect(ica.projects("prod"))).toEqual([{ id: "p1", name: "prod" }]);
    expect(log).toMatchObject([
      {
        method: "GET",
        path: "/api/projects",
        accept: V3,
        safe: true,
        query: [
          ["search", "prod"],
          ["pageSize", "500"],
        ],
      },
    ]);
  });

  it("gets one project, pipelines, storages and credentials with their media types", async () => {
    const pipeline = { id: "pl", code: "c", language: "NEXTFLOW", inputFormType: "JSON", urn: null };
    const odd = {
      id: "p2",
      code: "d",
      language: "WDL",
      inputFormType: "TOML",
      analysisStorage: { id: "s", name: "Small" },
    };
    const credential = { id: "c1", name: "lab", ...times, type: "AWS_USER", ownerId: "u" };
    const { ica, log } = reading(
      { json: { id: "p1", name: "prod" } },
      { json: { items: [{ pipeline, projectId: "p1" }, { pipeline: odd }] } },
      { json: { items: [{ id: "s1", name: "Large", description: null }] } },
      { json: { items: [credential] } },
      { json: credential },
    );
    expect(await ica.project("p/1")).toEqual({ id: "p1", name: "prod" });
    expect(await ica.pipelines("p1")).toEqual([
      { id: "pl", code: "c", language: "NEXTFLOW", inputFormType: "JSON" },
      { id: "p2", code: "d", language: "UNKNOWN", analysisStorage: { id: "s", name: "Small" } },
    ]);
    expect(await ica.storages("p1")).toEqual([{ id: "s1", name: "Large" }]);
    expect(await ica.credentials()).toEqual([{ id: "c1", name: "lab", ...times }]);
    expect(await ica.credential("c1")).toEqual({ id: "c1", name: "lab", ...times });
    expect(log.map(({ method, path, accept, contentType }) => [method, path, accept, contentType])).toEqual([
      ["GET", "/api/projects/p%2F1", V3, undefined],
      ["GET", "/api/projects/p1/pipelines", V3, undefined],
      ["GET", "/api/projects/p1/analysisStorages", V4, undefined],
      ["GET", "/api/storageCredentials", V3, undefined],
      ["GET", "/api/storageCredentials/c1", V3, undefined],
    ]);
  });

  it("searches analyses in v3, and keeps a status that nobody knows yet", async () => {
    const news = { ...analysis, status: "TELEPORTING", brandNew: { field: 1 } };
    const { ica, log } = reading({ json: { items: [analysis, news], nextPageToken: null } });
    const found = await collect(ica.analyses("p1", "icaform.stack=s"));
    expect(found.map(({ status }) => status)).toEqual(["IN_PROGRESS", "TELEPORTING"]);
    expect(log).toMatchObject([
      {
        method: "POST",
        path: "/api/projects/p1/analysis:search",
        body: '{"technicalTags":["icaform.stack=s"]}',
        accept: V3,
        contentType: V3,
        safe: true,
        query: [["pageSize", "500"]],
      },
    ]);
  });

  it("gets one analysis in v4 with its ETag and whole body", async () => {
    const { ica, log } = reading({ json: { ...analysis, brandNew: 1 }, headers: { etag: '"7"' } }, { json: analysis });
    const first = await ica.analysis("p1", "an-1");
    expect(first).toMatchObject({ etag: '"7"', body: { brandNew: 1 }, analysis: { id: "an-1", owner: { id: "u-1" } } });
    expect(first.analysis).not.toHaveProperty("brandNew");
    expect(await ica.analysis("p1", "an-1")).not.toHaveProperty("etag");
    expect(log[0]).toMatchObject({ method: "GET", path: "/api/projects/p1/analyses/an-1", accept: V4 });
  });

  it("never takes an analysis without technical tags for one without identity", async () => {
    for (const tags of [undefined, {}, { technicalTags: null }, { technicalTags: [1] }]) {
      const { ica } = reading({ json: { items: [{ ...analysis, tags }] } });
      const error = await failure(collect(ica.analyses("p1", "x")));
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error.message).toMatch(/the answer's items\[\]\.tags/);
    }
  });

  it("names the field that is missing", async () => {
    const { ica } = reading({ json: { items: [{ pipeline: { id: "x", code: 7 } }] } });
    const error = await failure(ica.pipelines("p1"));
    expect(error.message).toBe(
      "GET /api/projects/p1/pipelines: the answer's items[].pipeline.language is missing or not a string",
    );
  });

  it("reads the output tree and ignores the rest", async () => {
    const file = { dataId: "fil.1", name: "a.vcf", dataType: "FILE", format: null };
    const folder = { dataId: "fol.1", name: "out", dataType: "FOLDER", children: [file] };
    const { ica, log } = reading({
      json: { items: [{ code: "Output", projectId: "p1", data: [folder] }], analysisData: 1 },
    });
    expect(await ica.outputs("p1", "an-1")).toEqual([
      {
        code: "Output",
        projectId: "p1",
        data: [
          {
            dataId: "fol.1",
            name: "out",
            dataType: "FOLDER",
            children: [{ dataId: "fil.1", name: "a.vcf", dataType: "FILE" }],
          },
        ],
      },
    ]);
    expect(log[0]).toMatchObject({ path: "/api/projects/p1/analyses/an-1/outputs", accept: V3 });
  });

  it("reads what a run was started with", async () => {
    const file = { dataId: "fil.1", name: "a.gz", dataType: "FILE" };
    const url = { url: "s3://b/a", type: "s3", mountPath: "in/a" };
    const { ica, log } = reading(
      { json: { items: [{ name: "sample", multiValue: false, values: ["NA1"] }] } },
      { json: { items: [{ code: "fastqs", analysisData: [file], externalData: [url] }, { code: "ref" }] } },
      { json: { items: [{ id: "field", values: ["x"], dataValues: [{ dataId: "fil.1" }, {}] }] } },
    );
    expect(await ica.configurations("p1", "an-1")).toMatchObject([{ name: "sample", values: ["NA1"] }]);
    expect(await ica.inputs("p1", "an-1")).toEqual([
      { code: "fastqs", data: [{ dataId: "fil.1", name: "a.gz" }], external: [url] },
      { code: "ref", data: [], external: [] },
    ]);
    expect(await ica.inputFormValues("p1", "an-1")).toEqual([
      { id: "field", values: ["x"], data: [{ dataId: "fil.1" }], external: [], groups: [], sensitive: false },
    ]);
    expect(log.map(({ path, accept }) => [path.split("/").at(-1), accept])).toEqual([
      ["configurations", V3],
      ["inputs", V3],
      ["inputFormValues", V4],
    ]);
  });

  it("refuses ids that would change the path", async () => {
    for (const id of ["", ".", ".."]) {
      expect(await failure(reading().ica.project(id))).toBeInstanceOf(UsageError);
    }
  });
});
