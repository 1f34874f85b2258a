/** What a reviewer sees of changes that are shown as one: what is changed in all, and that it is a change. */
import { describe, expect, it } from "vitest";
import type { Change, FieldChange } from "../../src/core/plan.ts";
import { groupChanges } from "../../src/render/group.ts";
import { planHtml } from "../../src/render/html.ts";
import { planMarkdown } from "../../src/render/markdown.ts";
import { planText } from "../../src/render/plan-text.ts";
import { change, cohortRun, planOf } from "./samples.ts";

const nameOf = (index: number) => `N${String(index).padStart(3, "0")}`;

function reruns(count: number, fieldsOf: (index: number) => FieldChange[], more: Partial<Change> = {}): Change[] {
  return Array.from({ length: count }, (_, index) =>
    change({
      address: `PipelineRun/s-${nameOf(index + 1)}`,
      action: "rerun",
      reason: "input changed since attempt 1",
      fields: fieldsOf(index + 1),
      ...more,
    }),
  );
}

const sampleId = (index: number): FieldChange => ({
  path: "input.form.parameters.sample_id",
  before: nameOf(index),
  after: `x-${nameOf(index)}`,
  sensitive: false,
});

/** Without the detail of each member, as a plan that is too long for a comment. */
function folded(changes: Change[]): string {
  const plan = planOf(changes);
  return planMarkdown(plan, [], { limit: planMarkdown(plan).length - 1 });
}

describe("what is changed in all of a group", () => {
  const words = (word: string) => `${"reads and more of them ".repeat(30)}${word}${" and so on".repeat(30)}`;
  const runs = reruns(40, () => [
    { path: "input.custom.text", before: words("old"), after: words("new"), sensitive: false },
    { path: "storage", before: "Small", after: "Large", sensitive: false },
  ]);

  it("is told with what it was, however long", () => {
    const text = planText(planOf(runs));
    expect(text).toMatch(/^ {4}input\.custom\.text: ….*\[-old-\]\{\+new\+\}.*…$/m);
    expect(text).toContain("    storage: Small → Large\n");
  });

  it("is a difference in Markdown and on a page", () => {
    for (const text of [planMarkdown(planOf(runs)), folded(runs)]) {
      expect(text).toMatch(
        /Changed in all:\n\n```diff\n- input\.custom\.text: .*\[-old-\].*\n\+ input\.custom\.text: .*\{\+new\+\}.*\n- storage: Small\n\+ storage: Large\n```/,
      );
    }
    expect(planHtml(planOf(runs))).toContain("<code>− Small</code></del><ins><code>+ Large</code></ins>");
  });

  it("is said not to be told, where ICA does not tell what it was", () => {
    const field = (index: number): FieldChange => ({
      path: "outputs",
      after: [{ source: "out/", target: `/out/${index}/` }],
      sensitive: false,
    });
    const all = reruns(4, (index) => [field(index)]);
    for (const text of [planMarkdown(planOf(all)), folded(all)]) {
      const [, block = "", own = ""] = text.split("```diff\n");
      const head = "! outputs: ICA does not tell what it was, it is now\n";
      expect(block).toMatch(`${head}+ outputs[0].source: out/\n\`\`\``);
      expect(own).toMatch(`${head}+ outputs[0].target: /out/1/\n\`\`\``);
    }
    const text = planText(planOf(all));
    expect(text).toContain(
      "    outputs: changed; ICA does not tell what it was, it is now\n      outputs[0].source: out/\n",
    );
    expect(text).toContain("    outputs[0].target: (ICA does not tell) → /out/1/ (PipelineRun/s-N001; each its own)\n");
  });
});

describe("what differs among changes that are alike", () => {
  it("has the first one's difference as an example", () => {
    const runs = reruns(4, (index) => [sampleId(index)]);
    expect(planText(planOf(runs))).toContain("    sample_id: N001 → x-N001 (PipelineRun/s-N001; each its own)\n");
    expect(folded(runs)).toContain(
      "For example <code>PipelineRun/s-N001</code>, each its own:\n\n```diff\n- input.form.parameters.sample_id: N001\n+ input.form.parameters.sample_id: x-N001\n```",
    );
  });

  it("needs no example where nothing was there before", () => {
    const text = planText(planOf([1, 2, 3, 4].map(cohortRun)));
    expect(text).not.toContain("each its own");
  });
});

