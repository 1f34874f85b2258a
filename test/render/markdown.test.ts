import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fenced, inert, inertCode } from "../../src/render/inert.ts";
import { planMarkdown } from "../../src/render/markdown.ts";
import { safe } from "../../src/render/safe.ts";
import { change, cohortRun, HOSTILE, planOf, SAMPLES } from "./samples.ts";

/** What a reader of the rendered page sees. */
function decoded(markdown: string): string {
  return markdown.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

/** Text that is likelier to hurt than letters are. */
const nasty = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.string({ unit: fc.constantFrom(..."abcf0189GHgh-_ .@#:/w"), maxLength: 60 }),
  fc.array(fc.constantFrom(...HOSTILE.split(" "), ...HOSTILE), { maxLength: 40 }).map((parts) => parts.join("")),
);

/** The comment without its fenced blocks, which show their content as it is; throws when one is not closed. */
function outsideFences(markdown: string): string[] {
  const outside: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split("\n")) {
    const ticks = /^(`{3,})([a-z]*)$/.exec(line);
    if (fence === undefined && ticks !== null) fence = ticks[1];
    else if (fence !== undefined && /^`+$/.test(line) && line.length >= fence.length) fence = undefined;
    else if (fence === undefined) outside.push(line);
  }
  expect(fence).toBe(undefined);
  return outside;
}

describe("text from elsewhere in Markdown", () => {
  it("holds nothing that Markdown or HTML reads, on one line", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const shown = inert(text);
        expect(shown.replace(/&#\d+;/g, "")).toMatch(/^[A-Za-z0-9 ,./\-\u0080-\uffff]*$/);
        expect(shown).not.toMatch(/[\r\n]/);
      }),
    );
  });

  it("notifies nobody and links nothing once it is rendered", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(decoded(inert(text))).not.toMatch(
          /[@#!]\w|:\/\/|www\.|(?<![a-z0-9])(gh-\d|[0-9a-f]{7,40}(?![a-z0-9]))/i,
        );
      }),
    );
  });

  it("reads as it was", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const seen = decoded(inert(text)).replaceAll("\u200b", "");
        const meant = safe(text).trim();
        if (meant.length <= 300) expect(seen).toBe(meant);
      }),
    );
    expect(inertCode("a_b")).toBe("<code>a&#95;b</code>");
  });

  it("is copied out of code as it is, and is no link there either", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const source = inertCode(text).slice("<code>".length, -"</code>".length);
        const meant = safe(text).trim();
        if (meant.length <= 300) expect(decoded(source)).toBe(meant);
        expect(source).not.toContain("\u200b");
        expect(source).not.toMatch(/@|:|www\./i);
      }),
    );
  });

  it("cannot close its fence", () => {
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 5 }), (lines) => {
        expect(outsideFences(fenced("diff", lines))).toEqual([]);
      }),
    );
  });
});

