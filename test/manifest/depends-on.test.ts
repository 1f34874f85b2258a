/** What a run can wait for: runs. Anything else is a mistake that says what to do instead. */
import { expect, test } from "vitest";
import { loadText, run } from "./trees.ts";

const BATCH = `---\napiVersion: icaform/v1\nkind: SampleBatch\nmetadata: { name: week }\nspec: { samples: [{ name: A }] }\n`;

const only = "must be PipelineRun/<name>, the address of a run of this tree";
const first = "a run waits for runs alone; apply the samples first, by `--target` with the batch's address";

test.each([
  ["a sample batch", "SampleBatch/week", first],
  ["one sample of it", "SampleBatch/week/A", first],
  ["another kind", "OutputMapping/x", "a run waits for runs alone"],
  ["a run without its kind", "align", "write PipelineRun/ before the run's name"],
  ["a set", "PipelineRunSet/week", "a run waits for runs alone: name those of the set that are meant"],
])("dependsOn %s", async (_, address, help) => {
  const { diagnostics } = await loadText(run("call", `dependsOn: [${address}]`) + BATCH);
  expect(diagnostics).toMatchObject([
    { file: "tree.yaml", line: 7, column: 15, code: "not-a-run", message: `\`spec.dependsOn[0]\` ${only}`, help },
  ]);
});

test("the output of a sample batch is no run's output either", async () => {
  const input = "input: { custom: { text: x, files: [{ output: SampleBatch/week, path: a }] } }";
  const { diagnostics } = await loadText(run("call", input) + BATCH);
  expect(diagnostics).toMatchObject([{ line: 6, code: "not-a-run", help: first }]);
});

test("dependsOn of a set's template, whose text is whole only with its row", async () => {
  const set = `apiVersion: icaform/v1
kind: PipelineRunSet
metadata: { name: set }
spec:
  forEach: { items: [{ id: a, batch: week }], key: id }
  template:
    spec: { pipeline: p, input: { custom: { text: x } }, dependsOn: ["SampleBatch/\${each.batch}"] }
`;
  const { diagnostics } = await loadText(set + BATCH);
  expect(diagnostics).toMatchObject([
    { file: "tree.yaml", line: 5, column: 38, message: expect.stringContaining(only), help: first },
  ]);
});
