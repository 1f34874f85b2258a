import { describe, expect, it } from "vitest";
import { type Ica, ica, pick, text, V4 } from "./ica.ts";

const NOWHERE = "00000000-0000-4000-8000-000000000000";

describe("a create body is refused, and the field named", () => {
  type Case = [string, (world: Ica) => object, string];
  const input = (world: Ica, over: object, parameters: object[] = [{ code: "sample_id", value: "x" }]): object => ({
    analysisInput: {
      inputs: [{ parameterCode: "fastqs", dataIds: [world.dataId("/fastq/NA12878_R1.fastq.gz")], ...over }],
      parameters,
    },
  });
  const s3 = { url: "s3://bucket/k.gz", type: "s3", mountPath: "in/k.gz" };
  const sample = { code: "sample_id", value: "x" };
  const cases: Case[] = [
    ["no userReference", () => ({ userReference: undefined }), "userReference"],
    ["a userReference with a colon", () => ({ userReference: "a:b" }), "userReference"],
    ["a long userReference", () => ({ userReference: "a".repeat(256) }), "userReference"],
    ["an unknown field", () => ({ colour: "red" }), "colour"],
    ["an unknown field deep inside", (world) => input(world, { dataId: "x" }), "dataId"],
    ["no input", () => ({ analysisInput: undefined }), "analysisInput"],
    ["an unknown pipeline", () => ({ pipelineId: NOWHERE }), "pipelineId"],
    ["an unknown storage", () => ({ analysisStorageId: NOWHERE }), "analysisStorageId"],
    ["a storage by name", () => ({ analysisStorageId: "Large" }), "analysisStorageId"],
    ["an unknown activation code", () => ({ activationCodeDetailId: NOWHERE }), "activationCodeDetailId"],
    ["an unknown output folder", () => ({ outputParentFolderId: "fol.1" }), "outputParentFolderId"],
    [
      "a file as logs folder",
      (world) => ({ logs: { logsFolderId: world.dataId("/reference/hg38.fa") } }),
      "logsFolderId",
    ],
    ["a relative logs path", () => ({ logs: { logsFolderPath: "logs/" } }), "logsFolderPath"],
    ["tags that are no lists", () => ({ tags: { technicalTags: "a" } }), "technicalTags"],
    ["a null where none may be", (world) => input(world, { dataIds: null }), "dataIds"],
    [
      "an action in lower case",
      (world) => ({ analysisOutput: [{ ...mapping(world), actionOnExist: "rename" }] }),
      "actionOnExist",
    ],
    [
      "a mapping without a target",
      (world) => ({ analysisOutput: [{ ...mapping(world), targetPath: undefined }] }),
      "targetPath",
    ],
    [
      "a mapping into no project",
      (world) => ({ analysisOutput: [{ ...mapping(world), targetProjectId: NOWHERE }] }),
      "targetProjectId",
    ],
    ["unknown data", (world) => input(world, { dataIds: ["fil.1"] }), "fastqs"],
    ["a PARTIAL file", (world) => input(world, { dataIds: [world.dataId("/fastq/uploading.fastq.gz")] }), "fastqs"],
    [
      "a mount without a file name",
      (world) => input(world, { mounts: [{ dataId: world.dataId("/reference/hg38.fa"), mountPath: "ref/" }] }),
      "fastqs",
    ],
    ["s3 without credentials", (world) => input(world, { externalData: [s3] }), "fastqs"],
    [
      "s3 with unknown credentials",
      (world) => input(world, { externalData: [{ ...s3, s3Details: { storageCredentialsId: NOWHERE } }] }),
      "storageCredentialsId",
    ],
    [
      "a type that does not fit the URL",
      (world) => input(world, { externalData: [{ ...s3, type: "http" }] }),
      "fastqs",
    ],
    ["an unknown type", (world) => input(world, { externalData: [{ ...s3, type: "ftp" }] }), "type"],
    [
      "a folder as mount of a file",
      (world) => input(world, { externalData: [{ url: "https://x.org/a", type: "http", mountPath: "in/" }] }),
      "fastqs",
    ],
    ["a required parameter missing", (world) => input(world, {}, []), "sample_id"],
    [
      "a required parameter that is null",
      (world) => input(world, {}, [{ code: "sample_id", value: null }]),
      "sample_id",
    ],
    ["an unknown parameter", (world) => input(world, {}, [sample, { code: "other", value: "x" }]), "other"],
    [
      "value and multiValue",
      (world) => input(world, {}, [{ code: "sample_id", value: "x", multiValue: ["y"] }]),
      "parameters[0]",
    ],
    ["neither value nor multiValue", (world) => input(world, {}, [{ code: "sample_id" }]), "parameters[0]"],
    ["a number as value", (world) => input(world, {}, [{ code: "sample_id", value: 5 }]), "value"],
    [
      "several values for one",
      (world) => input(world, {}, [{ code: "sample_id", multiValue: ["a", "b"] }]),
      "sample_id",
    ],
    [
      "a value outside the list",
      (world) => input(world, {}, [sample, { code: "callers", multiValue: ["magic"] }]),
      "callers",
    ],
    ["text for an INTEGER", (world) => input(world, {}, [sample, { code: "threads", value: "many" }]), "threads"],
    [
      "two files for one",
      (world) => {
        const dataIds = [world.dataId("/reference/hg38.fa"), world.dataId("/reference/target.bed")];
        const inputs = [{ parameterCode: "target_bed", dataIds }];
        return { analysisInput: { inputs, parameters: [sample] } };
      },
      "target_bed",
    ],
    [
      "data for a STRING",
      () => ({ analysisInput: { inputs: [{ parameterCode: "note" }], parameters: [sample] } }),
      "note",
    ],
  ];

  function mapping({ projectId }: Ica): Record<string, unknown> {
    return { sourcePath: "out/", targetProjectId: projectId("archive"), targetPath: "/x/", type: "FOLDER" };
  }

  it.each(cases)("%s", async (_name, over, field) => {
    const world = await ica();
    const answer = await world.create({ ...over(world) });
    expect(answer.status).toBe(400);
    expect(`${Object.keys(pick(answer.body, "parameters") as object).join()} ${text(answer.body, "title")}`).toContain(
      field,
    );
    expect(world.simulator.analyses()).toHaveLength(0);
  });

  it("takes nulls, empty lists, whole S3 folders, scientific numbers and absolute mount paths", async () => {
    const credentials = [{ id: "6f1e7b0a-1111-4111-8111-111111111111", name: "lab" }];
    const seed = {
      users: [{ name: "u" }],
      credentials,
      pipelines: [{ code: "dragen-germline-4-4" }],
      data: [{ path: "/fastq/NA12878_R1.fastq.gz" }],
    };
    const world = await ica({ seed });
    const s3Details = { storageCredentialsId: "6f1e7b0a-1111-4111-8111-111111111111" };
    const externalData = [{ url: "s3://bucket/folder/", type: "s3", mountPath: "/data/folder/", s3Details }];
    const parameters = [
      { code: "note", value: null },
      { code: "p", value: "1e-8" },
      { code: "q", multiValue: [] },
    ];
    const nothing = {
      tags: { technicalTags: null },
      analysisStorageId: null,
      logs: null,
      analysisOutput: null,
      activationCodeDetailId: null,
    };
    const answer = await world.create({ ...nothing, ...input(world, { externalData, mounts: null }, parameters) });
    expect(answer.body).toMatchObject({
      status: "REQUESTED",
      tags: { technicalTags: [], userTags: [], referenceTags: [] },
    });
  });

  it("knows the project and that the pipeline is linked to it", async () => {
    const world = await ica({
      seed: { projects: [{ name: "a" }, { name: "b" }], pipelines: [{ code: "p", projects: ["b"] }] },
    });
    const body = { userReference: "r", pipelineId: await world.pipelineId("p"), analysisInput: { inputs: [] } };
    const create = async (project: string) =>
      (await world.ask("POST", `${project}/analysis:nextflow`, { body, type: V4 })).status;
    expect(await create(world.project("a"))).toBe(400);
    expect(await create(world.project("b"))).toBe(201);
    expect(await create(`/api/projects/${NOWHERE}`)).toBe(404);
  });
});
