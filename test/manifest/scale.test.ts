import { expect, test } from "vitest";
import { loadFiles, run, STACK } from "./trees.ts";

/** Far more than it takes, so that only what grows faster than the tree fails; `bench/` measures for real. */
const BUDGET_MS = 20_000;

test("10,000 runs with dependencies and shared targets take near-linear time", async () => {
  const text = Array.from({ length: 10_000 }, (_, index) =>
    run(
      `r${index}`,
      `outputs: [{ source: vcf/, target: /vcf/ }, { source: r.html, target: /r${index}/r.html }]`,
      `dependsOn: [${index % 100 === 0 ? "" : `PipelineRun/r${index - 1}`}]`,
    ),
  ).join("---\n");
  const start = performance.now();
  const { tree, diagnostics } = await loadFiles({ "stack.yaml": STACK, "runs.yaml": text });
  expect(tree?.runs).toHaveLength(10_000);
  expect(diagnostics.map(({ code }) => code)).toEqual(["target-overlap"]);
  expect(tree?.runs.find(({ name }) => name === "r9999")?.locate(["spec", "pipeline"]).line).toBe(9999 * 9 + 5);
  expect(performance.now() - start).toBeLessThan(BUDGET_MS);
});

test("10,000 rows of a sheet, right ones and wrong ones", async () => {
  const set = `apiVersion: icaform/v1
kind: PipelineRunSet
metadata: { name: wgs }
spec:
  forEach: { csv: s.csv, key: id }
  template:
    spec: { pipeline: p, userReference: "\${each.reference}", input: { custom: { text: "\${each.id}" } } }
`;
  const sheet = (reference: string) =>
    `id,reference\n${Array.from({ length: 10_000 }, (_, index) => `S${index},${reference}\n`).join("")}`;
  const start = performance.now();
  const right = await loadFiles({ "stack.yaml": STACK, "set.yaml": set, "s.csv": sheet("r") });
  expect(right.tree?.runs).toHaveLength(10_000);
  const wrong = await loadFiles({ "stack.yaml": STACK, "set.yaml": set, "s.csv": sheet("a//b") });
  expect(wrong.diagnostics).toHaveLength(1);
  const twice = await loadFiles({
    "stack.yaml": STACK,
    "set.yaml": set,
    "s.csv": sheet("r").replaceAll(/^S\d+/gm, "S"),
  });
  expect(twice.diagnostics).toHaveLength(9_999);
  expect(performance.now() - start).toBeLessThan(BUDGET_MS);
});

test("10,000 missing references and 10,000 equal names", async () => {
  const start = performance.now();
  const missing = Array.from({ length: 10_000 }, (_, index) => run(`r${index}`, `dependsOn: [PipelineRun/x${index}]`));
  const loaded = await loadFiles({ "stack.yaml": STACK, "runs.yaml": missing.join("---\n") });
  expect(loaded.diagnostics).toHaveLength(10_000);
  const equal = Array.from({ length: 10_000 }, () => run("same"));
  expect((await loadFiles({ "stack.yaml": STACK, "runs.yaml": equal.join("---\n") })).diagnostics).toHaveLength(9_999);
  expect(performance.now() - start).toBeLessThan(3 * BUDGET_MS);
}, 90_000);
