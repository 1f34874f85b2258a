import { type Ica, V3, V4 } from "./ica.ts";

/** A create call that is good as it is. */
export interface Create {
  kind: string;
  /** Code of the pipeline. */
  code: string;
  /** The input part of the body. */
  input: object;
  /** Media types of the endpoint. */
  types: string[];
}

/** All seven endpoints, the one that takes two kinds of input twice. */
export function everyCreate({ dataId, projectId }: Ica): Create[] {
  const reads = dataId("/fastq/NA12878_R1.fastq.gz");
  const externalData = [{ url: "https://x.org/a", type: "http" }];
  const target = { targetProjectId: projectId("archive"), targetPath: "/t/" };
  const analysisOutput = [{ sourcePath: "out/", type: "FOLDER", ...target }];
  const form = { inputs: [{ parameterCode: "reads", dataIds: [reads], externalData }] };
  const parameters = [{ code: "sample_id", value: "NA12878" }];
  const germline = { inputs: [{ parameterCode: "fastqs", dataIds: [reads] }], parameters };
  const sample = { id: "sample", values: ["NA12878"] };
  const fields = [{ id: "reads", dataValues: [{ dataId: reads }] }, sample];
  const row = { values: [sample, { id: "f", dataValues: [{ dataId: reads, mountPath: "x" }] }] };
  const inputFormValues = { fields, groups: [{ id: "lanes", values: [row] }] };
  const custom = { customInput: "a: 1\nb: [x]", dataIds: [reads] };
  const structured = { objectType: "STRUCTURED", ...form };
  const json = { inputJson: '{"a":  1}', dataIds: [reads] };
  return [
    {
      kind: "nextflow",
      code: "dragen-germline-4-4",
      input: { analysisInput: germline, analysisOutput },
      types: [V3, V4],
    },
    { kind: "nextflowJson", code: "nf-json-form", input: { inputFormValues }, types: [V4] },
    { kind: "nextflowWithCustomInput", code: "nf-custom", input: { analysisInput: custom }, types: [V4] },
    { kind: "cwl", code: "cwl-align", input: { analysisInput: structured }, types: [V3, V4] },
    { kind: "cwl", code: "cwl-align", input: { analysisInput: { objectType: "JSON", ...json } }, types: [V3, V4] },
    { kind: "cwlWithStructuredInput", code: "cwl-align", input: { analysisInput: form }, types: [V4] },
    { kind: "cwlWithJsonInput", code: "cwl-align", input: { analysisInput: json }, types: [V4] },
    { kind: "cwlJson", code: "cwl-json-form", input: { inputFormValues: { fields } }, types: [V4] },
  ];
}
