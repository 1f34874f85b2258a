import { describe, expect, it } from "vitest";
import { type Comparison, compareTrees } from "../../src/core/compare.ts";
import type { Tree } from "../../src/core/spec.ts";
import { KINDS } from "../../src/kinds/index.ts";
import { loadTree } from "../../src/manifest/load.ts";
import { manifest, run, stack } from "../support/manifests.ts";
import { treeOf } from "../support/tree.ts";

async function loaded(files: Record<string, string>): Promise<Tree> {
  const { tree, diagnostics } = await loadTree({ paths: ["."], cwd: treeOf(files) });
  if (tree === undefined) throw new Error(JSON.stringify(diagnostics));
  return tree;
}

async function compared(before: string, after: string, more: Record<string, string>[] = [{}, {}]): Promise<Comparison> {
  const [was, is] = [
    await loaded({ "t.yaml": before, ...more[0] }),
    await loaded({ "t.yaml": after, ...more[1] }),
  ] as const;
  return compareTrees(was, is, KINDS, { ref: "main", commit: "0".repeat(40) });
}

describe("what two trees declare differently", () => {
  it("is not the order of keys, which goes neither out nor into fingerprints", async () => {
    const tree = (values: string, parameters: string) =>
      stack() +
      run("a", `input: { custom: { values: ${values} } }`) +
      run("b", `input: { form: { parameters: ${parameters} } }`);
    const { summary, changes } = await compared(
      tree("{ a: 1, b: { c: 2, d: 3 } }", "{ x: 1, y: 2 }"),
      tree("{ b: { d: 3, c: 2 }, a: 1 }", "{ y: 2, x: 1 }"),
    );
    expect([summary, changes]).toEqual([{ added: 0, changed: 0, removed: 0, unchanged: 3 }, []]);
  });

  it("is a null that was not there: it is not the same as leaving the key out", async () => {
    const { changes } = await compared(stack() + run("a"), stack() + run("a", "storage: null"));
    expect(changes).toEqual([
      {
        address: "PipelineRun/a",
        action: "changed",
        fields: [{ path: "storage", after: null, sensitive: false }],
        patch: [{ op: "add", path: "/storage", value: null }],
      },
    ]);
  });

  it("is a Stack's limits, and what is in the files of its rules, down to the leaf", async () => {
    const policy = "policy: { maxCreates: 5, rules: [{ schema: rules/few.json, message: too many }] }";
    const rule = (maximum: number) =>
      `{ "properties": { "summary": { "properties": { "create": { "maximum": ${maximum} } } } } }`;
    const { summary, changes } = await compared(
      stack(`limits: { requestsPerSecond: 10 }, ${policy}`) + run("a"),
      stack(`limits: { requestsPerSecond: 20 }, ${policy}`) + run("a"),
      [{ "rules/few.json": rule(1) }, { "rules/few.json": rule(2) }],
    );
    expect(summary).toEqual({ added: 0, changed: 1, removed: 0, unchanged: 1 });
    expect(changes[0]).toMatchObject({ address: "Stack/lab", action: "changed" });
    expect(changes[0]?.patch).toEqual([
      { op: "replace", path: "/limits/requestsPerSecond", value: 20 },
      { op: "replace", path: "/rules/rules~1few.json/properties/summary/properties/create/maximum", value: 2 },
    ]);
  });

  it("is no default of the Stack by itself: it shows in the runs that it holds for", async () => {
    const { changes } = await compared(
      stack("defaults: { storage: Small }") + run("a") + run("b", "storage: Medium"),
      stack("defaults: { storage: Large }") + run("a") + run("b", "storage: Medium"),
    );
    expect(changes.map(({ address, patch }) => [address, patch])).toEqual([
      ["PipelineRun/a", [{ op: "replace", path: "/storage", value: "Large" }]],
    ]);
  });
});

describe("what ICA would take for something new", () => {
  const AS_RUNS = run("a") + run("b");

  it("is all that a renamed Stack declares", async () => {
    const { summary, changes, diagnostics } = await compared(stack("", "lab") + AS_RUNS, stack("", "lab-2") + AS_RUNS);
    expect(summary).toEqual({ added: 0, changed: 1, removed: 0, unchanged: 2 });
    expect(changes).toMatchObject([
      { address: "Stack/lab-2", fields: [{ path: "name", before: "Stack/lab", after: "Stack/lab-2" }] },
    ]);
    expect(diagnostics).toMatchObject([
      {
        severity: "warning",
        code: "stack-renamed",
        message:
          "the stack was `lab` at main and is `lab-2` now: ICA knows runs and samples by their stack's name, so that " +
          "PipelineRun/a and 1 more would be created anew, and nobody owns what `lab` has there",
        help: "keep `metadata: { name: lab }`, unless all of it is meant to run again",
        file: "t.yaml",
        line: 4,
      },
    ]);
  });

  it("is not what a renamed Stack declares for the first time", async () => {
    expect((await compared(stack("", "lab"), stack("", "lab-2") + AS_RUNS)).diagnostics).toEqual([]);
  });

  it("is a run or a sample in another project", async () => {
    const samples = (project: string) =>
      manifest("SampleBatch", "s", `{ project: ${project}, samples: [{ name: x }] }`);
    const { diagnostics } = await compared(
      stack() + run("a") + run("b", "project: p1") + samples("p1"),
      stack() + run("a") + run("b", "project: p2") + run("c", "project: p2") + samples("p2"),
    );
    expect(diagnostics).toMatchObject([
      {
        severity: "warning",
        code: "project-changed",
        message:
          "SampleBatch/s/x and 1 more are in another project than at main: ICA knows runs and samples by their project, " +
          "so that they would be created anew there, and what they have in the old one stays there",
        help: "keep the old project, unless they are meant to run again; where both names mean one project nothing is created",
        file: "t.yaml",
        line: 25,
      },
    ]);
    const moved = await compared(stack() + run("a"), stack().replace("prod", "p2") + run("a"));
    expect(moved.diagnostics).toMatchObject([
      { message: expect.stringMatching(/^PipelineRun\/a is in another/), line: 5 },
    ]);
  });
});
