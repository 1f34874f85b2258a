import type { StatusHtmlView } from "../../src/render/status-html.ts";

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

/** A week of a lab: done, failed, at work, queued, waiting. */
export const REPORT: StatusHtmlView = {
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

export const NOW = Date.parse(at("12:00:00"));
