import { describe, expect, it } from "vitest";
import { planHtml } from "../../src/render/html.ts";
import { type StatusHtmlView, statusHtml } from "../../src/render/status-html.ts";
import { expectGolden } from "./golden.ts";
import { SAMPLES } from "./samples.ts";

type Row = StatusHtmlView["results"][number];

const at = (time: string) => `2026-03-02T${time}.250Z`;
const row = (name: string, more: Partial<Row>): Row => ({
  address: `PipelineRun/${name}`,
  action: "no-op",
  reason: "as declared",
  outcome: "done",
  attempt: 1,
  reference: `nf-custom-${name}`,
  timeCreated: at("08:00:00"),
  ...more,
});

const REPORT: StatusHtmlView = {
  stack: "week-2",
  results: [
    row("align-NA12878", {
      status: "SUCCEEDED",
      startDate: at("08:10:00"),
      endDate: at("11:00:00"),
      phases: [
        { name: "PrepareInput", status: "DONE", start: at("08:10:00"), end: at("08:30:00") },
        { name: "Run", status: "DONE", start: at("08:30:00"), end: at("11:00:00") },
      ],
    }),
    row("align-NA12879", {
      status: "FAILED",
      outcome: "failed",
      attempt: 2,
      startDate: at("08:05:00"),
      endDate: at("09:40:00"),
      summary: "<b>disk</b> full",
    }),
    row("call-NA12878", {
      status: "IN_PROGRESS",
      outcome: "unknown",
      timeCreated: at("11:02:00"),
      startDate: at("11:20:00"),
    }),
    row("call-NA12880", { status: "QUEUED", outcome: "unknown", timeCreated: at("11:30:00") }),
    {
      address: "PipelineRun/report",
      action: "wait",
      reason: "waits for PipelineRun/call-NA12878 (IN_PROGRESS)",
      outcome: "skipped",
    },
  ],
};

describe("the page of status", () => {
  it("reads as its golden file", () => {
    expectGolden("status.html", statusHtml(REPORT, Date.parse(at("12:00:00"))));
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
