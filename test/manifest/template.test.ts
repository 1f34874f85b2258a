import { expect, test } from "vitest";
import { compileTemplate } from "../../src/manifest/template.ts";
import { writtenPath } from "../../src/manifest/template-keys.ts";
import { brief, loadFiles, loadText, run, STACK } from "./trees.ts";

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

test("values and keys are filled in at any depth, and constants are shared", () => {
  const constant = { b: [1, null, true] };
  const template = compileTemplate({ "k${each.x}": ["${each.x}", { c: constant }] }, { variables: {}, columns: ["x"] });
  const [one, two] = [template.render(["1"]), template.render(["2"])];
  expect(one).toEqual({ k1: ["1", { c: constant }] });
  expect(two).toEqual({ k2: ["2", { c: constant }] });
  expect(template.uses).toEqual([
    { path: ["k${each.x}"], what: "key", columns: ["x"] },
    { path: ["k${each.x}", 0], what: "value", columns: ["x"] },
  ]);
  expect(writtenPath(template, ["k2", 1, "c"], ["2"])).toEqual(["k${each.x}", 1, "c"]);
});

const VALUES = (values: string) => `input: { custom: { values: ${values} } }`;

test("placeholders in keys are filled in, and told of where they are wrong", async () => {
  const { tree, diagnostics } = await loadText(run("x", VALUES('{ "${var.k}": { "$${a}": 1 }, "b${var.k}": 2 }')), {
    k: "a",
  });
  expect(diagnostics).toEqual([]);
  expect(tree?.runs[0]?.spec.input.custom?.values).toEqual({ a: { "${a}": 1 }, ba: 2 });
  expect(tree?.runs[0]?.locate(["spec", "input", "custom", "values", "ba"], "key")).toMatchObject({
    line: 6,
    column: 60,
  });
  expect(brief(await loadText(run("x", VALUES('{ n: { "${var.q}": 1 } }'))))).toEqual([
    "tree.yaml:6:37 error variable-missing",
  ]);
  expect(brief(await loadText(run("x", VALUES('{ "${q}": 1 }'))))).toEqual(["tree.yaml:6:32 error placeholder"]);
  const repeated = await loadText(run("x", VALUES('{ a: 1, "${var.k}": 2 }')), { k: "a" });
  expect(brief(repeated)).toEqual(["tree.yaml:6:38 error key-repeated"]);
  expect(repeated.diagnostics[0]?.message).toBe("this key becomes `a`, which is there already");
  expect(brief(await loadText(run("x", VALUES('{ "${var.k}": 2 }')), { k: "__proto__" }))).toEqual([
    "tree.yaml:6:32 error yaml-key",
  ]);
});

test("a placeholder alone is a number, true or false where the schema wants one", async () => {
  const text = (failures: string) => run("x", `rerun: { onFailure: "${failures}", onUpstream: "\${var.b}" }`);
  const { tree, diagnostics } = await loadText(text("${var.n}"), { n: "2", b: "TRUE" });
  expect(diagnostics).toEqual([]);
  expect(tree?.runs[0]?.spec.rerun).toEqual({ onFailure: 2, onUpstream: true });
  const said = async (failures: string, n: string) =>
    (await loadText(text(failures), { n, b: "true" })).diagnostics.map(({ line, column, message, help }) =>
      [`${line}:${column} ${message}`, help].filter((part) => part !== undefined).join("; "),
    );
  expect(await said("${var.n}", "many")).toEqual(["7:23 `spec.rerun.onFailure` must be a whole number, not text"]);
  expect(await said("${var.n}", "-1")).toEqual(["7:23 `spec.rerun.onFailure` must be 0 or more"]);
  expect(await said("2", "2")).toEqual([
    "7:23 `spec.rerun.onFailure` must be a whole number, not text; write the number without quotes",
  ]);
  const stack = STACK.replace(
    "project: prod",
    'project: prod, policy: { maxCreates: "${var.n}", maxCredits: "${var.c}" }',
  );
  const loaded = await loadFiles({ "stack.yaml": stack, "tree.yaml": run("x") }, { n: "3", c: "2.5" });
  expect(loaded.tree?.stack.spec.policy).toEqual({ maxCreates: 3, maxCredits: 2.5 });
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
