import { expect, test } from "vitest";
import { compileTemplate } from "../../src/manifest/template.ts";
import { brief, loadText, run } from "./trees.ts";

const fill = (value: unknown, path: (string | number)[] = []) => {
  const template = compileTemplate(value, { variables: { a: "A", evil: "${each.x}" }, columns: ["x", "a b"] }, path);
  return { value: template.render(["1", "2"]), codes: template.mistakes.map(({ code }) => code) };
};

test.each([
  ["${each.x}", "1"],
  ["${ each.x }-${each.a b}", "1-2"],
  ["a${var.a}b$", "aAb$"],
  ["$${each.x}", "${each.x}"],
  ["$$${each.x}", "$${each.x}"],
  ["${var.evil}", "${each.x}"],
  ["$x {y} $$", "$x {y} $$"],
])("%s becomes %s", (text, expected) => {
  expect(fill(text)).toEqual({ value: expected, codes: [] });
});

test.each([
  ["${each.y}", "column-missing"],
  ["${var.b}", "variable-missing"],
  ["${var.}", "placeholder"],
  ["${var}", "placeholder"],
  ["${toString}", "placeholder"],
  ["${var.toString}", "variable-missing"],
  ["${each.x", "placeholder"],
  ["${}", "placeholder"],
  ["${vars.a}", "placeholder"],
])("%s is a mistake: %s", (text, code) => {
  expect(fill(text).codes).toEqual([code]);
});

test("text that is sent byte for byte keeps every ${…} but ours", () => {
  const path = ["spec", "input", "custom", "text"];
  expect(fill("${params.x} $${HOME} ${ ${each.x} $${var.a} ${var.a}", path)).toEqual({
    value: "${params.x} $${HOME} ${ 1 ${var.a} A",
    codes: [],
  });
  expect(fill("${each.y}", path).codes).toEqual(["column-missing"]);
});

test("values are filled in at any depth, keys are not, and constants are shared", () => {
  const constant = { b: [1, null, true] };
  const template = compileTemplate({ "${each.x}": ["${each.x}", { c: constant }] }, { variables: {}, columns: ["x"] });
  const [one, two] = [template.render(["1"]), template.render(["2"])];
  expect(one).toEqual({ "${each.x}": ["1", { c: constant }] });
  expect(two).toEqual({ "${each.x}": ["2", { c: constant }] });
  expect(template.uses).toEqual([{ path: ["${each.x}", 0], columns: ["x"] }]);
});

test("variables work in any string of an ordinary document, rows do not", async () => {
  const text = run('"${var.name}"', "userReference: ${var.name}", "storage: $${var.name}");
  const { tree } = await loadText(text, { name: "x" });
  expect(tree?.runs[0]).toMatchObject({ name: "x", spec: { userReference: "x", storage: "${var.name}" } });
  expect(brief(await loadText(run("x", "storage: ${each.y}")))).toEqual(["tree.yaml:7:12 error placeholder"]);
  expect(brief(await loadText(run("x", "storage: ${var.y}")))).toEqual(["tree.yaml:7:12 error variable-missing"]);
});

test("patterns hold for what variables bring", async () => {
  expect(brief(await loadText(run('"x-${var.name}"'), { name: "a b" }))).toEqual(["tree.yaml:3:19 error bad-value"]);
  expect(brief(await loadText(run("x", "userReference: $${a}")))).toEqual(["tree.yaml:7:18 error bad-value"]);
});

test("a placeholder without its quotes in a flow mapping", async () => {
  const { diagnostics } = await loadText(run("${var.name}"));
  expect(diagnostics).toMatchObject([{ code: "yaml-syntax", line: 3, help: expect.stringContaining("quotes") }]);
});
