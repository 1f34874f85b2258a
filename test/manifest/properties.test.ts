import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Tree } from "../../src/core/spec.ts";
import { type Loaded, loadTree } from "../../src/manifest/load.ts";
import { run, STACK } from "./trees.ts";

const contract = readFileSync(join(import.meta.dirname, "golden/contract.yaml"), "utf8");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "icaform-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function load(...texts: (string | Uint8Array)[]): Promise<Loaded> {
  const paths = texts.map((text, index) => {
    const name = `f${index}.yaml`;
    writeFileSync(join(folder, name), text);
    return name;
  });
  return loadTree({ paths, cwd: folder });
}

/** What a command relies on, whatever the input was. */
function isSound({ tree, diagnostics }: Loaded): boolean {
  const hasErrors = diagnostics.some(({ severity }) => severity === "error");
  return (
    (tree === undefined) === hasErrors &&
    diagnostics.every(({ file, line = 0, column = 0, message }) => file && line > 0 && column > 0 && message !== "")
  );
}

test("any bytes give diagnostics or a tree", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(isSound(await load(bytes))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

const yamlish = fc.stringMatching(/^[-:{}[\]&*!|>'"%@`#,?\n\t a-c0]{0,40}$/);

test("any damage to a manifest gives diagnostics or a tree", async () => {
  const damage = fc.tuple(
    fc.nat(contract.length),
    fc.nat(60),
    fc.oneof(yamlish, fc.string(), fc.constant("${each.x}")),
  );
  await fc.assert(
    fc.asyncProperty(damage, async ([at, length, put]) => {
      const loaded = await load(contract.slice(0, at) + put + contract.slice(at + length));
      expect(isSound(loaded)).toBe(true);
      expect(JSON.stringify(loaded.diagnostics)).not.toMatch(/\bat \w+ \(.*\.ts:\d+/);
    }),
    { numRuns: 400 },
  );
});

const plain = (tree: Tree | undefined) => JSON.stringify(tree, (key, value) => (key === "locate" ? undefined : value));

test("the order of documents, and how they are spread over files, means nothing", async () => {
  const documents = [...contract.split(/^---\n/m), run("b"), run("a"), run("C"), run("Z")];
  const whole = plain((await load(contract, run("b"), run("a"), run("C"), run("Z"))).tree);
  expect(whole).toContain("wgs-NA12878");
  const order = fc.tuple(
    fc.shuffledSubarray(documents, { minLength: documents.length }),
    fc.array(fc.nat(documents.length), { maxLength: 3 }),
  );
  await fc.assert(
    fc.asyncProperty(order, async ([shuffled, cuts]) => {
      const ends = [...cuts, documents.length].sort((left, right) => left - right);
      const files = ends.map((end, index) => shuffled.slice(ends[index - 1] ?? 0, end).join("---\n"));
      expect(plain((await load(...files)).tree)).toBe(whole);
    }),
    { numRuns: 50 },
  );
});

const specKeys = ["project", "pipeline", "userReference", "activationCode", "outputFolder", "outputs", "dependsOn"];

test("a letter too few or two letters swapped still lead to the key", async () => {
  const typo = fc
    .constantFrom(...specKeys)
    .chain((key) =>
      fc
        .nat(key.length - 2)
        .chain((at) =>
          fc.constantFrom(
            { key, typed: key.slice(0, at) + key.slice(at + 1) },
            { key, typed: key.slice(0, at) + key[at + 1] + key[at] + key.slice(at + 2) },
          ),
        ),
    );
  await fc.assert(
    fc.asyncProperty(typo, async ({ key, typed }) => {
      fc.pre(!specKeys.includes(typed));
      const { diagnostics } = await load(STACK, run("x", `${typed}: null`));
      expect(diagnostics.find(({ code }) => code === "unknown-key")?.help).toBe(`did you mean \`${key}\`?`);
    }),
    { numRuns: 60 },
  );
});

test("values of custom input are what a JSON reader would have read", async () => {
  const key = fc.string({ minLength: 1 }).filter((text) => text !== "__proto__" && !text.includes("${"));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: "grapheme" }).filter((text) => !text.includes("${")),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, value, { noNullPrototype: true }), async (values) => {
      const document = { apiVersion: "icaform/v1", kind: "PipelineRun", metadata: { name: "x" } };
      const input = { json: { values } };
      for (const text of [JSON.stringify, stringify].map((write) =>
        write({ ...document, spec: { pipeline: "p", input } }),
      )) {
        const { tree, diagnostics } = await load(STACK, text);
        expect(diagnostics).toEqual([]);
        expect(tree?.runs[0]?.spec.input.json?.values).toEqual(values);
      }
    }),
    { numRuns: 150 },
  );
});

test("parameters go out as they are written", async () => {
  const written = fc.oneof(
    fc.stringMatching(/^[-+]?[0-9]{1,25}(\.[0-9]{1,25})?([eE][-+]?[0-9]{1,3})?$/),
    fc.stringMatching(/^(true|True|FALSE|\.inf|\.NaN|0x[0-9A-F]{1,20}|0o[0-7]{1,9}|[a-zA-Z][\w.]{0,9})$/),
  );
  await fc.assert(
    fc.asyncProperty(written, async (text) => {
      fc.pre(!/^null$/i.test(text));
      const { tree } = await load(STACK, run("x", `input: { form: { parameters: { p: ${text}, q: [${text}] } } }`));
      expect(tree?.runs[0]?.spec.input.form?.parameters).toEqual({ p: text, q: [text] });
    }),
    { numRuns: 150 },
  );
});
