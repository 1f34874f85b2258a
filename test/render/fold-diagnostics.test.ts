import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { foldDiagnostics } from "../../src/render/fold-diagnostics.ts";
import { planHtml } from "../../src/render/html.ts";
import { planMarkdown } from "../../src/render/markdown.ts";
import { planJson } from "../../src/render/plan-json.ts";
import { planText } from "../../src/render/plan-text.ts";
import { change, planOf } from "./samples.ts";

const names = Array.from({ length: 600 }, (_, index) => `s-N${String(index + 1).padStart(3, "0")}`);
const changes = names.map((name) =>
  change({ address: `PipelineRun/${name}`, action: "rerun", reference: `ref-of-${name}` }),
);

function warnings(words: (name: string) => string, help?: (name: string) => string, count = 600): Diagnostic[] {
  return names.slice(0, count).map((name, index) => ({
    severity: "warning",
    code: "still-active",
    message: `PipelineRun/${name}: ${words(name)}`,
    ...(help === undefined ? {} : { help: help(name) }),
    file: "runs.yaml",
    line: index + 3,
    column: 5,
  }));
}

describe("warnings that say the same of many runs", () => {
  const words = "attempt 1 is still REQUESTED and goes on beside the new one";
  const once = `600 runs: ${words} (PipelineRun/s-N001, s-N002, … s-N600)`;
  const plan = planOf(
    changes,
    warnings(() => words),
  );

  it("are said once, at the first one's place, in what people read", () => {
    const text = planText(plan);
    expect(text).toContain(`\nruns.yaml:3:5: warning: ${once} [still-active]\n`);
    expect(text.match(/still REQUESTED/g)).toHaveLength(1);
    expect(planMarkdown(plan).match(/still REQUESTED/g)).toHaveLength(1);
    expect(planHtml(plan)).toContain(`runs.yaml:3:5</code>: ${once} `);
  });

  it("are all there where each change is asked for, and for programs", () => {
    const verbose = planText(plan, [], undefined, { verbose: true });
    expect(verbose.match(/still REQUESTED/g)).toHaveLength(600);
    expect(JSON.parse(planJson(plan)).diagnostics).toHaveLength(600);
  });

  it("are the same but for the run's own reference and name", () => {
    const said = (name: string) => `attempt 1 ended FAILED (ref-of-${name}); nothing is started again`;
    const help = (name: string) => `change the run, or apply --rerun ${name} for one more attempt`;
    const [folded, ...rest] = foldDiagnostics({ changes, diagnostics: warnings(said, help) });
    expect(rest).toEqual([]);
    expect(folded?.message).toMatch(/^600 runs: attempt 1 ended FAILED; nothing is started again \(/);
    expect(folded?.help).toBe("change the run, or apply --rerun NAME for one more attempt");
  });

  it("stay as they are where they are few, say something else, or are of no change", () => {
    const few = warnings(() => words, undefined, 3);
    const others = warnings((name) => `has its own word ${name}`, undefined, 10);
    const strange: Diagnostic[] = ["x: y", "PipelineRun/unknown: y", "no colon"].map((message) => {
      return { severity: "warning", code: "x", message };
    });
    const diagnostics = [...few, ...others, ...strange, ...strange, ...strange, ...strange];
    expect(foldDiagnostics({ changes, diagnostics })).toEqual(diagnostics);
  });
});
