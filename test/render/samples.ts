/** Plans that every format has to show well, made by hand so that they do not move with the engine. */
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { writePatches } from "../../src/core/patch.ts";
import { type Change, type Plan, summarize } from "../../src/core/plan.ts";

/** A plan and what policy says against it. */
export interface Sample {
  plan: Plan;
  refusals: readonly string[];
}

export const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

/** As much as possible of what opens, closes or links something, in one string. */
export const HOSTILE = [
  "</details></summary></code></script><script>alert(1)</script><!-- x --> <img src=x onerror=alert(1)>",
  "\n```\n````` ~~~ \n# heading\n> quote\n- item | cell \\| \n[link](https://evil.example/) ![i](http://e.example/i.png)",
  "@octocat @org/team #1 !1 www.evil.example https://evil.example a@b.example &lt;b&gt; &#60;b&#62; **b** _i_ ~~s~~",
  "\u001b[31mred\u0007 \u202egnp.exe \u200b <!-- icaform:plan stack=other --> \"quoted\" 'single' $x $(y) `z` GH-26 deadbeefcafe",
].join(" ");

export function change(more: Partial<Change> = {}): Change {
  const base = { address: "PipelineRun/a", action: "create", reason: "not in ICA", fields: [], patch: [], effects: [] };
  return { ...base, ...more } as Change;
}

export function planOf(changes: Change[], diagnostics: Diagnostic[] = []): Plan {
  const writes = changes.filter((one) => one.action !== "no-op" && one.action !== "orphan").length;
  return {
    formatVersion: "1.0",
    stack: "cohort-7",
    server: "https://ica.illumina.com/ica/rest",
    digest: DIGEST,
    summary: summarize(changes),
    changes,
    requests: { estimated: 2 * writes, seconds: Math.ceil(writes / 5), requestsPerSecond: 10, basis: "declared" },
    diagnostics,
  };
}

/** The run of one sample of a cohort, as a create. */
export function cohortRun(index: number): Change {
  const sample = `NA${String(index).padStart(5, "0")}`;
  const form = {
    data: [{ parameter: "fastqs", files: [`/fastq/${sample}_R1.fastq.gz`, `/fastq/${sample}_R2.fastq.gz`] }],
    parameters: { sample_id: sample, callers: ["snv", "cnv"], note: null, token: { env: "LAB_TOKEN" } },
  };
  return change({
    address: `PipelineRun/wgs-${sample}`,
    project: "cohort-7-prod",
    attempt: 1,
    pipeline: "dragen-germline-4-4",
    endpoint: "analysis:nextflow",
    storage: "Large",
    activationCode: { id: "174070ef-0000-4000-8000-000000000000", name: "lab", isBestMatch: true },
    fingerprint: { pipeline: "0a1b2c3d4e", input: `${String(index).padStart(10, "0")}` },
    fields: [
      { path: "pipeline", after: "dragen-germline-4-4", sensitive: false },
      { path: "input", after: { form }, sensitive: false },
    ],
    effects: [
      { target: `/cohort-7/vcf/${sample}/`, project: "archive", type: "FOLDER", action: "RENAME", files: 0, bytes: 0 },
    ],
  });
}

const rerun = change({
  address: "PipelineRun/wgs-NA12878",
  action: "rerun",
  reason: "input changed since attempt 1",
  project: "cohort-7-prod",
  attempt: 2,
  analysisId: "47d84493-1768-480c-b394-6c7ea33077c8",
  reference: "wgs-NA12878-dragen-47d84493",
  status: "SUCCEEDED",
  pipeline: "dragen-germline-4-4",
  endpoint: "analysis:nextflow",
  storage: "Large",
  fields: [
    { path: "input.form.parameters.callers", before: ["snv"], after: ["snv", "cnv"], sensitive: false },
    {
      path: "input.form.parameters.regions",
      before: "chr1:100-200 chr2:100-200 chr3:100-200 chr4:100-200 chr5:100-200 chr6:100-200",
      after: "chr1:100-200 chr2:100-200 chr3:100-250 chr4:100-200 chr5:100-200 chr6:100-200",
      sensitive: false,
    },
    { path: "outputs", after: [{ source: "out/report.html", target: "/cohort-7/report.html" }], sensitive: false },
  ],
  effects: [
    {
      target: "/cohort-7/report.html",
      project: "cohort-7-prod",
      type: "FILE",
      action: "OVERWRITE",
      files: 1,
      bytes: 1_234_000,
    },
  ],
});

const abort = change({
  address: "PipelineRun/wgs-NA00001",
  action: "abort",
  reason: "no longer declared and still INPROGRESS",
  project: "cohort-7-prod",
  attempt: 1,
  analysisId: "11111111-1768-480c-b394-6c7ea33077c8",
  reference: "wgs-NA00001-dragen-11111111",
  status: "INPROGRESS",
});

const hostile = change({
  address: `PipelineRun/${HOSTILE}`,
  action: "rerun",
  reason: HOSTILE,
  project: HOSTILE,
  attempt: 1,
  reference: HOSTILE,
  pipeline: HOSTILE,
  endpoint: "analysis:nextflow",
  storage: HOSTILE,
  activationCode: { id: HOSTILE, name: HOSTILE, isBestMatch: false },
  fields: [
    { path: "input", after: { [HOSTILE]: HOSTILE, list: [HOSTILE] }, sensitive: false },
    { path: HOSTILE, before: `${HOSTILE} before`, after: `${HOSTILE} after`, sensitive: false },
  ],
  effects: [{ target: HOSTILE, project: HOSTILE, type: "FILE", action: "SKIP", files: 1, bytes: null }],
});

const hostileWarning: Diagnostic = {
  severity: "warning",
  code: "overlap",
  message: HOSTILE,
  help: HOSTILE,
  file: `a\n${HOSTILE}.yaml`,
  line: 3,
  column: 5,
};

const unchanged = Array.from({ length: 3 }, (_, index) =>
  change({ address: `PipelineRun/done-${index}`, action: "no-op", reason: "as declared (SUCCEEDED)" }),
);

/** By the name of their golden files. */
export const SAMPLES: Record<string, Sample> = {
  "nothing-to-do": { plan: planOf(unchanged), refusals: [] },
  "one-create": { plan: planOf([cohortRun(12878)]), refusals: [] },
  "96-alike": {
    plan: planOf([...cohort(96), ...unchanged]),
    refusals: [],
  },
  "rerun-nested": { plan: planOf([rerun, ...unchanged]), refusals: [] },
  abort: { plan: planOf([abort]), refusals: [] },
  refused: {
    plan: planOf(cohort(3), [
      {
        severity: "warning",
        code: "overlapping-targets",
        message: "runs `a` and `b` write below /cohort-7/vcf/",
        help: "give each its own folder",
        file: "runs.yaml",
        line: 12,
        column: 5,
      },
    ]),
    refusals: ["policy.maxCreates: the plan would create 3 runs, 2 allowed (PipelineRun/wgs-NA00000)"],
  },
  hostile: { plan: planOf([hostile], [hostileWarning]), refusals: [HOSTILE] },
};

/** 5,000 changes that have little in common, so that no grouping makes them few. */
export const MANY: Sample = {
  plan: planOf(
    Array.from({ length: 5000 }, (_, index) => ({ ...cohortRun(index), pipeline: `pipeline-${index % 1700}` })),
  ),
  refusals: [],
};

function cohort(count: number): Change[] {
  return Array.from({ length: count }, (_, index) => cohortRun(index));
}

for (const { plan } of [...Object.values(SAMPLES), MANY]) await writePatches(plan.changes);
