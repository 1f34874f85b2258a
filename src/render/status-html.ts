import { createHash } from "node:crypto";
import { counted } from "./amounts.ts";
import { STYLE } from "./html-assets.ts";
import { html, htmlCode } from "./html-text.ts";
import type { StatusView } from "./status-text.ts";

export interface StatusHtmlView {
  stack: string;
  results: readonly (StatusView & {
    timeCreated?: string;
    phases?: readonly { name: string; status: string; start: string; end?: string }[];
  })[];
}

type Row = StatusHtmlView["results"][number];

interface Bar {
  name: string;
  from: number;
  to: number;
  look: "queued" | "active" | "done" | "failed" | "step";
}

const MAX_ROWS = 500;
const SIZE = { label: 260, chart: 900, row: 24 };
const LOOKS = `
.gantt rect { stroke: none; } .gantt .queued { fill: var(--line); } .gantt .active { fill: var(--wait); }
.gantt .done { fill: var(--create); } .gantt .failed { fill: var(--abort); } .gantt .step { fill: none; stroke: var(--back); stroke-width: 2; }
th, td { text-align: left; }
`;

/**
 * How far a stack is, as one page that works from disk: a table, and a Gantt chart of the runs' phases by ICA's own
 * times. Nothing is loaded and nothing is run: the page's policy allows its own style alone.
 *
 * @param now milliseconds since the epoch: the end of what goes on
 */
export function statusHtml(report: StatusHtmlView, now: number): string {
  const style = STYLE + LOOKS;
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `${[
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>icaform status: ${html(report.stack)}</title>`,
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    `<header><h1>Status of stack ${htmlCode(report.stack)}</h1><p>As of ${html(timeText(now))}.</p></header>`,
    "<main>",
    ganttHtml(report.results, now),
    tableHtml(report.results, now),
    "</main>",
    "</body>",
    "</html>",
  ].join("\n")}\n`;
}

function ganttHtml(results: readonly Row[], now: number): string {
  const rows = results.flatMap((row) => {
    const bars = barsOf(row, now);
    return bars.length === 0 ? [] : [{ row, bars }];
  });
  const head = '<section aria-labelledby="gantt"><h2 id="gantt">Phases</h2>';
  if (rows.length === 0) return `${head}<p>Nothing has been started yet.</p></section>`;
  const shown = rows.slice(0, MAX_ROWS);
  const times = shown.flatMap(({ bars }) => bars.flatMap(({ from, to }) => [from, to]));
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const last = times.reduce((most, time) => Math.max(most, time), first + 1_000);
  const x = (time: number) => Math.round(SIZE.label + ((time - first) / (last - first)) * SIZE.chart);
  const lines = shown.map(({ row, bars }, index) => {
    const y = index * SIZE.row + 4;
    const shapes = bars.map(({ name, from, to, look }) => {
      const title = `${row.address}, ${name}: ${timeText(from)} to ${timeText(to)}`;
      const width = Math.max(2, x(to) - x(from));
      return `<rect class="${look}" x="${x(from)}" y="${y}" width="${width}" height="16"><title>${html(title)}</title></rect>`;
    });
    const label = [...row.address.slice(row.address.indexOf("/") + 1)].slice(0, 34).join("");
    return `<text x="4" y="${y + 12}">${html(label)}</text>${shapes.join("")}`;
  });
  const height = shown.length * SIZE.row + 8;
  const width = SIZE.label + SIZE.chart + 8;
  const withSteps = rows.filter(({ row }) => row.phases !== undefined).length;
  const notes = [
    "Grey: from its creation to its start; then its work. Outlined: its steps. Hover a bar for its times.",
    rows.length > shown.length ? `${shown.length} of ${rows.length} runs are drawn.` : "",
    withSteps < rows.length
      ? `Steps are shown of ${withSteps} of ${counted(rows.length, "run")}; --steps N reads more.`
      : "",
  ];
  const label = `Phases of ${counted(shown.length, "run")} from ${timeText(first)} to ${timeText(last)}`;
  return (
    `${head}<p>${html(notes.filter((note) => note !== "").join(" "))}</p>` +
    `<div class="graph gantt" tabindex="0" role="region" aria-label="${html(label)}">` +
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${html(label)}</title>` +
    `${lines.join("")}</svg></div></section>`
  );
}

/** Queued until its start, then at work until its end; its steps above that. */
function barsOf(row: Row, now: number): Bar[] {
  const created = timeOf(row.timeCreated);
  if (created === undefined || row.attempt === undefined) return [];
  const start = timeOf(row.startDate);
  const end = timeOf(row.endDate) ?? now;
  const look = row.outcome === "done" ? "done" : row.outcome === "failed" ? "failed" : "active";
  const bars: Bar[] = [{ name: "queued", from: created, to: Math.max(created, start ?? end), look: "queued" }];
  if (start !== undefined) bars.push({ name: row.status ?? "at work", from: start, to: Math.max(start, end), look });
  for (const { name, status, start: begin, end: finish } of row.phases ?? []) {
    const from = timeOf(begin);
    if (from === undefined) continue;
    bars.push({ name: `step ${name} ${status}`, from, to: Math.max(from, timeOf(finish) ?? end), look: "step" });
  }
  return bars;
}

function tableHtml(results: readonly Row[], now: number): string {
  const heads = ["Status", "Run", "Attempt", "Created", "Started", "Ended", "What is to be known"];
  const rows = results.map((row) => {
    const isOver = row.endDate !== undefined || row.startDate === undefined;
    const cells = [
      row.status ?? (row.outcome === "skipped" ? "NOT STARTED" : "PRESENT"),
      row.address,
      row.attempt === undefined ? "" : String(row.attempt),
      row.timeCreated ?? "",
      row.startDate ?? "",
      row.endDate ?? (isOver ? "" : `goes on at ${timeText(now)}`),
      row.outdatedBy === undefined
        ? (row.summary ?? row.reference ?? row.reason)
        : `outdated: ${row.outdatedBy} ran again`,
    ];
    return `<tr>${cells.map((cell) => `<td>${html(cell)}</td>`).join("")}</tr>`;
  });
  const top = `<tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr>`;
  return `<section aria-labelledby="runs"><h2 id="runs">Runs</h2><div class="graph"><table>${top}${rows.join("\n")}</table></div></section>`;
}

function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(time) ? time : undefined;
}

function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}
