import type { Seed } from "./seedTypes.ts";

/** The world without a seed: two projects, all four pipeline types, all storages, and data to run on. */
export const USUAL_SEED: Seed = {
  users: [{ name: "simulated-user", apiKey: "simulated-api-key" }],
  projects: [{ name: "cohort-7-prod" }, { name: "archive" }],
  storages: [
    { name: "Small", description: "1.2 TB" },
    { name: "Medium", description: "2.4 TB" },
    { name: "Large", description: "7.2 TB" },
    { name: "XLarge", description: "16 TB" },
    { name: "2XLarge", description: "32 TB" },
    { name: "3XLarge", description: "64 TB" },
  ],
  activationCodes: [{ name: "simulated-code" }],
  pipelines: [
    {
      code: "dragen-germline-4-4",
      language: "NEXTFLOW",
      inputFormType: "XML",
      storage: "Medium",
      duration: 3600,
      parameters: [
        { code: "fastqs", type: "DATA", required: true, multiValue: true },
        { code: "target_bed", type: "DATA" },
        { code: "reference", type: "REFERENCE" },
        { code: "sample_id", type: "STRING", required: true },
        { code: "callers", type: "STRING", multiValue: true, values: ["snv", "cnv", "sv", "str"] },
        { code: "note", type: "STRING" },
        { code: "token", type: "STRING" },
        { code: "threads", type: "INTEGER" },
        { code: "min_quality", type: "FLOAT" },
        { code: "keep_bam", type: "BOOLEAN" },
      ],
    },
    {
      code: "nf-custom",
      language: "NEXTFLOW",
      inputFormType: "XML",
      storage: "Small",
      duration: 900,
      parameters: [],
      outputs: [
        { path: "out/report.html", size: 120_000 },
        { path: "out/result.txt", size: 900 },
      ],
    },
    {
      code: "nf-json-form",
      language: "NEXTFLOW",
      inputFormType: "JSON",
      storage: "Small",
      duration: 1200,
      parameters: [
        { code: "reads", type: "DATA", required: true, multiValue: true },
        { code: "sample", type: "textbox", required: true },
        { code: "callers", type: "select", multiValue: true },
        { code: "lanes", type: "GROUP" },
      ],
    },
    {
      code: "cwl-align",
      language: "CWL",
      inputFormType: "XML",
      storage: "Medium",
      duration: 2400,
      parameters: [
        { code: "reads", type: "DATA", required: true, multiValue: true },
        { code: "reference", type: "DATA" },
        { code: "sample_id", type: "STRING" },
        { code: "threads", type: "INTEGER" },
      ],
      outputs: [
        { path: "bam/{userReference}.bam", size: 38_000_000_000 },
        { path: "bam/{userReference}.bam.bai", size: 9_000_000 },
      ],
    },
    {
      code: "cwl-json-form",
      language: "CWL",
      inputFormType: "JSON",
      storage: "Small",
      duration: 1200,
      parameters: [
        { code: "reads", type: "DATA", required: true, multiValue: true },
        { code: "sample", type: "textbox" },
      ],
    },
  ],
  data: [
    ...["NA12878", "NA12879", "NA12880"].flatMap((sample) => [
      { path: `/fastq/${sample}_R1.fastq.gz`, size: 31_200_000_000 },
      { path: `/fastq/${sample}_R2.fastq.gz`, size: 32_800_000_000 },
    ]),
    { path: "/fastq/uploading.fastq.gz", size: 0, status: "PARTIAL" as const },
    { path: "/reference/hg38.fa", size: 3_200_000_000 },
    { path: "/reference/target.bed", size: 4_100_000 },
  ],
};
