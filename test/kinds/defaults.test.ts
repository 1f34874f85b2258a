/** What a Stack's defaults add to the create calls, and that bodies do not depend on how a tree is written down. */
import { describe, expect, it } from "vitest";
import { applyTree, planTree } from "../support/engine.ts";
import { manifest, run, stack } from "../support/manifests.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";

interface Body {
  userReference: string;
  tags: Record<string, string[] | null>;
  analysisStorageId?: string | null;
  analysisOutput?: { sourcePath: string; actionOnExist?: string }[];
  analysisInput: { customInput?: string };
}

async function bodiesOf(ica: Lab, tree: string): Promise<Map<string, Body>> {
  await applyTree(treeOf({ "tree.yaml": tree }), ica.sim);
  const bodies = ica.creates().map(({ body }) => JSON.parse(body) as Body);
  return new Map(bodies.map((body) => [body.userReference, body]));
}

const own = (tags: string[] | null | undefined) => (tags ?? []).filter((tag) => !tag.startsWith("icaform."));

describe("a Stack's defaults", () => {
  it("come before the run's own tags, without repeats", async () => {
    const bodies = await bodiesOf(
      await lab(),
      stack("defaults: { tags: { technical: [t1], user: [cohort-7, shared], reference: [GRCh38] } }") +
        run("merged", "tags: { technical: [t2, t1], user: [own, shared, own], reference: null }") +
        run("bare"),
    );
    const merged = bodies.get("merged")?.tags ?? {};
    expect(own(merged.technicalTags)).toEqual(["t1", "t2"]);
    expect(merged.userTags).toEqual(["cohort-7", "shared", "own"]);
    expect(merged.referenceTags).toEqual(["GRCh38"]);
    const bare = bodies.get("bare")?.tags ?? {};
    expect(own(bare.technicalTags)).toEqual(["t1"]);
    expect(bare.userTags).toEqual(["cohort-7", "shared"]);
    expect(bare.referenceTags).toEqual(["GRCh38"]);
  });

  it("give a storage to runs that name none; null and a name of its own win", async () => {
    const bodies = await bodiesOf(
      await lab(),
      stack("defaults: { storage: Medium }") +
        run("default") +
        run("own", `storage: ${IDS.large}`) +
        run("none", "storage: null"),
    );
    expect(bodies.get("default")?.analysisStorageId).toBe(IDS.medium);
    expect(bodies.get("own")?.analysisStorageId).toBe(IDS.large);
    expect(bodies.get("none")).toHaveProperty("analysisStorageId", null);
  });

  it("say what happens to existing files, unless the mapping or its OutputMapping does", async () => {
    const bodies = await bodiesOf(
      await lab(),
      stack("defaults: { actionOnExist: SKIP }") +
        manifest(
          "OutputMapping",
          "named",
          `{ actionOnExist: Rename, mappings: [
            { source: a/, target: /a/ }, { source: b/, target: /b/, actionOnExist: overwrite }] }`,
        ) +
        manifest("OutputMapping", "silent", "{ mappings: [{ source: c/, target: /c/ }] }") +
        run(
          "r",
          `outputs: [{ source: d/, target: /d/ }, { mapping: named }, { mapping: silent },
            { source: e/, target: /e/, actionOnExist: oVeRwRiTe }]`,
        ),
    );
    expect(
      bodies.get("r")?.analysisOutput?.map(({ sourcePath, actionOnExist }) => [sourcePath, actionOnExist]),
    ).toEqual([
      ["d/", "SKIP"],
      ["a/", "RENAME"],
      ["b/", "OVERWRITE"],
      ["c/", "SKIP"],
      ["e/", "OVERWRITE"],
    ]);
  });

  it("are not sent where the user said nothing", async () => {
    const bodies = await bodiesOf(await lab(), stack() + run("r", "outputs: [{ source: d/, target: /d/ }]"));
    expect(bodies.get("r")?.analysisOutput).toStrictEqual([
      { sourcePath: "d/", type: "FOLDER", targetProjectId: IDS.prod, targetPath: "/d/" },
    ]);
    expect(bodies.get("r")).not.toHaveProperty("analysisStorageId");
    expect(Object.keys(bodies.get("r")?.tags ?? {})).toEqual(["technicalTags"]);
  });
});

describe("the same tree, written down in another way", () => {
  const first = {
    "stack.yaml": stack("defaults: { tags: { user: [u] } }"),
    "runs.yaml":
      run("one", 'input: { custom: { values: { b: 1, a: { y: 0.5, x: "1" } } } }, storage: Large') +
      run("two", "pipeline: cwl, input: { form: { parameters: { b: 1, a: 0.050 }, data: [] } }"),
  };
  const second = {
    "z/later.yml": `# a comment
apiVersion: icaform/v1
kind: PipelineRun
spec:
  storage: "Large"
  input:
    custom:
      values:
        a:
          x: '1'
          y: 0.5
        b: 1
  pipeline: nf
metadata:
  name: one
`,
    "a/earlier.yaml":
      manifest(
        "PipelineRun",
        "two",
        '{ input: { form: { data: [], parameters: { "b": 1, "a": 0.050 } } }, pipeline: cwl }',
      ) + stack("defaults: { tags: { user: [u] } }"),
  };

  it("sends the same bytes under the same keys", async () => {
    const sent = await Promise.all(
      [first, second].map(async (files) => {
        const ica = await lab({ seed: { ...WORLD, users: [{ name: "somebody", apiKey: "another-key" }] } });
        await applyTree(treeOf(files), ica.sim);
        return ica
          .creates()
          .map(({ path, body, headers }) => [path, headers["idempotency-key"], body])
          .sort();
      }),
    );
    expect(sent[0]).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });

  it("has the same plan, to the digest", async () => {
    const ica = await lab();
    const plans = [await planTree(treeOf(first), ica.sim), await planTree(treeOf(second), ica.sim)];
    expect(plans[1]).toEqual(plans[0]);
  });
});

describe("numbers in custom values", () => {
  it("that JSON cannot keep are refused at their place; nothing is sent", async () => {
    const ica = await lab();
    const folder = treeOf({
      "t.yaml": stack() + run("r", "input: { custom: { values: { big: 12345678901234567890 } } }"),
    });
    const { code, stderr } = await ica.apply(folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/t\.yaml:\d+:\d+: error: .*number/);
    expect(ica.sim.requests).toEqual([]);
  });
});
