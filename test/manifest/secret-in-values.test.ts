/** `values` are the user's own: they go out as they stand, so that a secret cannot be given there, which is said. */
import { expect, test } from "vitest";
import { run as declared, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { loadText, run } from "./trees.ts";

test.each([
  ["custom", "{ deep: [{ t: { env: LAB_TOKEN } }] }"],
  ["json", "{ t: { env: LAB_TOKEN } }"],
])("a reference in %s values is warned of at its place", async (kind, values) => {
  const { tree, diagnostics } = await loadText(run("call", `input: { ${kind}: { values: ${values} } }`));
  expect(tree).toBeDefined();
  expect(diagnostics).toMatchObject([{ severity: "warning", code: "secret-in-values", line: 6 }]);
});

test("what only resembles one is not", async () => {
  const values =
    "{ a: { env: prod-eu }, b: { file: x.csv }, c: { env: LAB, more: 1 }, d: { env: [A] }, env: LAB, e: null }";
  expect((await loadText(run("call", `input: { custom: { values: ${values} } }`))).diagnostics).toEqual([]);
});

test("the plan shows it as what is sent, a mapping", async () => {
  const ica = await lab();
  const folder = treeOf({
    "t.yaml": stack() + declared("r", "input: { custom: { values: { t: { env: X } } } }"),
  });
  const { stdout } = await ica.icaform(["plan", folder]);
  expect(stdout).toContain("input.custom.values.t: { env: X }");
  expect(stdout).toContain("[secret-in-values]");
});
