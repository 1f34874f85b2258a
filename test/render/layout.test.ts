import { isDeepStrictEqual, stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/core/canonical.ts";
import { groupChanges } from "../../src/render/group.ts";
import { planHtml } from "../../src/render/html.ts";
import { leafChanges } from "../../src/render/leaf-changes.ts";
import { planMarkdown } from "../../src/render/markdown.ts";
import { planText } from "../../src/render/plan-text.ts";
import { statusText } from "../../src/render/status-text.ts";
import { itemDiff, wordDiff } from "../../src/render/word-diff.ts";
import { cellsOf, wrapped } from "../../src/render/wrap.ts";
import { change, cohortRun, planOf, SAMPLES } from "./samples.ts";

describe("groups", () => {
  const runs = [1, 2, 3, 4].map(cohortRun);

  it("hold what is alike, and name what differs by its path", () => {
    const [group, ...rest] = groupChanges(runs);
    expect(rest).toEqual([]);
    expect(group?.title).toBe("4 runs alike: pipeline dragen-germline-4-4, storage Large");
    expect(group?.differ).toEqual(["input.form.data.fastqs.files", "input.form.parameters.sample_id"]);
  });

  it("keep apart what a reviewer would not decide alike", () => {
    const [run = change()] = runs;
    const effect = { target: "/x", project: "p", type: "FILE", action: "OVERWRITE", files: 1, bytes: 1 } as const;
    const others = [
      { ...run, storage: "Small" },
      { ...run, pipeline: "other" },
      { ...run, project: "other" },
      { ...run, attempt: 2 },
      { ...run, effects: [effect] },
      { ...run, action: "wait" as const, reason: "waits for PipelineRun/x" },
    ];
    expect(groupChanges([run, ...others]).length).toBe(1 + others.length);
  });

  it("take a reason that names another run as the same reason", () => {
    const waits = ["a", "b"].map((name) => change({ action: "wait", reason: `waits for PipelineRun/${name}` }));
    expect(groupChanges(waits).length).toBe(1);
  });

  it("hold every change but no-ops exactly once, and none is lost from the text", () => {
    const one = fc.record({
      pipeline: fc.constantFrom("p", "q"),
      action: fc.constantFrom("create" as const, "wait" as const, "orphan" as const, "no-op" as const),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (given) => {
        const changes = given.map((more, index) => change({ ...more, address: `PipelineRun/r${index}` }));
        const held = groupChanges(changes).flatMap((group) => group.changes);
        expect(new Set(held)).toEqual(new Set(changes.filter((item) => item.action !== "no-op")));
        const text = planText(planOf(changes), [], undefined, { verbose: true });
        for (const item of held) expect(text).toMatch(new RegExp(`^. ${item.address}$`, "m"));
      }),
    );
  });

  it("keep what is each change's own, in every format that shows all of them", () => {
    const names = ["a", "b", "c", "d", "e"];
    const changes = names.map((name) =>
      change({
        address: `PipelineRun/${name}`,
        action: "rerun",
        fields: [
          { path: "input.form", before: { gone: `was-${name}`, same: 1 }, after: { same: 1 }, sensitive: false },
          { path: "tags.user", before: [`only-${name}`], sensitive: false },
          { path: "outputs", after: [{ target: `/to-${name}` }], sensitive: false },
        ],
      }),
    );
    const plan = planOf(changes);
    for (const text of [planMarkdown(plan), planHtml(plan), planText(plan, [], undefined, { verbose: true })]) {
      for (const name of names) {
        for (const value of [`was-${name}`, `only-${name}`, `/to-${name}`]) expect(text).toContain(value);
      }
    }
    expect(planText(plan)).toContain("they differ in input.form, tags.user, outputs[0].target");
  });

  it("are shown one by one when they are few", () => {
    expect(planText(planOf(runs.slice(0, 3)))).not.toContain("alike");
    expect(planText(planOf(runs))).toContain("4 runs alike");
  });
});

describe("what differs within a value", () => {
  const textOf = (before: unknown, after: unknown) =>
    planText(planOf([change({ action: "rerun", fields: [{ path: "input", before, after, sensitive: false }] })]), [])
      .split("\n")
      .filter((line) => line.startsWith("    input"))
      .map((line) => line.trim());

  it("is told leaf by leaf, by the names that people use", () => {
    const form = (files: string[], min: number, more = {}) => ({
      form: { data: [{ parameter: "fastqs", files }], parameters: { min, ...more } },
    });
    expect(textOf(form(["/a"], 1), form(["/b"], 1, { max: 2 }))).toEqual([
      "input.form.data.fastqs.files: [/a] → [/b]",
      "input.form.parameters.max: (not set) → 2",
    ]);
    expect(textOf(form(["/a"], 1, { max: 2 }), form(["/a"], 1))).toEqual([
      "input.form.parameters.max: 2 → (no longer set)",
    ]);
  });

  it("takes one more item at the front of a list as one difference", () => {
    const outputs = [{ source: "b" }, { source: "c" }];
    expect(textOf(outputs, [{ source: "a" }, ...outputs])).toEqual(["input[0].source: (not set) → a"]);
    expect(textOf(outputs, [{ source: "b" }, { source: "d" }])).toEqual(["input[1].source: c → d"]);
  });

  it("shows of long texts inside it the words, of long lists the items", () => {
    const words = (word: string) => ({ custom: { text: `${"same ".repeat(20)}${word}${" same".repeat(20)}` } });
    expect(textOf(words("old"), words("new")).join()).toMatch(/^input\.custom\.text: ….*\[-old-\]\{\+new\+\}.*…$/);
    const files = Array.from({ length: 40 }, (_, index) => `/fastq/file-${index}`);
    expect(textOf({ files }, { files: [...files, "/fastq/one-more"] })).toEqual([
      "input.files: … 39 the same …, /fastq/file-39, {+/fastq/one-more+}",
    ]);
  });

  it("is never empty when something differs, and nothing when nothing does", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (before, after) => {
        const isSame = leafChanges("x", before, after).length === 0;
        if (isDeepStrictEqual(before, after)) expect(isSame).toBe(true);
        expect(leafChanges("x", before, before)).toEqual([]);
        for (const leaf of leafChanges("x", before, after)) {
          expect("before" in leaf || "after" in leaf).toBe(true);
          if ("before" in leaf && "after" in leaf) expect(leaf.before).not.toEqual(leaf.after);
        }
        if (isSame) expect(canonicalJson(before)).toBe(canonicalJson(after));
      }),
    );
  });
});

