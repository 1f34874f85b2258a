import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseSeed, type Seed } from "../../src/simulator/seed.ts";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { ROOT } from "../support/cli.ts";
import { directRequests } from "./direct.ts";
import type { Stage } from "./stage.ts";

/** What is played before the checking proxy: a tree of manifests, the ICA that it meets, and the commands. */
export interface Scenario {
  name: string;
  tree?: string;
  options: SimulatorOptions;
  play: (stage: Stage) => Promise<void>;
}

const DAY = 24 * 3600;

/** So many runs of a tree are asked for their outputs. */
const SOME = 4;

export function allScenarios(): Scenario[] {
  const direct = { name: "direct requests", options: { seed: seedOf(ENDPOINTS_SEED) }, play: directRequests };
  return [...examples(), endpoints(), changedSamples(), weather(), lostCredential(), fullArchive(), adoption(), direct];
}

const EXAMPLES = resolve(ROOT, "examples");
const EXAMPLES_SEED = resolve(EXAMPLES, "simulator-seed.yaml");
const TREES = resolve(import.meta.dirname, "trees");
const ENDPOINTS_SEED = resolve(TREES, "endpoints-seed.yaml");

function seedOf(file: string): Seed {
  return parseSeed(readFileSync(file, "utf8"), file);
}

/** Every tree below examples/, from plan to the outputs of all its runs. */
function examples(): Scenario[] {
  const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const trees = folders.filter(({ name }) => holdsStack(resolve(EXAMPLES, name)));
  return trees.map(({ name }) => ({
    name: `examples/${name}`,
    tree: resolve(EXAMPLES, name),
    options: { seed: seedOf(EXAMPLES_SEED) },
    play: name === "chain" ? chainToOutputs : fromPlanToOutputs,
  }));
}

/** Whether a folder is a tree of manifests: others may hold files for CI. */
function holdsStack(folder: string): boolean {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.ya?ml$/.test(name));
  return files.some((name) => /^kind: Stack$/m.test(readFileSync(resolve(folder, name), "utf8")));
}

/** Three levels: two rounds before the usual two. */
async function chainToOutputs(stage: Stage): Promise<void> {
  for (const _round of [1, 2]) {
    await stage.run(["apply", "--auto-approve"]);
    stage.advance(DAY);
  }
  await fromPlanToOutputs(stage);
}

async function fromPlanToOutputs({ run, runIfThere, advance, simulator }: Stage): Promise<void> {
  await run(["plan"]);
  await run(["apply", "--auto-approve"]);
  await run(["plan", "--format", "json"]);
  await runIfThere(["status"]);
  advance(DAY);
  // What waited for other runs starts now.
  await run(["apply", "--auto-approve"]);
  advance(DAY);
  await run(["plan", "--detailed-exitcode"]);
  await runIfThere(["status", "--format", "json"]);
  await run(["status", "--format", "html"]);
  await runIfThere(["status", "--cost"]);
  await Promise.all(startedRuns(simulator).map((name) => runIfThere(["outputs", name])));
}

/** Names of some of the runs that were started, from their identity tags. */
function startedRuns(simulator: Stage["simulator"]): string[] {
  const tags = simulator.analyses().flatMap((analysis) => analysis.tags.technicalTags);
  const names = tags.flatMap((tag) => /^icaform\.run=(.*)$/.exec(tag)?.[1] ?? []);
  return [...new Set(names)].slice(0, SOME);
}

/** Every endpoint of the contract's table, and every action. */
export function endpoints(): Scenario {
  return {
    name: "every endpoint and action",
    tree: resolve(TREES, "endpoints"),
    options: { seed: seedOf(ENDPOINTS_SEED) },
    play: everyAction,
  };
}

const FILE = "icaform.yaml";

async function everyAction(stage: Stage): Promise<void> {
  const { run, runIfThere, advance, edit, simulator } = stage;
  await fromPlanToOutputs(stage);
  // Another apply starts what failed and may be tried again; then nothing is left to do.
  await run(["plan", "--out", "plan.json"]);
  await run(["apply", "--auto-approve", "--rotate", "lab-s3", "--share", "lab-s3"]);
  await run(["apply", "--auto-approve", "--share", "from-before"]);
  // Tags change in place; parameters, files and form values mean a rerun that is read back and shown field by field.
  await edit(FILE, "user: [subject=S1]", "user: [subject=S1, reviewed]");
  await edit(FILE, "threads: 8, callers: []", "threads: 9, callers: [snv]");
  await edit(FILE, "sample_id: S2,", "sample_id: S3, note: again,");
  await edit(FILE, "depth, values: [30, 0.5, true, null]", "depth, values: [40]");
  await edit(FILE, "ttt: null", "ttt: 1");
  await run(["plan", "--detailed-exitcode", "--estimate"], 2);
  await run(["apply", "--auto-approve"]);
  await run(["plan"]);
  // Somebody changes the tags in between: read again, and sent again.
  simulator.control.addFaults({ match: { method: "PUT", times: 1 }, fault: "conflict" });
  await edit(FILE, "[subject=S1, reviewed]", "[subject=S1]");
  await run(["apply", "--auto-approve", "--target", "PipelineRun/nf-form"]);
  // What was just started again is no longer declared.
  await edit(FILE, "metadata: { name: nf-nulls }", "metadata: { name: nf-renamed, formerNames: [nf-nulls] }");
  await edit(FILE, "metadata: { name: cwl-structured }", "metadata: { name: cwl-other }");
  await run(["plan", "--prune"]);
  await run(["apply", "--auto-approve", "--prune"]);
  advance(DAY);
  await run(["plan", "--detailed-exitcode"]);
  await runIfThere(["status", "--format", "json"]);
  await runIfThere(["outputs", "PipelineRun/nf-form", "--format", "json"]);
  await runIfThere(["import"]);
}

