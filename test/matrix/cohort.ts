/** The cohort example as the matrix runs it: with a credential and a run with external data, in a well-used ICA. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSeed } from "../../src/simulator/seed.ts";
import type { Seed, SeedAnalysis } from "../../src/simulator/seedTypes.ts";
import { ROOT } from "../support/cli.ts";

export const CREDENTIAL = "StorageCredential/lab-s3";

/** Every declared run, and what its longest tag needs. */
export const RUNS = ["wgs-NA12878", "wgs-NA12879", "wgs-from-bucket", "joint-cohort-7"] as const;

export const SECRETS = { LAB_S3_KEY_ID: "AKIAIOSFODNN7EXAMPLE", LAB_S3_SECRET: "wJalrXUtnFEMI-K7MDENG-bPxRfiCY" };

/** Folders that are not in the archive yet: with `createTargetFolders: false` the runs that write there fail. */
export const FAIL_WITHOUT_FOLDER = ["wgs-NA12879", "wgs-from-bucket"] as const;

/** When the credential of the seed was last changed, and what the manifest asks for. */
const LAST_CHANGE = "2024-01-01T00:00:00Z";
const ROTATE_AFTER = "2025-01-01T00:00:00Z";

/** A copy of the example in a folder of its own; the caller removes it. */
export function cohortTree(options: { rotates: boolean }): string {
  const folder = mkdtempSync(join(tmpdir(), "icaform-matrix-"));
  cpSync(join(ROOT, "examples/cohort"), folder, { recursive: true });
  writeFileSync(join(folder, "bucket.yaml"), bucket(options.rotates ? `\n  rotateAfter: ${ROTATE_AFTER}` : ""));
  return folder;
}

const bucket = (more: string) => `apiVersion: icaform/v1
kind: StorageCredential
metadata: { name: lab-s3 }
spec:
  type: AWS_USER
  accessKeyId: { env: LAB_S3_KEY_ID }
  secretAccessKey: { env: LAB_S3_SECRET }
  share: true${more}
---
apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: wgs-from-bucket }
spec:
  pipeline: dragen-germline-4-4
  storage: Medium
  input:
    form:
      data:
        - parameter: fastqs
          files: [/fastq/NA12878_R1.fastq.gz]
          external:
            - { url: "s3://lab-bucket/S1_R2.fastq.gz", mountPath: inputs/S1_R2.fastq.gz, credential: lab-s3 }
      parameters: { sample_id: S1 }
  outputs:
    - { source: out/vcf/, target: /cohort-7/vcf/S1/, project: archive, actionOnExist: Skip }
`;

const SEED_FILE = join(ROOT, "examples/simulator-seed.yaml");
const EXAMPLE: Seed = parseSeed(readFileSync(SEED_FILE, "utf8"), SEED_FILE);

const OLD_CREDENTIAL = "55555555-5555-4555-8555-555555555551";
const BOBS_CREDENTIAL = "55555555-5555-4555-8555-555555555552";

/** The examples' ICA, with runs that are easily taken for the cohort's, and earlier ones that fill more than a page. */
export function cohortSeed(options: { hasOldCredential: boolean; largestPage?: number | undefined }): Seed {
  const { largestPage = 0 } = options;
  const retired = Array.from({ length: largestPage > 100 ? 0 : Math.max(8, largestPage + 2) }, (_, index) =>
    earlier(`retired-${index}`, ["icaform.stack=cohort-7", `icaform.run=retired-${index}`, "icaform.attempt=1"]),
  );
  const strangers = [
    earlier("other-stack", ["icaform.stack=cohort-70", "icaform.run=wgs-NA12878", "icaform.attempt=1"]),
    earlier("other-case", ["icaform.stack=COHORT-7", "icaform.run=WGS-NA12878", "icaform.attempt=1"]),
    earlier("quoted", ["was.icaform.stack=cohort-7", "was.icaform.run=wgs-NA12878", "icaform.attempt=1"]),
    earlier("run-alone", ["icaform.run=joint-cohort-7", "icaform.attempt=3"]),
  ];
  const credential = { id: OLD_CREDENTIAL, name: "lab-s3", timeCreated: LAST_CHANGE, timeModified: LAST_CHANGE };
  return {
    ...EXAMPLE,
    users: [...(EXAMPLE.users ?? []), { name: "bob" }],
    // Of another user and not shared: nobody but bob sees it.
    credentials: [
      { id: BOBS_CREDENTIAL, name: "lab-s3", owner: "bob" },
      ...(options.hasOldCredential ? [credential] : []),
    ],
    analyses: [...strangers, ...retired],
  };
}

function earlier(userReference: string, technicalTags: string[]): SeedAnalysis {
  const timeCreated = "2024-01-01T00:00:00Z";
  return { pipeline: "nf-custom", userReference, status: "SUCCEEDED", timeCreated, tags: { technicalTags } };
}
