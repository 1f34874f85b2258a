import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseSeed } from "../../src/simulator/seed.ts";
import { lab } from "../support/beside.ts";
import { ROOT } from "../support/cli.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { actionsOf } from "../support/simulator.ts";

const EXAMPLES = join(ROOT, "examples");
const trees = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "ci")
  .map((entry) => entry.name);

const seedFile = join(EXAMPLES, "simulator-seed.yaml");

/** No example has a longer chain of runs. */
const MOST_ROUNDS = 5;

/** A tree's files of manifests. */
function filesOf(tree: string): string[] {
  return readdirSync(join(EXAMPLES, tree), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => join(EXAMPLES, tree, file));
}

/** All texts of a tree's manifests. */
function textsOf(tree: string): string[] {
  return filesOf(tree).map((file) => readFileSync(file, "utf8"));
}

/** A value for each secret that the manifests name in the environment. */
function secretsOf(tree: string): Record<string, string> {
  const names = textsOf(tree).flatMap((text) => [...text.matchAll(/\{ env: (\w+) \}/g)].map(([, name = ""]) => name));
  return Object.fromEntries(names.map((name) => [name, `value-of-${name}`]));
}

const openExamples = () => lab({ seed: parseSeed(readFileSync(seedFile, "utf8"), seedFile), switches: { speed: 0 } });

describe.concurrent("the examples", () => {
  it("are there", () => {
    expect(trees).toEqual(expect.arrayContaining(["quickstart", "own-s3", "cohort", "cwl"]));
  });

  it.each(trees)("%s names schemas that exist, for editors", (tree) => {
    const named = filesOf(tree).flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\$schema=(\S+)/g)].map(([, path = ""]) => resolve(dirname(file), path)),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const path of named) expect(existsSync(path), path).toBe(true);
  });

  it.each(trees)("%s is valid, offline and without a key", async (tree) => {
    const ica = await openExamples();
    const ran = await ica.icaform(["validate", `examples/${tree}`], { env: { ICA_API_KEY: "" } });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^Valid: stack /);
    expect(ica.sim.requests).toEqual([]);
  });

  it.each(trees)("%s is planned, applied until all runs are done, and then there is nothing to do", async (tree) => {
    const ica = await openExamples();
    const folder = `examples/${tree}`;
    const first = await ica.plan(folder);
    expect(first.summary.create).toBeGreaterThan(0);
    expect(first.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);

    let pending: number | null = 2;
    for (let round = 1; pending === 2 && round <= MOST_ROUNDS; round++) {
      const applied = await ica.applied(folder, [], secretsOf(tree));
      expect(applied.summary.done).toBeGreaterThan(0);
      const after = await planTree(join(EXAMPLES, tree), ica.sim);
      expect(after.summary, actionsOf(after).join("\n")).toMatchObject({ create: 0, rerun: 0, update: 0, abort: 0 });
      ica.finish();
      pending = (await ica.icaform(["plan", folder, "--detailed-exitcode"])).code;
    }
    expect(pending).toBe(0);

    const declared = first.changes.filter(({ address }) => address.startsWith("PipelineRun/"));
    expect(ica.sim.analyses()).toHaveLength(declared.length);
    const names = ica.sim
      .analyses()
      .map(({ tags }) => tags.technicalTags.find((tag) => tag.startsWith("icaform.run=")));
    const samples = first.changes.filter(({ address }) => address.startsWith("SampleBatch/"));
    expect(ica.sim.samples()).toHaveLength(samples.length);
    expect(new Set(names)).toEqual(new Set(declared.map(({ address }) => `icaform.run=${address.split("/")[1]}`)));
  });

  it("cohort starts the joint run only once both genomes have succeeded", async () => {
    const ica = await openExamples();
    const folder = join(EXAMPLES, "cohort");
    const { plan } = await applyTree(folder, ica.sim);
    expect(actionsOf(plan)).toEqual([
      "create PipelineRun/wgs-NA12878",
      "create PipelineRun/wgs-NA12879",
      "wait PipelineRun/joint-cohort-7",
    ]);
    ica.sim.control.setStatus(ica.sim.analyses()[0]?.id ?? "", "SUCCEEDED");
    expect((await applyTree(folder, ica.sim)).results).toEqual([]);
    ica.finish();
    const { results } = await applyTree(folder, ica.sim);
    expect(results).toMatchObject([{ address: "PipelineRun/joint-cohort-7", outcome: "done" }]);
  });
});