describe("a plan as a comment", () => {
  it("has the same structure, whatever its names and values are", () => {
    const plain = outsideFences(planMarkdown(planOf([made("x")], [warned("x")]), ["x"]));
    fc.assert(
      fc.property(nasty, (text) => {
        const lines = outsideFences(planMarkdown(planOf([made(text)], [warned(text)]), [text]));
        expect(lines.length).toBe(plain.length);
        const tags = (all: readonly string[]) => all.join("\n").match(/<[^>]*>/g);
        expect(tags(lines)).toEqual(tags(plain));
      }),
      { numRuns: 60 },
    );
  });

  it("has one marker, of its own stack", () => {
    const { plan, refusals } = SAMPLES.hostile ?? { plan: planOf([]), refusals: [] };
    const outside = outsideFences(planMarkdown(plan, refusals)).join("\n");
    expect(outside.match(/<!--.*?-->/g)).toEqual(["<!-- icaform:plan stack=cohort-7 -->"]);
  });

  it("folds groups before it leaves any out, and never leaves one open", () => {
    const plan = planOf([
      ...Array.from({ length: 30 }, (_, index) => cohortRun(index)),
      ...Array.from({ length: 30 }, (_, index) =>
        change({ address: `PipelineRun/x${index}`, pipeline: `p${index}`, endpoint: "analysis:nextflow" }),
      ),
    ]);
    const whole = planMarkdown(plan);
    const folded = planMarkdown(plan, [], { limit: whole.length - 1 });
    expect(folded).toContain("Some detail is left out");
    expect(folded).not.toContain("groups left out");
    for (let limit = 2500; limit < whole.length; limit += 700) {
      const text = planMarkdown(plan, [], { limit });
      expect(text.length).toBeLessThanOrEqual(limit);
      expect(text.split("<details").length).toBe(text.split("</details>").length);
      expect(text).toContain("icaform apply --expect sha256:");
      outsideFences(text);
    }
  });

  it("leaves out last what overwrites or aborts, wherever it stands, and says what is left out", () => {
    const effect = { target: "/o/", project: "p", type: "FILE", action: "OVERWRITE", files: 1, bytes: 1 } as const;
    const lone = (name: string, more = {}) =>
      change({ address: `PipelineRun/${name}`, pipeline: name, endpoint: "analysis:nextflow", ...more });
    const many = Array.from({ length: 300 }, (_, index) => lone(`r${index}`));
    const runs = [...many.slice(0, 150), lone("over", { effects: [effect] }), ...many.slice(150)];
    const aborts = [lone("stopped", { action: "abort" }), lone("waits", { action: "wait" })];
    const plan = planOf([...runs, ...aborts], [warned("w"), warned("w2")]);
    for (let limit = 1800; limit < 20_000; limit += 490) {
      const text = planMarkdown(plan, ["no"], { limit });
      expect(text.length).toBeLessThanOrEqual(limit);
      expect(text).toContain("<code>PipelineRun/over</code></summary>");
      expect(text).toContain("<code>PipelineRun/stopped</code></summary>");
      expect(text).toMatch(/\*\*writes p&#58;\/o\/ .* will be overwritten\*\*/);
      const [, groups = "0", warnings = "0"] = /… (\d+) groups?(?: and (\d) warnings?)? left out: too/.exec(text) ?? [];
      expect(text.match(/<details/g)).toHaveLength(303 - Number(groups));
      expect(text.match(/^- \*\*warning/gm) ?? []).toHaveLength(2 - Number(warnings));
      expect(text.match(/^#### Warnings$/gm) ?? []).toHaveLength(Number(warnings) < 2 ? 1 : 0);
      expect(text.match(/^> \*\*Refused/gm)).toHaveLength(1);
      outsideFences(text);
    }
  });

  it("shows as many as possible of too many that overwrite, in brief, and counts the rest", () => {
    const effects = Array.from({ length: 2000 }, (_, index) => {
      return { target: `/o${index}/`, project: "p", type: "FOLDER", action: "OVERWRITE", files: 1, bytes: 1 } as const;
    });
    const plan = planOf(
      Array.from({ length: 500 }, (_, index) =>
        change({
          address: `PipelineRun/r${index}`,
          pipeline: `p${index}`,
          effects: index === 0 ? effects : effects.slice(0, 1),
        }),
      ),
    );
    const text = planMarkdown(plan);
    expect(text.length).toBeLessThanOrEqual(65_000);
    const shown = text.match(/<details open>/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(150);
    expect(text).toContain(`… ${500 - shown} groups left out, of which ${500 - shown} overwrite or abort: too long`);
    expect(text).toContain("**writes to 2000 targets, such as p&#58;/o0/ &#40;Overwrite&#41;&#58; 2000 files");
  });

  it("offers no command for what is refused or nothing", () => {
    for (const name of ["nothing-to-do", "refused"]) {
      const { plan, refusals } = SAMPLES[name] ?? { plan: planOf([change()]), refusals: [] };
      expect(planMarkdown(plan, refusals)).not.toContain("icaform apply");
    }
  });

  it("opens what overwrites or aborts", () => {
    const { plan } = SAMPLES["rerun-nested"] ?? { plan: planOf([]) };
    expect(planMarkdown(plan)).toContain("<details open>");
  });
});

function made(text: string) {
  return change({
    address: `PipelineRun/${text}`,
    action: "rerun",
    reason: text,
    project: text,
    reference: text,
    pipeline: text,
    endpoint: "analysis:nextflow",
    storage: text,
    fields: [{ path: "input", after: { key: text }, sensitive: false }],
    effects: [{ target: text, project: text, type: "FILE", action: "SKIP", files: 1, bytes: null }],
  });
}

function warned(text: string) {
  return { severity: "warning", code: "x", message: text, help: text, file: text, line: 1, column: 1 } as const;
}
