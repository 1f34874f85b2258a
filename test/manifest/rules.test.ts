import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTree } from "../../src/manifest/load.ts";
import { brief, folderOf, loadFiles, run } from "./trees.ts";

const stack = (...files: string[]) => `apiVersion: icaform/v1
kind: Stack
metadata: { name: cohort }
spec:
  project: prod
  policy:
    rules:
${files.map((file) => `      - { schema: "${file}", message: no }`).join("\n")}
`;

const rule = (schema: unknown) => loadFiles({ "s.yaml": stack("r.json"), "r.json": JSON.stringify(schema) });

test("a rule is loaded with the tree, as JSON or YAML, of either draft", async () => {
  const files = {
    "s.yaml": stack("rules/a.json", "rules/b.yml", "rules/c.json"),
    "rules/a.json": '{\n\t"properties": {\n\t\t"stack": { "const": "cohort" }\n\t}\n}\n',
    "rules/b.yml": "properties: { stack: { pattern: '^c' } }\n",
    "rules/c.json": JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", required: ["summary"] }),
    "t.yaml": run("a"),
  };
  const { tree, diagnostics } = await loadFiles(files);
  expect(diagnostics).toEqual([]);
  expect(tree?.rules.map(({ file }) => file)).toEqual(["rules/a.json", "rules/b.yml", "rules/c.json"]);
  expect(tree?.rules.map((one) => one.breaches({ stack: "other" }))).toMatchObject([
    [{ keys: ["stack"], detail: 'must be "cohort"' }],
    [{ keys: ["stack"], detail: 'must match pattern "^c"' }],
    [{ keys: [], detail: "must have required property 'summary'" }],
  ]);
});