describe("long strings", () => {
  const words = Array.from({ length: 30 }, (_, index) => `word${index}`).join(" ");

  it("show the words that differ", () => {
    const parts = wordDiff(words, words.replace("word15", "other"));
    expect(parts?.filter((part) => part.kind !== "same")).toEqual([
      { kind: "removed", text: "word15" },
      { kind: "added", text: "other" },
    ]);
    expect(parts?.map((part) => part.text).join("").length).toBeLessThan(words.length);
  });

  it("are shown whole when they are short or have nothing in common", () => {
    expect(wordDiff("a b", "a c")).toBe(undefined);
    expect(wordDiff("x".repeat(80), "y".repeat(80))).toBe(undefined);
    expect(wordDiff(words, 3)).toBe(undefined);
  });
});

describe("line breaks and tabs", () => {
  const shown = (before: unknown, after: unknown) =>
    (wordDiff(before, after) ?? itemDiff(before, after))?.map(({ kind, text }) => `${kind} ${text}`);

  it("are shown where they are all that differs, in short strings too", () => {
    expect(shown("a: 1\nb: 2", "a: 1 b: 2")).toEqual(["same a: 1", "removed ⏎", "added  ", "same b: 2"]);
    expect(shown("a\tb", "a b")).toEqual(["same a", "removed →", "added  ", "same b"]);
    expect(shown("a\r\nb\r\n", "a\nb\n")).toEqual(["same a", "removed ␍", "same ⏎b", "removed ␍", "same ⏎"]);
    expect(shown("a", "a\n")).toEqual(["same a", "added ⏎"]);
    expect(shown("\n", "\t")).toEqual(["removed ⏎", "added →"]);
  });

  it("are shown in long strings beside the words that differ", () => {
    const text = (end: string) => `${"reads: 1\n".repeat(10)}depth: ${end}`;
    expect(shown(text("1\n"), text("2"))).toEqual(["same …eads: 1⏎reads: 1⏎depth: ", "removed 1⏎", "added 2"]);
  });

  it("are shown in the items of a list", () => {
    expect(shown(["a\nb", "c"], ["a b", "c"])).toEqual(["removed a⏎b, ", "added a b, ", "same c"]);
  });

  it("leave short strings whole whose words differ, and lists whose items differ behind the cut", () => {
    expect(shown("a\nb", "a\nc")).toBe(undefined);
    const long = (end: string) => ["x".repeat(300) + end];
    expect(shown(long("a"), long("b"))).toBe(undefined);
  });
});

