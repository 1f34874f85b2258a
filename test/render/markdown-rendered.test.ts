import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";
import { planMarkdown } from "../../src/render/markdown.ts";
import { goldenFiles } from "./golden.ts";
import { change, HOSTILE, planOf } from "./samples.ts";

/** What a page that was rendered from Markdown holds as elements, but for those that every comment has. */
function elementsOf(markdown: string): string[] {
  const page = marked.parse(markdown, { async: false, gfm: true });
  return [...page.replace(/<!--.*?-->/g, "").matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, name = ""]) =>
    name.toLowerCase(),
  );
}

const EXPECTED = new Set(
  "h3 h4 p strong em code table thead tbody tr th td details summary b pre ul li blockquote".split(" "),
);

describe("a comment, rendered as GitHub does", () => {
  it.each(goldenFiles("md"))("$name holds what a plan is made of: no link, no image, no script", ({ text }) => {
    expect([...new Set(elementsOf(text))].filter((name) => !EXPECTED.has(name))).toEqual([]);
  });

  it("has the same elements whatever its names and values are", () => {
    const made = (text: string) =>
      planMarkdown(
        planOf(
          [
            change({
              address: `PipelineRun/${text}`,
              action: "rerun",
              reason: text,
              project: text,
              pipeline: text,
              endpoint: "analysis:nextflow",
              fields: [{ path: "input", after: { key: text }, sensitive: false }],
            }),
          ],
          [{ severity: "warning", code: "x", message: text, help: text, file: text, line: 1, column: 1 }],
        ),
        [text],
      );
    const plain = elementsOf(made("x"));
    const nasty = fc.array(fc.constantFrom(...HOSTILE.split(" "), ...HOSTILE), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(nasty, (parts) => {
        expect(elementsOf(made(`x${parts.join("")}`))).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });
});
