import type { Change, Plan, Requests } from "../core/plan.ts";
import { counted, durationText } from "./amounts.ts";
import { attentionOf } from "./attention.ts";
import { changeText, groupText } from "./change-text.ts";
import { totalText } from "./credits-text.ts";
import { diagnosticText } from "./diagnostics.ts";
import { foldDiagnostics } from "./fold-diagnostics.ts";
import { groupChanges, MIN_ALIKE } from "./group.ts";
import { safe } from "./safe.ts";
import { PLAIN, type Style } from "./style.ts";
import { wrapped } from "./wrap.ts";

export interface PlanTextOptions {
  /** Each change and each warning by itself, however many are alike. */
  verbose?: boolean;
  /** Cells of the terminal; lines are as long as they are when it is not known. */
  columns?: number | undefined;
}

/**
 * The plan for people: a summary, the changes by action and likeness, warnings, and last the one line that says how
 * much there is to do.
 */
export function planText(
  plan: Plan,
  refusals: readonly string[] = [],
  style: Style = PLAIN,
  options: PlanTextOptions = {},
): string {
  const sections = [
    headText(plan, refusals, style),
    ...changeTexts(plan.changes, style, options.verbose === true),
    ...(options.verbose === true ? plan.diagnostics : foldDiagnostics(plan)).map((diagnostic) =>
      diagnosticText(diagnostic, style),
    ),
  ];
  if (refusals.length > 0) {
    sections.push([style.red("Refused by policy:"), ...refusals.map((line) => `  ${safe(line)}`)].join("\n"));
  }
  sections.push(style.bold(summaryLine(plan)));
  return `${wrapped(sections.join("\n\n"), options.columns)}\n`;
}

/** `Plan: 3 to create, 1 to rerun, 12 unchanged.` */
export function summaryLine({ summary }: Pick<Plan, "summary">): string {
  const present = countsOf(summary);
  const isIdle = summary.create + summary.rerun + summary.update + summary.abort + summary.wait === 0;
  if (isIdle) return `Plan: nothing to do${present.length > 0 ? ` (${present.join(", ")})` : ""}.`;
  return `Plan: ${present.join(", ")}.`;
}

function countsOf(summary: Plan["summary"]): string[] {
  const parts = [
    [summary.create, "to create"],
    [summary.rerun, "to rerun"],
    [summary.update, "to update"],
    [summary.abort, "to abort"],
    [summary.wait, "waiting"],
    [summary.orphan, summary.orphan === 1 ? "orphan" : "orphans"],
    [summary.unchanged, "unchanged"],
  ] as const;
  return parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}

/** In the plan's order; a group that is folded stands where its first change would. */
function changeTexts(changes: readonly Change[], style: Style, isVerbose: boolean): string[] {
  const shown = changes.filter((change) => change.action !== "no-op");
  if (isVerbose) return shown.map((change) => changeText(change, style));
  const folded = new Map<Change, string | undefined>();
  for (const group of groupChanges(shown)) {
    if (group.changes.length < MIN_ALIKE) continue;
    for (const change of group.changes) folded.set(change, undefined);
    folded.set(group.changes[0], groupText(group, style));
  }
  return shown.flatMap((change) => {
    if (!folded.has(change)) return [changeText(change, style)];
    const text = folded.get(change);
    return text === undefined ? [] : [text];
  });
}

/** Where, how much, what to look at, and the digest by which exactly this is applied. */
function headText(plan: Plan, refusals: readonly string[], style: Style): string {
  const calls = plan.requests.estimated === 0 ? "" : `; ${callsText(plan.requests)}`;
  const attention = attentionOf(plan, refusals).map(({ text }) => text);
  return [
    style.bold(`Stack ${safe(plan.stack)} on ${safe(plan.server)}`),
    // With nothing in between, the last line would only be said twice.
    ...(plan.changes.some((change) => change.action !== "no-op")
      ? [`${countsOf(plan.summary).join(", ")}${calls}`]
      : []),
    ...totalText(plan.credits),
    ...(attention.length > 0 ? [`${style.yellow("Look at")}: ${attention.join("; ")}`] : []),
    style.dim(`Digest: ${plan.digest}`),
  ].join("\n");
}

/** So short that nobody asks what the estimate rests on. */
const SHORT_SECONDS = 10;

/** `about 2 calls, 1 second`; `about 1001 calls, 51 seconds at an assumed 20/s`. */
export function callsText({ estimated, seconds, requestsPerSecond, basis }: Requests): string {
  const rate =
    seconds <= SHORT_SECONDS ? "" : ` at ${basis === "assumed" ? "an assumed" : `the ${basis}`} ${requestsPerSecond}/s`;
  return `about ${counted(estimated, "call")}, ${durationText(seconds)}${rate}`;
}