/** One word of a painted line, wider than any terminal. */
const WIDE = `\u001b[31m${"長い".repeat(70)}\u001b[39m`;

describe("widths", () => {
  it("are respected by prose in any script, and nothing is lost", () => {
    const text = fc.array(
      fc.constantFrom("run", "実行する", "é", "👩‍🔬", "longer-word", "\u001b[31mred\u001b[39m", WIDE),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 40, max: 100 }), (given, columns) => {
        const line = `    ${given.join(" ")}`;
        const shown = wrapped(line, columns);
        for (const part of shown.split("\n")) expect(cellsOf(part)).toBeLessThanOrEqual(columns);
        expect(shown.replace(/\s+/g, "")).toBe(line.replace(/\s+/g, ""));
      }),
    );
  });

  it("are respected by a plan in colour as by one without", () => {
    const paint = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[39m`;
    const style = {
      bold: paint(1),
      dim: paint(2),
      red: paint(31),
      green: paint(32),
      yellow: paint(33),
      cyan: paint(36),
    };
    const value = "実行する".repeat(30);
    const field = { path: "input.x", before: `${value}前`, after: `${value}後`, sensitive: false };
    const plan = planOf([change({ address: "PipelineRun/実行", action: "rerun", fields: [field] })]);
    const painted = planText(plan, [], style, { columns: 60 });
    const widest = (text: string) => Math.max(...text.split("\n").map((line) => cellsOf(line)));
    expect(widest(painted.replace(plan.digest, ""))).toBeLessThanOrEqual(60);
    expect(stripVTControlCharacters(painted)).toBe(planText(plan, [], undefined, { columns: 60 }));
  });

  it("never break what is there to be copied", () => {
    const { plan } = SAMPLES["rerun-nested"] ?? { plan: planOf([]) };
    const text = planText(plan, [], undefined, { columns: 40 });
    expect(text).toContain(plan.digest);
    expect(Math.max(...text.split("\n").map((line) => cellsOf(line)))).toBe(plan.digest.length + 6);
  });

  it("count wide characters as two cells in columns", () => {
    const row = { outcome: "done", action: "no-op", reason: "as declared", status: "SUCCEEDED" } as const;
    const results = [
      { ...row, address: "PipelineRun/実行", attempt: 1 },
      { ...row, address: "PipelineRun/four", attempt: 1 },
    ];
    const lines = statusText({ stack: "s", results }, 0)
      .split("\n")
      .filter((line) => line.includes("attempt"));
    const ends = lines.map((line) => cellsOf(stripVTControlCharacters(line.slice(0, line.indexOf("attempt")))));
    expect(new Set(ends).size).toBe(1);
  });
});
