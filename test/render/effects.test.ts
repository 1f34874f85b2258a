/** What becomes of files that are there: counted once, told first, never left out. */
import { describe, expect, it } from "vitest";
import type { Effect } from "../../src/core/plan.ts";
import { attentionOf } from "../../src/render/attention.ts";
import { effectLines } from "../../src/render/effect-lines.ts";
import { planHtml } from "../../src/render/html.ts";
import { planMarkdown } from "../../src/render/markdown.ts";
import { planText } from "../../src/render/plan-text.ts";
import { change, planOf } from "./samples.ts";

function effect(more: Partial<Effect> = {}): Effect {
  return { target: "/out/", project: "p", type: "FOLDER", action: "OVERWRITE", files: 3, bytes: 1000, ...more };
}

const writing = (name: string, ...effects: Effect[]) => change({ address: `PipelineRun/${name}`, effects });

describe("files that would be overwritten", () => {
  const runs = ["a", "b", "c", "d"].map((name) => writing(name, effect()));

  it("count once, however many runs write to their folder", () => {
    const plan = planOf([...runs, writing("e", effect({ target: "/other/", files: 2 }))]);
    expect(attentionOf(plan, [])).toEqual([{ text: "5 files (2 kB) may be overwritten", level: "danger" }]);
    expect(effectLines(runs)).toEqual([
      {
        text: "writes p:/out/ (Overwrite): 3 files (1 kB) will be overwritten where names are the same",
        level: "danger",
      },
    ]);
  });

  it("count for each project, target and type", () => {
    const others = [effect({ project: "q" }), effect({ target: "/out" }), effect({ type: "FILE", files: 1 })];
    const [remark] = attentionOf(planOf([writing("a", effect(), ...others)]), []);
    expect(remark?.text).toBe("10 files (4 kB) may be overwritten");
  });

  it("stand before what is kept", () => {
    const kept = [effect({ target: "/kept/", action: "RENAME" }), effect({ target: "/new/", files: 0, bytes: 0 })];
    const lines = effectLines([writing("a", ...kept, effect())]);
    expect(lines.map(({ level }) => level)).toEqual(["danger", "plain", "plain"]);
    const plan = planOf([writing("a", ...kept, effect())]);
    for (const text of [planText(plan), planMarkdown(plan), planHtml(plan)]) {
      expect(text.indexOf("/out/")).toBeLessThan(text.indexOf("/kept/"));
    }
  });

  it("are marked on a page by what they are, not by words that a name may hold", () => {
    const page = planHtml(planOf([writing("a", effect({ target: "/will be overwritten/", action: "SKIP" }))]));
    expect(page).not.toContain('class="danger"');
    expect(planHtml(planOf([writing("a", effect())]))).toContain('class="danger"');
  });
});
