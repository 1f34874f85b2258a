import { describe, expect, it } from "vitest";
import { planHtml } from "../../src/render/html.ts";
import { statusHtml } from "../../src/render/status-html.ts";
import { expectGolden } from "./golden.ts";
import { SAMPLES } from "./samples.ts";
import { NOW, REPORT } from "./status-sample.ts";

describe("the page of status", () => {
  it("reads as its golden file", () => {
    expectGolden("status.html", statusHtml(REPORT, NOW));
  });

  it("has a place for runs when nothing was started", () => {
    const page = statusHtml({ stack: "s", results: REPORT.results.slice(4) }, 0);
    expect(page).toContain("Nothing has been started yet.");
    expect(page).not.toContain("<rect");
  });
});

describe("every page", () => {
  const pages: [string, string][] = [
    ["status", statusHtml(REPORT, 0)],
    ...Object.entries(SAMPLES).map(([name, { plan, refusals }]): [string, string] => [name, planHtml(plan, refusals)]),
  ];
  it.each(pages)("has a value for each colour that it uses: %s", (_name, text) => {
    const used = new Set([...text.matchAll(/var\((--[a-z]+)\)/g)].map(([, name = ""]) => name));
    expect(used.size).toBeGreaterThan(5);
    for (const name of used) expect(text).toContain(`${name}: `);
  });
});
