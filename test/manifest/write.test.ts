/** Imported runs as YAML: whatever ICA returned, the loader must read back the same, and nothing else. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImportedRun } from "../../src/core/imported.ts";
import type { PipelineRunSpec } from "../../src/core/spec.ts";
import { loadTree } from "../../src/manifest/load.ts";
import { compileTemplate, escapePlaceholders } from "../../src/manifest/template.ts";
import { schemaLine, writeRun, writeStack } from "../../src/manifest/write.ts";

const STACK = {
  name: "stack",
  text: "apiVersion: icaform/v1\nkind: Stack\nmetadata: { name: s }\nspec: { project: p }\n",
};

function imported(spec: Partial<PipelineRunSpec>, more: Partial<ImportedRun> = {}): ImportedRun {
  return {
    name: "r",
    analysis: {
      id: "47d84493-1768-480c-b394-6c7ea33077c8",
      reference: "nf-47d8",
      userReference: "r",
      status: "SUCCEEDED",
      timeCreated: "2026-10-01T00:00:00Z",
      timeModified: "2026-10-01T00:00:00Z",
      pipeline: { id: "p", code: "nf" },
      tags: { technicalTags: [], userTags: [], referenceTags: [] },
    },
    spec: { pipeline: "nf", input: { custom: { values: {} } }, ...spec },
    notes: [],
    ...more,
  };
}

async function readBack(text: string): Promise<PipelineRunSpec | undefined> {
  const { tree, diagnostics } = await loadTree({ paths: [], texts: [STACK, { name: "run", text }] });
  expect(diagnostics).toEqual([]);
  return tree?.runs[0]?.spec;
}

it("keys that look like placeholders come back as they are, with their remarks", async () => {
  const spec = { pipeline: "nf", input: { form: { parameters: { "${var.a}": "1", "$${b}": "2" } } } };
  const text = writeRun(
    imported(spec, { notes: [{ path: ["input", "form", "parameters", "${var.a}"], text: "unsure" }] }),
  );
  expect(await readBack(text)).toEqual(spec);
  expect(text).toMatch(/1.* # unsure$/m);
});

/** Strings that look like YAML, like placeholders, like nothing that a terminal should get. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom(
      "$",
      "{",
      "}",
      "var.a",
      "each.b",
      "\n",
      "\r",
      "\t",
      " ",
      "#",
      ": ",
      "- ",
      '"',
      "'",
      "|",
      "\\",
    ),
    minLength: 1,
    maxLength: 12,
  }),
  fc.constantFrom(
    "---",
    "...",
    "null",
    "~",
    "true",
    "0x1F",
    "1e3",
    "*a",
    "&a",
    "!!js x",
    "<<",
    "@x",
    "\u202etxt",
    "\u009b31m",
    "\ud800",
  ),
);

describe("an imported run", () => {
  it("is read back as it was, whatever its strings hold, and prints nothing that a terminal acts on", async () => {
    const spec = fc.record({
      pipeline: hostile,
      tags: fc.record({ user: fc.array(hostile, { maxLength: 3 }) }),
      input: fc.oneof(
        fc.record({ custom: fc.record({ text: hostile }) }),
        fc.record({
          form: fc.record({ parameters: fc.dictionary(fc.constantFrom("a", "b", "c d", "no", "1"), hostile) }),
        }),
        fc.record({
          formValues: fc.record({ fields: fc.array(fc.record({ id: hostile, values: fc.array(hostile) })) }),
        }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(spec, hostile, async (given, note) => {
        const notes = [
          { path: ["pipeline"], text: note },
          { path: ["input"], text: note },
          { path: ["tags", "user", 0], text: note },
          { path: ["input", "custom", "nowhere"], text: note },
        ];
        const text = writeRun(imported(given, { notes }));
        expect(await readBack(text)).toEqual(given);
        expect(text).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps a note on the line of its value or above it, and in one line", () => {
    const text = writeRun(
      imported(
        {
          input: { form: { data: [{ parameter: "reads", files: ["fil.1"] }] } },
          rerun: { ignoreChanges: ["outputs"] },
        },
        {
          notes: [
            { path: ["input", "form", "data", 0, "files", 0], text: "a.gz\nkind: Stack" },
            { path: ["rerun"], text: "ICA does not return outputs" },
            { path: ["pipeline"], text: "gone" },
          ],
        },
      ),
    );
    expect(
      text,
    ).toBe(`# analysis 47d84493-1768-480c-b394-6c7ea33077c8 of ICA, nf-47d8: SUCCEEDED, created 2026-10-01T00:00:00Z
apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: r }
spec:
  pipeline: nf # gone
  input:
    form:
      data:
        - parameter: reads
          files:
            - fil.1 # a.gz kind: Stack
  # ICA does not return outputs
  rerun:
    ignoreChanges: [ outputs ]
`);
  });
});

describe("a new stack", () => {
  it("is valid and starts nothing", async () => {
    const text = schemaLine("../my schemas/manifest.json") + writeStack("cohort-7", "${x} # y");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=../my%20schemas/manifest.json");
    const { tree } = await loadTree({ paths: [], texts: [{ name: "stack", text }] });
    expect(tree?.stack).toMatchObject({ name: "cohort-7", spec: { project: "${x} # y", policy: { maxCreates: 0 } } });
  });
});

describe("an escaped text", () => {
  it("stands for itself in every place", () => {
    const text = fc.string({ unit: fc.constantFrom("$", "{", "}", "a", "var.", "each.x", " "), maxLength: 12 });
    fc.assert(
      fc.property(text, fc.constantFrom(["tags"], ["spec", "input", "custom", "text"]), (given, path) => {
        const template = compileTemplate(escapePlaceholders(given, path), { variables: {} }, path);
        expect(template.mistakes).toEqual([]);
        expect(template.render([])).toBe(given);
      }),
      { numRuns: 2000 },
    );
  });
});
