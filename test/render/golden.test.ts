import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { planHtml } from "../../src/render/html.ts";
import { planMarkdown } from "../../src/render/markdown.ts";
import { planJson } from "../../src/render/plan-json.ts";
import { planText } from "../../src/render/plan-text.ts";
import { expectGolden, expectGoldenPage } from "./golden.ts";
import { MANY, SAMPLES, type Sample } from "./samples.ts";

const FORMATS: Record<string, (sample: Sample) => string> = {
  txt: ({ plan, refusals }) => planText(plan, refusals),
  md: ({ plan, refusals }) => planMarkdown(plan, refusals),
  html: ({ plan, refusals }) => planHtml(plan, refusals),
  json: ({ plan, refusals }) => planJson(plan, refusals),
};

describe.each(Object.entries(SAMPLES))("the plan of %s", (name, sample) => {
  it.each(Object.entries(FORMATS))("reads as its golden file in %s", (extension, render) => {
    const expectSame = extension === "html" && name !== "96-alike" ? expectGoldenPage : expectGolden;
    expectSame(`${name}.${extension}`, render(sample));
  });
});

describe("a plan of 5,000 changes", () => {
  it("fits into a comment, with its head, its command and what is left out", () => {
    const text = planMarkdown(MANY.plan);
    expectGolden("5000-changes.md", text);
    expect(text.length).toBeLessThanOrEqual(65_000);
    expect(text.length).toBeGreaterThan(50_000);
    expect(text).toMatch(/^<!-- icaform:plan stack=cohort-7 -->\n/);
    expect(text).toContain("5000 to create");
    expect(text).toMatch(/… [\d,]+ groups left out/);
    expect(text).toContain(`icaform apply --expect ${MANY.plan.digest}\n`);
    expect(text.split("<details").length).toBe(text.split("</details>").length);
  });

  // Megabytes each: kept are the size, the sum of all bytes, and how they begin.
  it.each(["txt", "html", "json"])("reads as its golden beginning and sum in %s", (extension) => {
    const text = FORMATS[extension]?.(MANY) ?? "";
    const sum = createHash("sha256").update(text).digest("hex");
    const body = text.slice(Math.max(0, text.indexOf("<body")));
    expectGolden(
      `5000-changes.${extension}.sum`,
      `${text.length} characters, sha256 ${sum}\n\n${body.slice(0, 4000)}\n`,
    );
  });

  it("is rendered in seconds", () => {
    const started = performance.now();
    planText(MANY.plan);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
