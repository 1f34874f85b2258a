/** Every input kind and endpoint of the contract's table: the create call as it left the process, headers and body. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestLogEntry } from "../../src/simulator/middleware/log.ts";
import { credential, manifest, run, SECRETS, stack } from "../support/manifests.ts";
import { type Lab, openLab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";

const V4 = "application/vnd.illumina.v4+json";
const TOKEN = "the-token-of-the-lab";

/** Quotes, an escape, several lines, characters outside ASCII and a last line break: nothing of it may change. */
const TEXT = 'reads: "ä€😀\\t"\n# Zeile 2\n  \nlist: [1.0, 1.50]\n\n';

const JSON_TEXT = '{"b":1, "a":[ ]}\n';

const BASESPACE =
  '{ url: "basespace://runs/1", type: basespace, basespace: { workgroupId: w1, extensions: null, pathPrefix: out } }';

const TREE = [
  stack(),
  credential("lab-s3"),
  manifest(
    "OutputMapping",
    "deliver",
    `{ project: archive, actionOnExist: skip, mappings: [
      { source: out/vcf/, target: /cohort/vcf/ },
      { source: out/report.html, target: /cohort/report.html, type: FILE, actionOnExist: OVERWRITE }] }`,
  ),
  run(
    "nextflow-full",
    `pipeline: nf, userReference: "wgs/NA12878 first", storage: Large, activationCode: ${IDS.code},
     outputFolder: ${IDS.results}, logs: { path: /logs/wgs/ },
     tags: { technical: [mine], user: [subject=NA12878], reference: [GRCh38] },
     input: { form: {
       data: [
         { parameter: fastqs,
           files: [/in/b.fastq.gz, ${IDS.a}, "urn:ilmn:ica:region:x:data:${IDS.c}#/in/c.bed"],
           mounts: [{ file: /in/c.bed, path: regions/target.bed }, { file: ${IDS.a}, path: a.gz }],
           external: [
             { url: "s3://bucket/S1.fastq.gz", mountPath: inputs/S1.fastq.gz, credential: lab-s3 },
             { url: "https://host/x.gz?X-Amz-Signature=abc&part=1", mountPath: inputs/x.gz },
             { url: "s3://bucket/panels/", mountPath: inputs/panels/, credential: { id: ${IDS.bucket} } },
             ${BASESPACE}] },
         { parameter: empty, files: [], mounts: [], external: [] },
         { parameter: nulls, mounts: null, external: null },
         { parameter: bare }],
       parameters: {
         zeta: 0.050, tiny: 1e-8, flag: true, shout: True, hex: 0x1F, octal: 007, big: 12345678901234567890,
         plain: text, quoted: "0.10", none: null, tilde: ~, empty: "", date: 2026-11-01,
         list: [snv, 1.50, false, null], nothing: [], token: { env: LAB_TOKEN }, tokens: [{ env: LAB_TOKEN }, x] },
       referenceData: { reference: ${IDS.reference} } } },
     outputs: [
       { mapping: deliver },
       { source: out/qc/, target: /qc/, actionOnExist: rename },
       { source: out, target: /all, type: FOLDER },
       { source: out, target: /into/ },
       { source: out/report.html, target: /r.html, project: ${IDS.archive} }]`,
  ),
  run("nextflow-bare", "pipeline: nf, input: { form: {} }"),
  run(
    "nextflow-nulls",
    `pipeline: ${IDS.nfForm}, storage: null, activationCode: null, outputFolder: null, logs: null, outputs: null,
     tags: { technical: null, user: null, reference: [] },
     input: { form: { data: [], parameters: null, referenceData: null } }`,
  ),
  run(
    "nextflow-empties",
    `pipeline: nf, outputs: [], logs: { folder: ${IDS.results} },
     tags: { technical: [], user: [], reference: [a, b, a] }, input: { form: { data: [], parameters: {} } }`,
  ),
  run(
    "custom-values",
    `pipeline: nf, storage: ${IDS.medium}, input: { custom: {
       values: { z: 1, a: { d: [3, 1, 2], c: null, b: 0.5, "1": x, B: true }, list: [] },
       files: [/in/b.fastq.gz, /in/a.fastq.gz], mounts: null, external: [] } }`,
  ),
  run("custom-text", `pipeline: nf, input: { custom: { text: ${JSON.stringify(TEXT)} } }`),
  run(
    "nextflow-json",
    `pipeline: nf-json, input: { formValues: {
       fields: [
         { id: sample, values: [NA12878, 0.050, 1e-8, true, null, { env: LAB_TOKEN }] },
         { id: nothing, values: null },
         { id: empty, values: [] },
         { id: reads, data: [/in/b.fastq.gz, { file: /in/a.fastq.gz, path: in/a.gz }, ${IDS.c}] },
         { id: remote, data: null, external: [{ url: "s3://bucket/a.gz", mountPath: a.gz, credential: lab-s3 }] },
         { id: gone, external: null }],
       groups: [
         { id: lanes, values: [
           { fields: [{ id: lane, values: [1] }, { id: r1, data: [/in/a.fastq.gz] }] },
           { fields: [] }, {}] },
         { id: hollow, values: [] },
         { id: bare }] } }`,
  ),
  run("nextflow-json-bare", "pipeline: nf-json, input: { formValues: {} }"),
  run(
    "cwl-form",
    `pipeline: cwl, input: { form: {
       data: [{ parameter: reads, files: [/in/a.fastq.gz] }], parameters: { threads: 16, callers: [a, b] } } }`,
  ),
  run(
    "cwl-form-coded",
    `pipeline: cwl, activationCode: ${IDS.code}, input: { form: { parameters: { threads: 016 } } }`,
  ),
  run(
    "cwl-json",
    `pipeline: cwl, input: { json: { values: { z: null, a: { class: File, path: x } }, files: [/in/a.fastq.gz],
       mounts: [{ file: /in/c.bed, path: c.bed }] } }`,
  ),
  run(
    "cwl-json-coded",
    `pipeline: cwl, activationCode: ${IDS.code}, input: { json: { text: ${JSON.stringify(JSON_TEXT)} } }`,
  ),
  run(
    "cwl-json-form",
    `pipeline: cwl-json, input: { formValues: { fields: [{ id: sample, values: [x, 1.0] },
       { id: bam, data: [{ file: /in/c.bed, path: c.bed }] }] } }`,
  ),
  run("elsewhere", "pipeline: archive-only, project: archive, outputs: [{ source: out/, target: /home/ }]"),
].join("");

