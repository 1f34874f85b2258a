import { expect, test } from "vitest";
import { brief, loadText } from "./trees.ts";

const batch = (name: string, ...samples: string[]) =>
  `apiVersion: icaform/v1\nkind: SampleBatch\nmetadata: { name: ${name} }\nspec:\n  samples:\n${samples.map((one) => `    - ${one}\n`).join("")}`;

test("samples with data, tags and completion", async () => {
  const { tree, diagnostics } = await loadText(
    batch(
      "week",
      "{ name: NA 1, data: [/fastq/, fil.1], tags: { user: [trio], runIn: null }, complete: true }",
      "{ name: b }",
    ),
  );
  expect(diagnostics).toEqual([]);
  expect(tree?.sampleBatches[0]?.spec.samples).toEqual([
    { name: "NA 1", data: ["/fastq/", "fil.1"], tags: { user: ["trio"], runIn: null }, complete: true },
    { name: "b" },
  ]);
});

test.each([
  ["a sample twice", [batch("w", "{ name: a }", "{ name: a }")], ["tree.yaml:7:15 error duplicate-sample"]],
  [
    "in two batches",
    [batch("w", "{ name: a }"), batch("v", "{ name: a }")],
    ["tree.yaml:13:15 error duplicate-sample"],
  ],
  [
    "data of two samples",
    [batch("w", "{ name: a, data: [/x] }", "{ name: b, data: [/y, /x] }")],
    ["tree.yaml:7:29 warning shared-data"],
  ],
  ["a batch twice", [batch("w", "{ name: a }"), batch("w", "{ name: b }")], ["tree.yaml:10:19 error duplicate-name"]],
  ["a mistyped key", [batch("w", "{ name: a, tag: {} }")], ["tree.yaml:6:18 error unknown-key"]],
  [
    "a reserved tag",
    [batch("w", "{ name: a, tags: { technical: [icaform.stack=x] } }")],
    ["tree.yaml:6:38 error reserved-tag"],
  ],
  ["no name", [batch("w", "{ data: [/x] }")], ["tree.yaml:6:7 error missing-key"]],
])("%s", async (_, documents, expected) => {
  expect(brief(await loadText(documents.join("---\n")))).toEqual(expected);
});