test.each<[string, unknown, string, RegExp]>([
  ["a misspelt keyword", { properties: { x: { requird: ["y"] } } }, '["y"]', /no keyword `requird`/],
  ["a type that there is not", { properties: { x: { type: "arry" } } }, '"arry"', /must be one of "array"/],
  ["a broken pattern", { properties: { x: { pattern: "([" } } }, '"(["', /Invalid regular expression/],
  ["a format that there is not", { properties: { x: { format: "foo" } } }, '"foo"', /no format `foo`/],
  ["a remote schema", { properties: { x: { $ref: "https://evil.example/x.json#/a" } } }, '"https', /nothing at `https/],
  ["another file", { properties: { x: { $ref: "other.json" } } }, '"other', /nothing at `other.json`/],
  ["a missing definition", { $ref: "#/definitions/nope" }, '"#/def', /nothing at `#\/definitions\/nope`/],
  ["a draft by its short name", { $schema: "draft-07" }, '"draft', /not supported/],
  ["an older draft", { $schema: "http://json-schema.org/draft-04/schema#" }, '"http', /not supported/],
  ["an asynchronous schema", { $async: true }, "true", /asynchronous/],
  [
    "a schema that is nothing but itself",
    { $ref: "#/definitions/a", definitions: { a: { $ref: "#/definitions/a" } } },
    "{",
    /itself/,
  ],
  ["a list", [1], "[1]", /must be a JSON Schema/],
])("%s is a mistake at its place in the rule", async (_name, schema, wrong, message) => {
  const { tree, diagnostics } = await rule(schema);
  expect(tree).toBe(undefined);
  expect(diagnostics).toHaveLength(1);
  expect(brief({ diagnostics })).toEqual([`r.json:1:${JSON.stringify(schema).indexOf(wrong) + 1} error rule-schema`]);
  expect(diagnostics[0]?.message).toMatch(message);
});

test("a rule of another draft is told what to write", async () => {
  const { diagnostics } = await rule({ $schema: "draft-07" });
  const uris = '"http://json-schema.org/draft-07/schema#" or "https://json-schema.org/draft/2020-12/schema"';
  expect(diagnostics[0]?.help).toBe(`write ${uris}`);
  for (const uri of uris.match(/[^" ]+schema#?/g) ?? []) {
    for (const spelt of [uri, uri.replace("#", ""), uri.replace(/^https?/, "https")]) {
      expect((await rule({ $schema: spelt, required: ["stack"] })).diagnostics).toEqual([]);
    }
  }
});

test("an anchor is a keyword of 2020-12", async () => {
  const { tree, diagnostics } = await rule({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    properties: { stack: { $ref: "#name" } },
    $defs: { name: { $anchor: "name", const: "cohort" } },
  });
  expect(diagnostics).toEqual([]);
  expect(tree?.rules[0]?.breaches({ stack: "other" })).toMatchObject([{ detail: 'must be "cohort"' }]);
  expect((await rule({ $anchor: "x" })).diagnostics[0]?.message).toContain("no keyword `$anchor`");
});

const tiny = { const: "Tiny" };
const medium = { const: "Medium" };
test.each<[string, unknown, string[]]>([
  ["anyOf", { anyOf: [tiny, medium] }, ["x must fit one of 2 alternatives"]],
  ["oneOf", { oneOf: [tiny, medium] }, ["x must fit just one of 2 alternatives, fits none"]],
  ["oneOf", { oneOf: [{ type: "array" }, { minItems: 1 }] }, ["x must fit just one of 2 alternatives, fits 2"]],
  ["references", { anyOf: [{ $ref: "#/definitions/deep" }, medium] }, ["x must fit one of 2 alternatives"]],
  [
    "what stands beside it",
    { not: { type: "array" }, anyOf: [tiny, medium] },
    ['x must not fit {"type":"array"}', "x must fit one of 2 alternatives"],
  ],
  ["contains", { contains: tiny }, ['x must contain at least 1 of {"const":"Tiny"}']],
  ["not", { not: { type: "array" } }, ['x must not fit {"type":"array"}']],
  [
    "if",
    { if: { type: "string" }, else: { maxItems: 0, items: tiny } },
    ["x must NOT have more than 0 items", 'x.0 must be "Tiny"', 'x.1 must be "Tiny"'],
  ],
])("of a choice the choice is told, not each way: %s", async (_name, x, told) => {
  const deep = { type: "array", items: { required: ["y"], properties: { y: { type: "string" } } } };
  const { tree, diagnostics } = await rule({ definitions: { deep }, properties: { x } });
  expect(diagnostics).toEqual([]);
  const breaches = tree?.rules[0]?.breaches({ x: [{ y: 1 }, { y: 2 }] });
  const said = Array.isArray(breaches) ? breaches.map(({ keys, detail }) => `${keys.join(".")} ${detail}`) : breaches;
  expect(said).toEqual(told);
});

test("what is no JSON says where, and a rule that is not in the tree is not looked at", async () => {
  const folder = folderOf({ "t/s.yaml": stack("r.json", "gone.json", "../out.json", "/etc/passwd", "link.json") });
  writeFileSync(join(folder, "out.json"), "{}");
  writeFileSync(join(folder, "t/r.json"), '{"properties": ');
  symlinkSync("../out.json", join(folder, "t/link.json"));
  mkdirSync(join(folder, "t/dir.json"));
  const loaded = await loadTree({ paths: ["t"], cwd: folder });
  expect(brief(loaded)).toEqual([
    "t/r.json:1:16 error yaml-syntax",
    "t/s.yaml:9:19 error path-missing",
    "t/s.yaml:10:19 error outside-tree",
    "t/s.yaml:11:19 error outside-tree",
    "t/s.yaml:12:19 error outside-tree",
  ]);
  expect(loaded.diagnostics[0]?.message).toMatch(/^this is not JSON/);
});

test("a rule that refers to itself without end is given up", async () => {
  const endless = await rule({ $ref: "#/definitions/a", definitions: { a: { allOf: [{ $ref: "#/definitions/a" }] } } });
  expect(endless.tree?.rules[0]?.breaches({})).toMatchObject({ unusable: expect.stringContaining("itself") });
});