/** Which endpoint each run must go to (contract, "Endpoint chosen"). */
const ENDPOINTS: Record<string, string> = {
  "nextflow-full": "nextflow",
  "nextflow-bare": "nextflow",
  "nextflow-nulls": "nextflow",
  "nextflow-empties": "nextflow",
  "custom-values": "nextflowWithCustomInput",
  "custom-text": "nextflowWithCustomInput",
  "nextflow-json": "nextflowJson",
  "nextflow-json-bare": "nextflowJson",
  "cwl-form": "cwlWithStructuredInput",
  "cwl-form-coded": "cwl",
  "cwl-json": "cwlWithJsonInput",
  "cwl-json-coded": "cwl",
  "cwl-json-form": "cwlJson",
  elsewhere: "nextflowWithCustomInput",
};

const RESERVED = "icaform.";
const names = Object.keys(ENDPOINTS);

let ica: Lab;
let labS3: string;

beforeAll(async () => {
  ica = await openLab({ seed: { ...WORLD, credentials: [{ id: IDS.bucket, name: "bucket" }] } });
  await ica.applied(treeOf({ "all.yaml": TREE }), [], { ...SECRETS, LAB_TOKEN: TOKEN });
  labS3 = ica.sim.credentials().find(({ name }) => name === "lab-s3")?.id ?? "";
});

afterAll(() => ica.sim.close());

interface Body {
  tags: { technicalTags: string[]; userTags?: unknown; referenceTags?: unknown };
  analysisInput?: unknown;
  analysisOutput?: unknown;
  [key: string]: unknown;
}

function bodyOf({ body }: RequestLogEntry): Body {
  return JSON.parse(body) as Body;
}

function requestOf(name: string): RequestLogEntry {
  const found = ica.creates().filter((request) => bodyOf(request).tags.technicalTags.includes(`icaform.run=${name}`));
  expect(found, `create calls of ${name}`).toHaveLength(1);
  return found[0] as RequestLogEntry;
}