describe("of many reruns the first 20 are read", () => {
  const unread = (index: number, callers: string): FieldChange => ({
    path: "input",
    after: { form: { parameters: { sample_id: `x-${nameOf(index)}`, callers } } },
    sensitive: false,
    unread: true,
  });
  const words =
    "of 580 what it was is not read (of many reruns only the first 20 are; --target ADDRESS or --against shows it)";

  it("and all are one group, which says so", () => {
    const runs = reruns(600, (index) => [index <= 20 ? sampleId(index) : unread(index, "snv")]);
    const groups = groupChanges(runs);
    expect(groups.map(({ changes, differ }) => [changes.length, differ])).toEqual([
      [600, ["input.form.parameters.sample_id"]],
    ]);
    const text = planText(planOf(runs));
    expect(text).toContain(`    input: changed; ${words}, it is now\n      input.form.parameters.callers: snv\n`);
    expect(text).toContain("    sample_id: N001 → x-N001 (PipelineRun/s-N001; each its own)\n");
    expect(folded(runs)).toContain(`! input: ${words}, it is now\n+ input.form.parameters.callers: snv\n`);
    expect(planHtml(planOf(runs))).toContain(`<li>${words}</li>`);
    const quality = { path: "input.form.parameters.min_quality", before: 1, after: 2, sensitive: false };
    const parameters = (index: number) => ({ sample_id: `x-${nameOf(index)}`, min_quality: 2 });
    const read = reruns(600, (index) =>
      index <= 20
        ? [sampleId(index), quality]
        : [{ ...unread(index, "snv"), after: { form: { parameters: parameters(index) } } }],
    );
    const where = "Changed in the 20 of which it was read what they were:";
    for (const shown of [planText(planOf(read)), folded(read), planHtml(planOf(read))]) {
      expect(shown).toContain(where);
      expect(shown).not.toContain("Changed in all");
    }
    for (const shown of [text, folded(runs), planHtml(planOf(runs))]) expect(shown).not.toContain("does not tell");
  });

  it("and what only others have is seen all the same", () => {
    const odd = reruns(600, (index) => [index <= 20 ? sampleId(index) : unread(index, index === 300 ? "cnv" : "snv")]);
    expect(groupChanges(odd)[0]?.differ).toEqual(["input.form.parameters.sample_id", "input.form.parameters.callers"]);
    const same = { path: "input.form.parameters.callers", before: "none", after: "cnv", sensitive: false };
    const unlike = reruns(600, (index) => (index <= 20 ? [sampleId(index), same] : [unread(index, "snv")]));
    expect(groupChanges(unlike)[0]?.differ).toEqual([
      "input.form.parameters.sample_id",
      "input.form.parameters.callers",
    ]);
  });

  it("and one by itself says that it is not", () => {
    const [run = change()] = reruns(1, () => [unread(1, "snv")]);
    const sentence =
      "what it was is not read (of many reruns only the first 20 are; --target ADDRESS or --against shows it)";
    expect(planText(planOf([run]))).toContain(`    input: changed; ${sentence}, it is now\n`);
    expect(planMarkdown(planOf([run]))).toContain(`! input: ${sentence}, it is now\n`);
    expect(planHtml(planOf([run]))).toContain(`<li>${sentence}</li>`);
  });
});

describe("a group in Markdown", () => {
  it("names nobody's analysis as if it were shared, and no reason twice", () => {
    const runs = reruns(5, (index) => [sampleId(index)], { reference: "ref-of-one", attempt: 2 });
    for (const text of [planMarkdown(planOf(runs)), folded(runs)]) {
      expect(text).not.toContain("ref-of-one");
      expect(text.match(/input changed since attempt 1/g)).toHaveLength(1);
    }
    expect(planMarkdown(planOf(runs.slice(0, 1)))).toContain("in ICA: <code>ref-of-one</code>");
    expect(
      planMarkdown(planOf([...runs.slice(1), { ...runs[0], reason: "waits for PipelineRun/q" } as Change])),
    ).toContain("waits for PipelineRun/q");
  });

  it("of one change does not repeat its name as a list", () => {
    const text = planMarkdown(planOf([cohortRun(1), ...reruns(200, (index) => [sampleId(index)])]), [], {
      limit: 9_000,
    });
    expect(text).toContain("<summary>&#43; <b>create</b> <code>PipelineRun/wgs-NA00001</code></summary>");
    expect(text).not.toContain("- <code>PipelineRun/wgs-NA00001</code>");
  });

  it("says once what all members would overwrite, and lists those that have nothing of their own", () => {
    const effect = { target: "/out/", project: "p", type: "FOLDER", action: "OVERWRITE", files: 3, bytes: 9 } as const;
    const field = { path: "storage", before: "Small", after: "Large", sensitive: false };
    const text = planMarkdown(planOf(reruns(4, () => [field], { effects: [effect] })));
    expect(text.match(/will be overwritten where/g)).toHaveLength(1);
    expect(text).toContain("\n- <code>PipelineRun/s-N001</code>\n- <code>PipelineRun/s-N002</code>\n");
  });

  it("says how much is left out of what is the same in all", () => {
    const parameters = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, "v"]));
    const after = { form: { parameters } };
    const runs = ["a", "b", "c", "d"].map((name) =>
      change({ address: `PipelineRun/${name}`, fields: [{ path: "input", after, sensitive: false }] }),
    );
    const text = planMarkdown(planOf(runs));
    expect(text).toContain("\ninput.form.parameters.p39: v\n… and 10 more\n```");
  });

  it("says how many effects are left out, but never leaves out what overwrites", () => {
    const effects = Array.from({ length: 100 }, (_, index) => ({
      target: `/out/${index}/`,
      project: `p${index}`,
      type: "FOLDER" as const,
      action: index % 2 === 0 ? ("OVERWRITE" as const) : ("SKIP" as const),
      files: 1,
      bytes: 1,
    }));
    for (const count of [1, 4]) {
      const names = ["a", "b", "c", "d"].slice(0, count);
      const text = planMarkdown(planOf(names.map((name) => change({ address: `PipelineRun/${name}`, effects }))));
      const [block = ""] = text.split(count === 1 ? "</details>" : "<code>PipelineRun/a</code>");
      expect(block.match(/will be overwritten where/g)).toHaveLength(50);
      expect(block.match(/kept, new ones dropped/g)).toHaveLength(40);
      expect(block).toContain("\n- … and 10 more\n");
    }
  });
});
