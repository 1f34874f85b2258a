import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Comparison, DeclaredChange } from "../../src/core/compare.ts";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import type { FieldChange } from "../../src/core/plan.ts";
import { againstJson, againstText } from "../../src/render/against.ts";
import { groupAlike } from "../../src/render/against-groups.ts";
import { againstMarkdown } from "../../src/render/against-markdown.ts";

function changed(name: string, ...fields: [path: string, before: unknown, after: unknown][]): DeclaredChange {
  const both = fields.map(([path, before, after]): FieldChange => ({ path, before, after, sensitive: false }));
  return { address: `PipelineRun/${name}`, action: "changed", fields: both, patch: [] };
}

function added(name: string, declared: Record<string, unknown>): DeclaredChange {
  const fields = Object.entries(declared).map(([path, after]): FieldChange => ({ path, after, sensitive: false }));
  return { address: `PipelineRun/${name}`, action: "added", fields, patch: [] };
}

function comparison(changes: DeclaredChange[], diagnostics: Diagnostic[] = []): Comparison {
  const count = (action: DeclaredChange["action"]) => changes.filter((change) => change.action === action).length;
  const summary = { added: count("added"), changed: count("changed"), removed: count("removed"), unchanged: 0 };
  const against = { ref: "main", commit: "0123456789".repeat(4) };
  return { formatVersion: "1.0", stack: "lab", against, summary, changes, diagnostics };
}

const ROWS = Array.from({ length: 96 }, (_, index) => `r${index}`);
const byRow = (name: string, storage = "Large") =>
  changed(name, ["storage", "Small", storage], ["input", { depth: `1${name}` }, { depth: `2${name}` }]);

/** The blocks between head and last line. */
const blocksOf = (changes: DeclaredChange[]) => againstText(comparison(changes)).split("\n\n").slice(1, -1);

describe("changes that are alike", () => {
  it("to the letter are one block with the first few addresses", () => {
    expect(blocksOf(ROWS.map((name) => changed(name, ["storage", "Small", "Large"])))).toEqual([
      `~ ${[0, 1, 2, 3, 4, 5].map((row) => `PipelineRun/r${row}`).join(", ")} and 90 more\n` +
        "    - storage: Small\n    + storage: Large",
    ]);
  });

  it("but for values that go by rows are one block with one of them", () => {
    const names = [1, 2, 3, 4, 5, 6].map((row) => `PipelineRun/r${row}`).join(", ");
    const changes = ROWS.map((name) => byRow(name));
    expect(blocksOf(changes)).toEqual([
      "~ PipelineRun/r0\n    - storage: Small\n    + storage: Large\n    - input.depth: 1r0\n    + input.depth: 2r0\n" +
        `    95 more likewise, with their own input.depth: ${names} and 89 more; --verbose shows each`,
    ]);
    const markdown = againstMarkdown(comparison(changes));
    expect(markdown.match(/<details>/g)).toHaveLength(1);
    expect(markdown).toContain("<code>PipelineRun/r0</code> and 95 more likewise</summary>");
    expect(markdown).toContain("95 more likewise, with their own input.depth: <code>PipelineRun/r1</code>, ");
    const verbose = againstText(comparison(changes), undefined, { verbose: true });
    for (const name of ROWS) expect(verbose).toContain(`+ input.depth: 2${name}\n`);
    expect(JSON.parse(againstJson(comparison(changes)))).toEqual(comparison(changes));
  });

  it("leave out none that is unlike the rest, and tell values that are few", () => {
    const blocks = blocksOf(ROWS.map((name) => byRow(name, name === "r50" ? "XLarge" : "Large")));
    expect(blocks).toHaveLength(2);
    expect(blocks[0]).toContain("    94 more likewise, with their own input.depth: ");
    expect(blocks[1]).toContain("~ PipelineRun/r50\n    - storage: Small\n    + storage: XLarge\n");
    const halves = blocksOf(ROWS.map((name, index) => byRow(name, index % 2 === 0 ? "Large" : "Medium")));
    expect(halves).toHaveLength(1);
    expect(halves[0]).toContain("with their own input.depth, storage (Small → Large or Small → Medium): ");
  });

  it("are told one by one when they are few, and apart from others with other paths", () => {
    expect(blocksOf(ROWS.slice(0, 3).map((name) => byRow(name)))).toHaveLength(3);
    const more = ROWS.map((name, index) => changed(name, [index % 2 === 0 ? "storage" : "outputFolder", "a", name]));
    expect(blocksOf(more)).toHaveLength(2);
  });

  it("hold every change exactly once, in their order, and tell of each path what it was and is", () => {
    const one = fc.record({ a: fc.integer({ max: 2 }), b: fc.constantFrom("x", "y"), isNew: fc.boolean() });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (given) => {
        const changes = given.map(({ a, b, isNew }, index) =>
          isNew ? added(`r${index}`, { input: { a, b } }) : changed(`r${index}`, ["input", { a: -1 }, { a, b }]),
        );
        const groups = groupAlike(changes);
        expect(new Set(groups.flatMap(({ members }) => members))).toEqual(new Set(changes));
        expect(groups.reduce((sum, { members }) => sum + members.length, 0)).toBe(changes.length);
        for (const { members, own } of groups) {
          const open = new Set(own.map(({ path }) => path));
          for (const key of ["a", "b"] as const) {
            const values = new Set(members.map(({ fields }) => Reflect.get(fields[0]?.after as object, key)));
            if (!open.has(`input.${key}`)) expect(values.size).toBe(1);
          }
        }
      }),
    );
  });
});