/** The body without icaform's own tags, which another test looks at. */
function plainBody(name: string): Body {
  const body = bodyOf(requestOf(name));
  const technicalTags = body.tags.technicalTags.filter((tag) => !tag.startsWith(RESERVED));
  return { ...body, tags: { ...body.tags, technicalTags } };
}

/** What every body has, when the user wrote nothing else. */
function expected(name: string, pipelineId: string, more: Record<string, unknown>): unknown {
  return { userReference: name, pipelineId, tags: { technicalTags: [] }, ...more };
}

describe("each create call", () => {
  it("is sent once, for each declared run", () => {
    expect(ica.creates()).toHaveLength(names.length);
  });

  it.each(names)("%s goes to its endpoint in its project", (name) => {
    const project = name === "elsewhere" ? IDS.archive : IDS.prod;
    expect(requestOf(name)).toMatchObject({
      method: "POST",
      path: `/api/projects/${project}/analysis:${ENDPOINTS[name]}`,
      query: "",
      status: 201,
    });
  });

  it.each(names)("%s speaks v4, with a bearer token and an idempotency key", (name) => {
    const { headers } = requestOf(name);
    expect(headers["content-type"]).toBe(V4);
    expect(headers.accept).toBe(V4);
    expect(headers["idempotency-key"]).toMatch(/^icaform-[0-9a-f]{64}$/);
    expect(headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(headers["x-api-key"]).toBeUndefined();
    expect(JSON.stringify(headers)).not.toContain(ica.sim.apiKey);
  });

  it("has an idempotency key of its own", () => {
    const keys = ica.creates().map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(names.length);
  });

  it.each(names)("%s carries its identity in technical tags", (name) => {
    const reserved = bodyOf(requestOf(name)).tags.technicalTags.filter((tag) => tag.startsWith(RESERVED));
    expect(reserved).toHaveLength(4);
    expect(reserved).toEqual(
      expect.arrayContaining([
        "icaform.stack=lab",
        `icaform.run=${name}`,
        "icaform.attempt=1",
        expect.stringMatching(/^icaform\.spec=v1:pipeline-[0-9a-f]+\.input-[0-9a-f]+(\.[a-zA-Z]+-[0-9a-f]+)*$/),
      ]),
    );
  });

  it("sends the API key to nobody but the token call", () => {
    const withKey = ica.sim.requests.filter(({ headers }) => headers["x-api-key"] !== undefined);
    expect(withKey.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /api/tokens"]);
  });
});

describe("the body of analysis:nextflow", () => {
  it("holds all that was written, in its order", () => {
    expect(plainBody("nextflow-full")).toStrictEqual({
      userReference: "wgs/NA12878 first",
      pipelineId: IDS.nfForm,
      tags: { technicalTags: ["mine"], userTags: ["subject=NA12878"], referenceTags: ["GRCh38"] },
      analysisStorageId: IDS.large,
      activationCodeDetailId: IDS.code,
      outputParentFolderId: IDS.results,
      logs: { logsFolderPath: "/logs/wgs/" },
      analysisOutput: [
        {
          sourcePath: "out/vcf/",
          type: "FOLDER",
          targetProjectId: IDS.archive,
          targetPath: "/cohort/vcf/",
          actionOnExist: "SKIP",
        },
        {
          sourcePath: "out/report.html",
          type: "FILE",
          targetProjectId: IDS.archive,
          targetPath: "/cohort/report.html",
          actionOnExist: "OVERWRITE",
        },
        {
          sourcePath: "out/qc/",
          type: "FOLDER",
          targetProjectId: IDS.prod,
          targetPath: "/qc/",
          actionOnExist: "RENAME",
        },
        { sourcePath: "out", type: "FOLDER", targetProjectId: IDS.prod, targetPath: "/all" },
        { sourcePath: "out", type: "FOLDER", targetProjectId: IDS.prod, targetPath: "/into/" },
        { sourcePath: "out/report.html", type: "FILE", targetProjectId: IDS.archive, targetPath: "/r.html" },
      ],
      analysisInput: {
        inputs: [
          {
            parameterCode: "fastqs",
            dataIds: [IDS.b, IDS.a, IDS.c],
            mounts: [
              { dataId: IDS.c, mountPath: "regions/target.bed" },
              { dataId: IDS.a, mountPath: "a.gz" },
            ],
            externalData: [
              {
                url: "s3://bucket/S1.fastq.gz",
                type: "s3",
                mountPath: "inputs/S1.fastq.gz",
                s3Details: { storageCredentialsId: labS3 },
              },
              { url: "https://host/x.gz?X-Amz-Signature=abc&part=1", type: "http", mountPath: "inputs/x.gz" },
              {
                url: "s3://bucket/panels/",
                type: "s3",
                mountPath: "inputs/panels/",
                s3Details: { storageCredentialsId: IDS.bucket },
              },
              {
                url: "basespace://runs/1",
                type: "basespace",
                basespaceDetails: { workgroupId: "w1", extensions: null, pathPrefix: "out" },
              },
            ],
          },
          { parameterCode: "empty", dataIds: [], mounts: [], externalData: [] },
          { parameterCode: "nulls", mounts: null, externalData: null },
          { parameterCode: "bare" },
        ],
        // As written.
        parameters: [
          { code: "zeta", value: "0.050" },
          { code: "tiny", value: "1e-8" },
          { code: "flag", value: "true" },
          { code: "shout", value: "True" },
          { code: "hex", value: "0x1F" },
          { code: "octal", value: "007" },
          { code: "big", value: "12345678901234567890" },
          { code: "plain", value: "text" },
          { code: "quoted", value: "0.10" },
          { code: "none", value: null },
          { code: "tilde", value: null },
          { code: "empty", value: "" },
          { code: "date", value: "2026-11-01" },
          { code: "list", multiValue: ["snv", "1.50", "false", null] },
          { code: "nothing", multiValue: [] },
          { code: "token", value: TOKEN },
          { code: "tokens", multiValue: [TOKEN, "x"] },
        ],
        referenceDataParameters: [{ parameterCode: "reference", referenceDataId: IDS.reference }],
      },
    });
  });

  it("leaves out what the user did not write", () => {
    // ICA's description requires `inputs`; everything else that is there is the tool's own to say.
    const body = expected("nextflow-bare", IDS.nfForm, { analysisInput: { inputs: [] } });
    expect(plainBody("nextflow-bare")).toStrictEqual(body);
  });

  it("sends null where the user wrote null", () => {
    expect(plainBody("nextflow-nulls")).toStrictEqual({
      userReference: "nextflow-nulls",
      pipelineId: IDS.nfForm,
      tags: { technicalTags: [], userTags: null, referenceTags: [] },
      analysisStorageId: null,
      activationCodeDetailId: null,
      outputParentFolderId: null,
      logs: null,
      analysisOutput: null,
      analysisInput: { inputs: [], parameters: null, referenceDataParameters: null },
    });
  });

  it("sends [] where the user wrote [], and a tag once", () => {
    expect(plainBody("nextflow-empties")).toStrictEqual({
      userReference: "nextflow-empties",
      pipelineId: IDS.nfForm,
      tags: { technicalTags: [], userTags: [], referenceTags: ["a", "b"] },
      logs: { logsFolderId: IDS.results },
      analysisOutput: [],
      analysisInput: { inputs: [], parameters: [] },
    });
  });
});

describe("the body of analysis:nextflowWithCustomInput", () => {
  it("has values as JSON with sorted keys, and lists as they are", () => {
    const customInput = '{"a":{"1":"x","B":true,"b":0.5,"c":null,"d":[3,1,2]},"list":[],"z":1}';
    expect(plainBody("custom-values")).toStrictEqual(
      expected("custom-values", IDS.nfForm, {
        analysisStorageId: IDS.medium,
        analysisInput: { customInput, dataIds: [IDS.b, IDS.a], mounts: null, externalData: [] },
      }),
    );
  });

  it("has text byte for byte", () => {
    const analysisInput = { customInput: TEXT };
    expect(plainBody("custom-text")).toStrictEqual(expected("custom-text", IDS.nfForm, { analysisInput }));
  });

  it("maps outputs into the run's own project by default", () => {
    const output = { sourcePath: "out/", type: "FOLDER", targetProjectId: IDS.archive, targetPath: "/home/" };
    expect(plainBody("elsewhere")).toStrictEqual(
      expected("elsewhere", IDS.archiveOnly, {
        analysisOutput: [output],
        analysisInput: { customInput: "reads: 1" },
      }),
    );
  });
});

describe("the body of JSON-form endpoints", () => {
  it("analysis:nextflowJson: fields and groups", () => {
    expect(plainBody("nextflow-json")).toStrictEqual(
      expected("nextflow-json", IDS.nfJson, {
        inputFormValues: {
          fields: [
            { id: "sample", values: ["NA12878", "0.050", "1e-8", "true", null, TOKEN] },
            { id: "nothing", values: null },
            { id: "empty", values: [] },
            {
              id: "reads",
              dataValues: [{ dataId: IDS.b }, { dataId: IDS.a, mountPath: "in/a.gz" }, { dataId: IDS.c }],
            },
            {
              id: "remote",
              dataValues: null,
              externalDataValues: [
                {
                  url: "s3://bucket/a.gz",
                  type: "s3",
                  mountPath: "a.gz",
                  s3Details: { storageCredentialsId: labS3 },
                },
              ],
            },
            { id: "gone", externalDataValues: null },
          ],
          groups: [
            {
              id: "lanes",
              values: [
                {
                  values: [
                    { id: "lane", values: ["1"] },
                    { id: "r1", dataValues: [{ dataId: IDS.a }] },
                  ],
                },
                { values: [] },
                {},
              ],
            },
            { id: "hollow", values: [] },
            { id: "bare" },
          ],
        },
      }),
    );
  });

  it("analysis:nextflowJson: nothing but what was written", () => {
    expect(plainBody("nextflow-json-bare")).toStrictEqual(
      expected("nextflow-json-bare", IDS.nfJson, { inputFormValues: {} }),
    );
  });

  it("analysis:cwlJson", () => {
    expect(plainBody("cwl-json-form")).toStrictEqual(
      expected("cwl-json-form", IDS.cwlJson, {
        inputFormValues: {
          fields: [
            { id: "sample", values: ["x", "1.0"] },
            { id: "bam", dataValues: [{ dataId: IDS.c, mountPath: "c.bed" }] },
          ],
        },
      }),
    );
  });
});

describe("the body of CWL endpoints", () => {
  it("analysis:cwlWithStructuredInput has no objectType", () => {
    expect(plainBody("cwl-form")).toStrictEqual(
      expected("cwl-form", IDS.cwlForm, {
        analysisInput: {
          inputs: [{ parameterCode: "reads", dataIds: [IDS.a] }],
          parameters: [
            { code: "threads", value: "16" },
            { code: "callers", multiValue: ["a", "b"] },
          ],
        },
      }),
    );
  });

  it("analysis:cwl is STRUCTURED for a form with an activation code", () => {
    expect(plainBody("cwl-form-coded")).toStrictEqual(
      expected("cwl-form-coded", IDS.cwlForm, {
        activationCodeDetailId: IDS.code,
        analysisInput: { objectType: "STRUCTURED", inputs: [], parameters: [{ code: "threads", value: "016" }] },
      }),
    );
  });

  it("analysis:cwlWithJsonInput", () => {
    expect(plainBody("cwl-json")).toStrictEqual(
      expected("cwl-json", IDS.cwlForm, {
        analysisInput: {
          inputJson: '{"a":{"class":"File","path":"x"},"z":null}',
          dataIds: [IDS.a],
          mounts: [{ dataId: IDS.c, mountPath: "c.bed" }],
        },
      }),
    );
  });

  it("analysis:cwl is JSON for a document with an activation code, byte for byte", () => {
    expect(plainBody("cwl-json-coded")).toStrictEqual(
      expected("cwl-json-coded", IDS.cwlForm, {
        activationCodeDetailId: IDS.code,
        analysisInput: { objectType: "JSON", inputJson: JSON_TEXT },
      }),
    );
  });
});

describe("secrets by reference", () => {
  it("are filled in where they were named and appear nowhere else", () => {
    const mentions = ica.sim.requests.filter(({ body }) => body.includes(TOKEN));
    expect(mentions.map(({ path }) => path.split("/").at(-1)).sort()).toEqual([
      "analysis:nextflow",
      "analysis:nextflowJson",
    ]);
    const withSecret = ica.sim.requests.filter(({ body }) => body.includes(SECRETS.S3_SECRET));
    expect(withSecret.map(({ path }) => path)).toEqual(["/api/storageCredentials"]);
  });
});
