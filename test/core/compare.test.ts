import { describe, expect, it } from "vitest";
import { type Comparison, compareTrees } from "../../src/core/compare.ts";
import type { Tree } from "../../src/core/spec.ts";
import { KINDS } from "../../src/kinds/index.ts";
import { loadTree } from "../../src/manifest/load.ts";
import { run, stack } from "../support/manifests.ts";
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
