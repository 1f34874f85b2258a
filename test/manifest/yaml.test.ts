import { expect, test } from "vitest";
import { brief, loadFiles, loadText, run, STACK } from "./trees.ts";

const custom = (values: string) => run("x", "input:", "  custom:", `    values: ${values}`);

async function mistakes(text: string | Uint8Array): Promise<string[]> {
  return brief(await loadFiles({ "stack.yaml": STACK, "tree.yaml": text }));
}

test("several documents, CRLF, a byte order mark and empty documents are fine", async () => {
  const text = `\uFEFF---\n${run("a")}---\n---\n# nothing\n---\n${run("b")}...\n`.replaceAll("\n", "\r\n");
  const { tree, diagnostics, documents } = await loadText(text);
  expect(diagnostics).toEqual([]);
  expect(documents).toBe(3);
  expect(tree?.runs.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(tree?.runs[1]?.locate(["spec", "pipeline"])).toMatchObject({ line: 16, column: 13 });
});

test("JSON is YAML", async () => {
  const document = { apiVersion: "icaform/v1", kind: "PipelineRun", metadata: { name: "j" } };
  const text = JSON.stringify({ ...document, spec: { pipeline: "p", input: { json: { text: "{}" } } } }, null, 2);
  expect(await mistakes(text)).toEqual([]);
});

test.each([
  ["syntax", `${run("x")}  logs: [a\n`, ["tree.yaml:8:1 error yaml-syntax"]],
  ["a tab as indentation", run("x", "logs:", "\tpath: /x"), ["tree.yaml:8:3 error yaml-tab"]],
  ["a key twice", run("x", "pipeline: b"), ["tree.yaml:7:3 error yaml-duplicate-key"]],
  ["merge keys", run("x", "rerun: { <<: { onFailure: 1 } }"), ["tree.yaml:7:12 error yaml-merge-key"]],
  ["a quoted << is a key like others", custom('{ "<<": 1 }'), []],
  ["a number as key", custom("{ 1: a }"), ["tree.yaml:8:17 error yaml-key"]],
  ["a list as key", custom("{ [a]: a }"), ["tree.yaml:8:17 error yaml-key"]],
  ["__proto__", custom("{ __proto__: { polluted: true } }"), ["tree.yaml:8:17 error yaml-key"]],
  ["an unknown alias", custom("{ a: *b }"), ["tree.yaml:8:20 error yaml-alias"]],
  ["an alias to itself", custom("{ a: &b [*b] }"), ["tree.yaml:8:24 error yaml-alias"]],
  ["tags", custom("{ a: !!binary aGk= }"), ["tree.yaml:8:20 error yaml-tag"]],
  ["tags that are always known", custom('{ a: !!str 12, b: !!int "3" }'), []],
  ["%YAML 1.1", `%YAML 1.1\n---\n${run("x")}`, ["tree.yaml:2:1 error yaml-version"]],
  ["a number beyond 2^53", custom("{ a: 9007199254740993 }"), ["tree.yaml:8:20 error number-inexact"]],
  ["a large number in hexadecimal", custom("{ a: 0xffffffffffffffff }"), ["tree.yaml:8:20 error number-inexact"]],
  [
    "numbers that JSON has not",
    custom("[.nan, -.inf, 1e999]").replace("[", "{ a: [").replace("]", "] }"),
    [
      "tree.yaml:8:21 error number-inexact",
      "tree.yaml:8:27 error number-inexact",
      "tree.yaml:8:34 error number-inexact",
    ],
  ],
  ["digits beyond a double's", custom("{ a: 123456789.123456789123 }"), ["tree.yaml:8:20 error number-inexact"]],
  ["the same with an exponent", custom("{ a: -1.23456789123456789e3 }"), ["tree.yaml:8:20 error number-inexact"]],
  ["what is too small for a double", custom("{ a: 1e-400 }"), ["tree.yaml:8:20 error number-inexact"]],
  ["a whole number as a decimal", custom("{ a: 9007199254740993.0 }"), ["tree.yaml:8:20 error number-inexact"]],
  [
    "decimals as people write them",
    custom("[0.1, 1e-8, 1.0, 1.50, -0.0, .5, 5., +1.5E+3, 0.30000000000000004]")
      .replace("[", "{ a: [")
      .replace("]", "] }"),
    [],
  ],
  ["parameters, which are text", run("x", "input: { form: { parameters: { n: 123456789.123456789123 } } }"), []],
  ["large numbers in quotes, and exact ones", custom('{ a: "9007199254740993", b: 9007199254740991, c: 1e21 }'), []],
  ["nesting without end", custom(`${"[".repeat(200)}${"]".repeat(200)}`), ["tree.yaml:8:110 error yaml-too-deep"]],
  ["nesting that would exhaust the stack", custom("[".repeat(100_000)), ["tree.yaml:8:800 error yaml-too-deep"]],
])("%s", async (_, text, expected) => {
  const found = await mistakes(text);
  // How deep the stack reaches depends on the machine.
  const exact = (line: string) => line.replace(/:\d{3,}( error yaml-too-deep)/, ":…$1");
  expect(found.map(exact)).toEqual(expected.map(exact));
});

test("a file without any document", async () => {
  expect(await mistakes("%YAML 1.2\n# icaform\n")).toEqual([]);
  expect(await mistakes("...\n# icaform\n")).toEqual([]);
});

test("alias bombs end early", async () => {
  const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(", ")}]`);
  expect(await mistakes(custom(`{ l0: &l0 [x], ${levels.join(", ")} }`))).toEqual([
    expect.stringMatching(/^tree\.yaml:8:\d+ error yaml-alias-bomb$/),
  ]);
});

test("aliases are copies of what they name", async () => {
  const { tree } = await loadText(custom("{ a: &one { b: [1] }, c: *one, &key d: *key }"));
  expect(tree?.runs[0]?.spec.input.custom?.values).toEqual({ a: { b: [1] }, c: { b: [1] }, d: "d" });
});

test("__proto__ pollutes nothing", async () => {
  await mistakes(custom('{ "__proto__": { polluted: true }, constructor: { prototype: { polluted: true } } }'));
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test("the second of two equal keys is told with the first one's place", async () => {
  const { diagnostics } = await loadText(run("x", "pipeline: b"));
  expect(diagnostics[0]?.message).toBe("the key `pipeline` is already given at line 5, column 3");
});

test("one document's syntax mistake leaves the mistakes of others visible", async () => {
  const found = await mistakes(`${run("a", "logs: [")}---\n${run("b", "nonsense: 1")}`);
  expect(found).toEqual(["tree.yaml:8:1 error yaml-syntax", "tree.yaml:15:3 error unknown-key"]);
});

test("scalars of parameters and formValues go out as written", async () => {
  const text = run(
    "x",
    "input:",
    "  form:",
    '    parameters: { a: 0.050, b: 1e-8, c: True, d: 0x1F, e: "0.10", f: [1.0, false, ~], g: null, h: 2026-01-01 }',
  );
  const { tree } = await loadText(text);
  expect(tree?.runs[0]?.spec.input.form?.parameters).toEqual({
    a: "0.050",
    b: "1e-8",
    c: "True",
    d: "0x1F",
    e: "0.10",
    f: ["1.0", "false", null],
    g: null,
    h: "2026-01-01",
  });
  const fields = "[{ id: n, values: [1.50, { env: A }] }]";
  const form = run(
    "y",
    `input: { formValues: { fields: ${fields}, groups: [{ id: g, values: [{ fields: ${fields} }] }] } }`,
  );
  const formed = (await loadText(form)).tree?.runs[0]?.spec.input.formValues;
  expect(formed?.fields?.[0]?.values).toEqual(["1.50", { env: "A" }]);
  expect(formed?.groups?.[0]?.values?.[0]?.fields?.[0]?.values).toEqual(["1.50", { env: "A" }]);
});

test("values of custom and json keep their types; dates stay text", async () => {
  const { tree } = await loadText(custom("{ n: 1.5, b: true, z: null, s: yes, d: 2026-01-01, t: 012 }"));
  expect(tree?.runs[0]?.spec.input.custom?.values).toEqual({
    n: 1.5,
    b: true,
    z: null,
    s: "yes",
    d: "2026-01-01",
    t: 12,
  });
});