/** Samples that are there: data is linked, tags change while somebody else changes them, one is completed. */
function changedSamples(): Scenario {
  return {
    name: "samples that change",
    tree: resolve(EXAMPLES, "samples"),
    options: { seed: seedOf(EXAMPLES_SEED) },
    async play({ run, edit, simulator }) {
      await run(["apply", "--auto-approve"]);
      await edit(
        "icaform.yaml",
        "tags: { user: [cohort-7] }",
        "tags: { user: [cohort-7, seen], connector: [c], runIn: [r] }",
      );
      const control = "name: control, data: [/reference/target.bed], tags: { technical: [t] }, complete: true";
      await edit("icaform.yaml", "- name: control", `- { ${control} }`);
      await run(["plan", "--detailed-exitcode"], 2);
      simulator.control.addFaults({ match: { method: "PUT", path: "/samples/", times: 1 }, fault: "conflict" });
      await run(["apply", "--auto-approve"]);
      await run(["plan", "--detailed-exitcode"]);
      const done = simulator.samples().map(({ name, tags }) => `${name} ${tags.userTags} ${tags.connectorTags}`);
      if (!done.includes("NA12878 cohort-7,seen c")) throw new Error(`not updated: ${done.join("; ")}`);
    },
  };
}

/** Lost answers, limits, expired tokens: what is sent again must be as good as what was sent first. */
function weather(): Scenario {
  const seed = seedOf(EXAMPLES_SEED);
  return {
    name: "bad weather",
    tree: resolve(EXAMPLES, "cohort"),
    options: {
      seed,
      switches: { pageSizePolicy: "clamp", maxPageSize: 2, listingLag: 50 },
      faults: [
        { match: { path: "analysis:nextflow", nth: 1 }, fault: "lose-answer" },
        { match: { path: "analysis:nextflow", nth: 3 }, fault: "conflict" },
        { match: { path: "analysis:search", nth: 2 }, fault: "expire-token" },
        { match: { path: "/pipelines$", nth: 1 }, fault: "status-before", status: 503, retryAfter: 0 },
        { match: { path: "/data$", nth: 1 }, fault: "status-before", status: 429, retryAfter: 0 },
        { match: { path: "/projects$", nth: 1 }, fault: "reset-mid-body" },
      ],
    },
    play: fromPlanToOutputs,
  };
}

/** Credentials have no Idempotency-Key: after a lost answer they are listed again. */
function lostCredential(): Scenario {
  return {
    name: "a credential whose answer is lost",
    tree: resolve(EXAMPLES, "own-s3"),
    options: {
      seed: seedOf(EXAMPLES_SEED),
      faults: [{ match: { method: "POST", path: "/storageCredentials$", times: 1 }, fault: "lose-answer" }],
    },
    play: fromPlanToOutputs,
  };
}

/** More files under a target than a plan lists: it counts them by offset instead. */
function fullArchive(): Scenario {
  const seed = seedOf(EXAMPLES_SEED);
  const file = (index: number) => ({ project: "archive", path: `/cohort-7/vcf/${index}.vcf.gz`, size: 1 });
  return {
    name: "a full archive",
    tree: resolve(EXAMPLES, "cohort"),
    options: {
      seed: { ...seed, data: [...(seed.data ?? []), ...Array.from({ length: 5_001 }, (_, index) => file(index))] },
    },
    play: async ({ run }) => {
      await run(["plan"]);
    },
  };
}

/** Runs that no stack owns any more are imported, adopted and planned. */
function adoption(): Scenario {
  return {
    name: "an adoption",
    tree: resolve(TREES, "endpoints"),
    options: { seed: seedOf(ENDPOINTS_SEED) },
    play: async ({ run, advance, simulator }) => {
      await run(["apply", "--auto-approve"]);
      advance(DAY);
      await run(["apply", "--auto-approve"]);
      advance(DAY);
      for (const { tags } of simulator.analyses()) {
        const own = tags.technicalTags.filter((tag) => !tag.startsWith("icaform."));
        tags.technicalTags.splice(0, tags.technicalTags.length, ...own);
      }
      simulator.control.addFaults({ match: { method: "PUT", times: 1 }, fault: "conflict" });
      await run(["import", "cohort-7-prod", "--stack", "found", "--out", "found", "--adopt", "--auto-approve"]);
      await run(["plan", "found", "--detailed-exitcode"]);
    },
  };
}
