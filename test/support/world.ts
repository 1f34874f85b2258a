import type { Seed } from "../../src/simulator/seedTypes.ts";

/** Ids that tests compare with: ICA's are UUIDs, `fil.…` and `fol.…`. */
export const IDS = {
  prod: "11111111-1111-4111-8111-111111111111",
  archive: "22222222-2222-4222-8222-222222222222",
  small: "33333333-3333-4333-8333-333333333331",
  medium: "33333333-3333-4333-8333-333333333332",
  large: "33333333-3333-4333-8333-333333333333",
  nfForm: "44444444-4444-4444-8444-444444444441",
  nfJson: "44444444-4444-4444-8444-444444444442",
  cwlForm: "44444444-4444-4444-8444-444444444443",
  cwlJson: "44444444-4444-4444-8444-444444444444",
  archiveOnly: "44444444-4444-4444-8444-444444444445",
  a: "fil.000000000000000000000000000000aa",
  b: "fil.000000000000000000000000000000bb",
  c: "fil.000000000000000000000000000000cc",
  partial: "fil.000000000000000000000000000000dd",
  inputs: "fol.00000000000000000000000000000001",
  results: "fol.00000000000000000000000000000002",
  bucket: "55555555-5555-4555-8555-555555555555",
  code: "66666666-6666-4666-8666-666666666666",
  reference: "77777777-7777-4777-8777-777777777777",
} as const;

/** Two projects, every type of pipeline (each takes any parameter), a few files; runs stand still until told. */
export const WORLD = {
  users: [{ name: "ada", apiKey: "key-of-ada-for-the-tests" }],
  projects: [
    { id: IDS.prod, name: "prod" },
    { id: IDS.archive, name: "archive" },
  ],
  storages: [
    { id: IDS.small, name: "Small", description: "1.2 TB" },
    { id: IDS.medium, name: "Medium", description: "2.4 TB" },
    { id: IDS.large, name: "Large", description: "7.2 TB" },
  ],
  pipelines: [
    { id: IDS.nfForm, code: "nf", language: "NEXTFLOW", inputFormType: "XML", storage: "Small", outputs: OUTPUTS() },
    { id: IDS.nfJson, code: "nf-json", language: "NEXTFLOW", inputFormType: "JSON", storage: "Small" },
    { id: IDS.cwlForm, code: "cwl", language: "CWL", inputFormType: "XML", storage: "Medium" },
    { id: IDS.cwlJson, code: "cwl-json", language: "CWL", inputFormType: "JSON", storage: "Medium" },
    { id: IDS.archiveOnly, code: "archive-only", language: "NEXTFLOW", projects: ["archive"] },
  ],
  data: [
    { id: IDS.inputs, project: "prod", path: "/in/" },
    { id: IDS.results, project: "prod", path: "/results/" },
    { id: IDS.a, project: "prod", path: "/in/a.fastq.gz", size: 1_000 },
    { id: IDS.b, project: "prod", path: "/in/b.fastq.gz", size: 2_000 },
    { id: IDS.c, project: "prod", path: "/in/c.bed", size: 30 },
    { id: IDS.partial, project: "prod", path: "/in/uploading.fastq.gz", size: 0, status: "PARTIAL" },
  ],
  credentials: [],
  activationCodes: [{ id: IDS.code, name: "code" }],
  analyses: [],
  switches: { speed: 0 },
} satisfies Seed;

function OUTPUTS(): { path: string; size: number }[] {
  return [
    { path: "out/report.html", size: 500 },
    { path: "out/vcf/{userReference}.vcf.gz", size: 7_000 },
  ];
}