describe("what is added or removed as a whole", () => {
  const rerun = { onChange: true, onFailure: 0, onUpstream: false, ignoreChanges: [] };

  it("is told without the defaults of rerun, which stay in JSON", () => {
    const changes = [
      added("a", { pipeline: "nf", rerun }),
      added("b", { pipeline: "nf", rerun: { ...rerun, onFailure: 2 } }),
    ];
    for (const text of [againstText(comparison(changes)), againstMarkdown(comparison(changes))]) {
      expect(text.match(/rerun.*/g)).toEqual(["rerun.onFailure: 2"]);
    }
    expect(againstJson(comparison(changes))).toContain('"ignoreChanges": []');
  });

  it("is told with what a change makes of them", () => {
    const text = againstText(comparison([changed("a", ["rerun", { ...rerun, onFailure: 2 }, rerun])]));
    expect(text).toContain("    - rerun.onFailure: 2\n    + rerun.onFailure: 0\n");
  });
});

describe("the comment for a pull request", () => {
  const warning = (message: string): Diagnostic => ({
    severity: "warning",
    code: "stack-renamed",
    message,
    help: "keep `it`",
    file: "t.yaml",
    line: 3,
    column: 1,
  });

  it("has the warnings, by their code and place, with what to do", () => {
    const markdown = againstMarkdown(comparison([], [warning("all @of it </details>")]));
    expect(markdown).toContain(
      "#### Warnings\n\n- **warning** <code>stack-renamed</code> at <code>t.yaml&#58;3&#58;1</code>: all ",
    );
    expect(markdown).toContain(" · **help:** keep &#96;it&#96;");
    expect(markdown).not.toContain("</details>");
  });

  it("cuts a long line, and says so", () => {
    const markdown = againstMarkdown(comparison([added("a", { input: { files: ROWS.map((row) => row.repeat(9)) } })]));
    const lines = markdown.split("\n").filter((line) => line.startsWith("+ input"));
    expect(lines).toEqual([expect.stringMatching(/^.{500}…$/)]);
  });

  it("keeps beginning and end of what is too long, whole, and says what is left out between them", () => {
    const changes = ROWS.map((name, index) => changed(name, [`input.p${index}`, "a", "b".repeat(index)]));
    const all = comparison(changes, [warning("the last word")]);
    const whole = againstMarkdown(all);
    expect(whole).not.toContain("left out");
    for (const limit of [1500, 4000, whole.length - 1]) {
      const markdown = againstMarkdown(all, { limit });
      expect(markdown.length).toBeLessThanOrEqual(limit);
      expect(markdown).toMatch(/^<!-- icaform:against stack=lab -->\n/);
      expect(markdown).toContain("PipelineRun/r0<");
      expect(markdown).toContain("the last word");
      const [, left] = /\*\*… (\d+) changes? left out: too long for a comment\./.exec(markdown) ?? [];
      const shown = markdown.match(/<summary>/g) ?? [];
      expect(Number(left) + shown.length).toBe(ROWS.length);
      expect(markdown.match(/<\/details>/g)).toHaveLength(shown.length);
    }
    expect(againstMarkdown(all, { limit: whole.length })).toBe(whole);
  });
});
