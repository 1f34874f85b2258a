import { byCodeUnit } from "../core/address.ts";
import { UNTOLD } from "../core/decision.ts";
import { counted } from "./amounts.ts";
import { type CostView, costLines } from "./credits-text.ts";
import { safe } from "./safe.ts";
import { PLAIN, type Style } from "./style.ts";
import { cellsOf, padCells } from "./wrap.ts";

/** One line of a status report. */
export interface StatusView {
  address: string;
  outcome: "done" | "failed" | "skipped" | "unknown";
  action: string;
  status?: string;
  attempt?: number;
  reference?: string;
  startDate?: string;
  endDate?: string;
  summary?: string;
  credits?: number;
  attempts?: readonly { attempt: number; status?: string; reference?: string; reason?: string; summary?: string }[];
  outdatedBy?: string;
  reason: string;
}

/** One line for each declared thing: status, address, attempt, how long, reference; then how many of each. */
export function statusText(
  report: { stack: string; results: readonly StatusView[]; cost?: CostView },
  now: number,
  style: Style = PLAIN,
  options: { attempts?: boolean } = {},
): string {
  const rows = report.results.map((result) => [
    statusWord(result),
    safe(result.address),
    attemptCell(result),
    [durationText(result, now), result.credits === undefined ? "" : `${result.credits} iCredits`]
      .filter((part) => part !== "")
      .join(", "),
    safe(result.reference ?? result.reason) +
      (result.summary && result.outcome === "failed" ? `: ${safe(result.summary)}` : "") +
      (result.outdatedBy === undefined ? "" : `, outdated by ${safe(result.outdatedBy)}`),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => cellsOf(row[column] ?? ""))));
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) => padCells(cell, widths[column] ?? 0));
    const [word = "", ...rest] = cells;
    const line = `${coloured(word, report.results[index]?.outcome, style)}  ${rest.join("  ")}`.trimEnd();
    const result = report.results[index];
    return options.attempts && result !== undefined ? [line, ...attemptLines(result, style)].join("\n") : line;
  });
  return [
    style.bold(`Stack ${safe(report.stack)}`),
    "",
    ...lines,
    "",
    totals(report.results),
    ...costLines(report.cost),
    "",
  ].join("\n");
}

/** A line for each thing whose status is another one than `told`, which is brought up to date. */
export function changedLines(results: readonly StatusView[], told: Map<string, string>): string[] {
  return results.flatMap((result) => {
    const state = [statusWord(result), result.attempt].join(" ");
    if (told.get(result.address) === state) return [];
    told.set(result.address, state);
    const rest = [attemptCell(result), safe(result.reference ?? result.reason)].filter((part) => part !== "");
    return [[statusWord(result), safe(result.address), ...rest].join("  ")];
  });
}

/** `attempt 3 (1 FAILED, 2 ABORTED)`: the newest, and how the earlier ones ended. */
function attemptCell({ attempt, attempts = [] }: StatusView): string {
  if (attempt === undefined) return "";
  const earlier = attempts.filter((one) => one.attempt !== attempt);
  const ends = earlier.slice(-3).map((one) => `${one.attempt} ${safe(one.status ?? "?")}`);
  const more = earlier.length > ends.length ? "…, " : "";
  return `attempt ${attempt}${ends.length === 0 ? "" : ` (${more}${ends.join(", ")})`}`;
}

function attemptLines({ attempts = [] }: StatusView, style: Style): string[] {
  return attempts.map(({ attempt, status, reference, reason, summary }) => {
    const parts = [reference, reason === undefined ? undefined : askedFor(reason), summary];
    const words = parts.flatMap((part) => (part === undefined ? [] : [safe(part)]));
    return style.dim(`    attempt ${attempt}: ${safe(status ?? "?")}, ${words.join("; ")}`);
  });
}

function askedFor(reason: string): string {
  return reason === UNTOLD ? "asked for by hand, no reason given" : `asked for by hand: ${reason}`;
}

/** What is not in ICA has no status of its own there; credentials have none at all. */
function statusWord(result: StatusView): string {
  if (result.status !== undefined) return safe(result.status) + (result.action === "orphan" ? " (orphan)" : "");
  return result.outcome === "skipped" ? "NOT STARTED" : "PRESENT";
}

function coloured(word: string, outcome: StatusView["outcome"] | undefined, style: Style): string {
  if (outcome === "done") return style.green(word);
  return outcome === "failed" ? style.red(word) : style.yellow(word);
}

/** `3 things declared: 2 SUCCEEDED, 1 NOT STARTED; 1 orphan` */
function totals(results: readonly StatusView[]): string {
  const declared = results.filter(({ action }) => action !== "orphan");
  const counts = new Map<string, number>();
  for (const result of declared) counts.set(statusWord(result), (counts.get(statusWord(result)) ?? 0) + 1);
  const parts = [...counts]
    .sort(([left], [right]) => byCodeUnit(left, right))
    .map(([word, count]) => `${count} ${word}`);
  const orphans = results.length - declared.length;
  const words = `${counted(declared.length, "thing")} declared${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
  return orphans === 0 ? words : `${words}; ${counted(orphans, "orphan")}`;
}

/** How long a run took, or takes: `1h 02m`, `12m`, `40s`. */
function durationText({ startDate, endDate }: StatusView, now: number): string {
  if (startDate === undefined) return "";
  const end = endDate === undefined ? now : Date.parse(endDate);
  const seconds = Math.max(0, Math.round((end - Date.parse(startDate)) / 1000));
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}
