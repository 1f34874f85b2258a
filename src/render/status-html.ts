import { counted } from "./amounts.ts";
import { pageHtml } from "./html-page.ts";
import { html } from "./html-text.ts";
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
  look: "queued" | "unknown" | "done" | "failed" | "step";
}

const MAX_ROWS = 500;
/** In pixels; as wide as the page. */
const SIZE = { label: 240, chart: 740, row: 24, axis: 28, margin: 8 };
const LOOKS = `
.gantt { margin-top: 0.5rem; } .gantt rect { stroke: none; fill: var(--tone); } .gantt .queued { fill: var(--line); stroke: var(--soft); }
.gantt .step { fill: none; stroke: var(--back); stroke-width: 2; } .gantt .soft { fill: var(--soft); }
.runs { font-size: 0.8125rem; } .runs th, .runs td { padding: 0.3rem 0.625rem; } .runs thead th { font-weight: 600; border-top: 0; }
.runs td:not(:last-child), .runs th { white-space: nowrap; } .runs td:last-child { min-width: 14rem; } .runs .badge { margin: 0; }
`;

/**
 * How far a stack is, as one page that works from disk: a table, and a Gantt chart of the runs' phases by ICA's own
 * times. Nothing is loaded and nothing is run: the page's policy allows its own style alone.
 *
 * @param now milliseconds since the epoch: the end of what goes on
 */
export function statusHtml(report: StatusHtmlView, now: number): string {
  return pageHtml({
    title: `icaform status: ${report.stack}`,
    skipTo: { id: "runs", words: "Skip to the runs" },
    style: LOOKS,
    body: [
      `<header><p class="kicker">icaform status · as of ${html(timeText(now))}</p><h1>${html(report.stack)}</h1></header>`,
      "<main>",
      ganttHtml(report.results, now),
      tableHtml(report.results),
      "</main>",
    ],
  });
}

function ganttHtml(results: readonly Row[], now: number): string {
  const rows = results.flatMap((row) => {
    const bars = barsOf(row, now);
    return bars.length === 0 ? [] : [{ row, bars }];
  });
  const head = '<section aria-labelledby="gantt"><h2 id="gantt">When they ran</h2>';
  if (rows.length === 0) return `${head}<p>Nothing has been started yet.</p></section>`;
  const shown = rows.slice(0, MAX_ROWS);
  const times = shown.flatMap(({ bars }) => bars.flatMap(({ from, to }) => [from, to]));
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const last = times.reduce((most, time) => Math.max(most, time), first + 1_000);
  const x = (time: number) => Math.round(SIZE.label + ((time - first) / (last - first)) * SIZE.chart);
  const lines = shown.map(({ row, bars }, index) => {
    const y = SIZE.axis + index * SIZE.row;
    const shapes = bars.map(({ name, from, to, look }) => {
      const title = `${row.address}, ${name}: ${timeText(from)} to ${timeText(to)}`;
      const width = Math.max(2, x(to) - x(from));
      return `<rect class="${look}" x="${x(from)}" y="${y}" width="${width}" height="16"><title>${html(title)}</title></rect>`;
    });
    const label = [...row.address.slice(row.address.indexOf("/") + 1)].slice(0, 32).join("");
    return `<text x="4" y="${y + 12}">${html(label)}</text>${shapes.join("")}`;
  });
  const height = SIZE.axis + shown.length * SIZE.row;
  const width = SIZE.label + SIZE.chart + SIZE.margin;
  const axis =
    `<text class="soft" x="${SIZE.label}" y="14">${html(timeText(first))}</text>` +
    `<text class="soft" x="${SIZE.label + SIZE.chart}" y="14" text-anchor="end">${html(timeText(last))}</text>`;
  const withSteps = rows.filter(({ row }) => row.phases !== undefined).length;
  const notes = [
    "Grey: waiting to start; then in colour: green has succeeded, red has not, blue goes on. Gaps part its steps. Hover a bar for its times.",
    rows.length > shown.length ? `${shown.length} of ${rows.length} runs are drawn.` : "",
    withSteps < rows.length
      ? `Steps are shown of ${withSteps} of ${counted(rows.length, "run")}; --steps N reads more.`
      : "",
  ];
  const label = `Phases of ${counted(shown.length, "run")} from ${timeText(first)} to ${timeText(last)}`;
  return (
    `${head}<p class="soft">${html(notes.filter((note) => note !== "").join(" "))}</p>` +
    `<div class="graph gantt" tabindex="0" role="region" aria-label="${html(label)}">` +
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${html(label)}</title>` +
    `${axis}${lines.join("")}</svg></div></section>`
  );
}

/** Queued until its start, then at work until its end; its steps above that. */
function barsOf(row: Row, now: number): Bar[] {
  const created = timeOf(row.timeCreated);
  if (created === undefined || row.attempt === undefined) return [];
  const start = timeOf(row.startDate);
  const end = timeOf(row.endDate) ?? now;
  const look = row.outcome === "done" ? "done" : row.outcome === "failed" ? "failed" : "unknown";
  const bars: Bar[] = [{ name: "queued", from: created, to: Math.max(created, start ?? end), look: "queued" }];
  if (start !== undefined) bars.push({ name: row.status ?? "at work", from: start, to: Math.max(start, end), look });
  for (const { name, status, start: begin, end: finish } of row.phases ?? []) {
    const from = timeOf(begin);
    if (from === undefined) continue;
    bars.push({ name: `step ${name} ${status}`, from, to: Math.max(from, timeOf(finish) ?? end), look: "step" });
  }
  return bars;
}

function tableHtml(results: readonly Row[]): string {
  const heads = ["Status", "Run", "Attempt", "Created (UTC)", "Started (UTC)", "Ended (UTC)", "Reference or reason"];
  const rows = results.map((row) => {
    const isOver = row.endDate !== undefined || row.startDate === undefined;
    const status = row.status ?? (row.outcome === "skipped" ? "NOT STARTED" : "PRESENT");
    const cells = [
      row.address,
      row.attempt === undefined ? "" : String(row.attempt),
      shortTime(row.timeCreated),
      shortTime(row.startDate),
      isOver ? shortTime(row.endDate) : "goes on",
      row.outdatedBy === undefined ? (row.summary ?? row.reference ?? row.reason) : `outdated by ${row.outdatedBy}`,
    ];
    const badge = `<td><span class="badge ${row.outcome}">${html(status)}</span></td>`;
    return `<tr>${badge}${cells.map((cell) => `<td>${html(cell)}</td>`).join("")}</tr>`;
  });
  const top = `<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join("")}</tr></thead>`;
  const table = `<table class="runs">${top}<tbody>${rows.join("\n")}</tbody></table>`;
  return (
    '<section aria-labelledby="runs"><h2 id="runs" tabindex="-1">Runs</h2>' +
    `<div class="scroll" tabindex="0" role="region" aria-labelledby="runs">${table}</div></section>`
  );
}

function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(time) ? time : undefined;
}

function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** In UTC, to the minute; what is no time as it came. */
function shortTime(text = ""): string {
  const time = timeOf(text);
  return time === undefined ? text : timeText(time).slice(0, 16).replace("T", " ");
}
