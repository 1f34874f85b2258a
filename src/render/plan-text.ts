import { type Change, hasPendingChanges, type Plan } from "../core/plan.ts";
import { counted } from "./amounts.ts";
import { changeText, groupText } from "./change-text.ts";
import { diagnosticText } from "./diagnostics.ts";
import { groupChanges, MIN_ALIKE } from "./group.ts";
import { safe } from "./safe.ts";
import { PLAIN, type Style } from "./style.ts";
import { wrapped } from "./wrap.ts";

export interface PlanTextOptions {
  /** Each change by itself, however many are alike. */
  verbose?: boolean;
  /** Cells of the terminal; lines are as long as they are when it is not known. */
  columns?: number | undefined;
}

/** The plan for people: changes by action, warnings, and last the one line that says how much there is to do. */
export function planText(
  plan: Plan,
  refusals: readonly string[] = [],
  style: Style = PLAIN,
  options: PlanTextOptions = {},
): string {
  const sections = [
    style.bold(`Stack ${safe(plan.stack)} on ${safe(plan.server)}`),
    ...changeTexts(plan.changes, style, options.verbose === true),
    ...plan.diagnostics.map((diagnostic) => diagnosticText(diagnostic, style)),
  ];
  if (refusals.length > 0) {
    sections.push([style.red("Refused by policy:"), ...refusals.map((line) => `  ${safe(line)}`)].join("\n"));
  }
  sections.push(summaryText(plan, style));
  return `${wrapped(sections.join("\n\n"), options.columns)}\n`;
}

/** `Plan: 3 to create, 1 to rerun, 12 unchanged.` */
export function summaryLine({ summary }: Pick<Plan, "summary">): string {
  const parts = [
    [summary.create, "to create"],
    [summary.rerun, "to rerun"],
    [summary.update, "to update"],
    [summary.abort, "to abort"],
    [summary.wait, "waiting"],
    [summary.orphan, summary.orphan === 1 ? "orphan" : "orphans"],
    [summary.unchanged, "unchanged"],
  ] as const;
  const present = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  const isIdle = summary.create + summary.rerun + summary.update + summary.abort + summary.wait === 0;
  if (isIdle) return `Plan: nothing to do${present.length > 0 ? ` (${present.join(", ")})` : ""}.`;
  return `Plan: ${present.join(", ")}.`;
}

/** What does exactly this plan, or what is left of it; nothing for a plan that is refused or has nothing to do. */
export function applyCommand({ digest, changes }: Plan, refusals: readonly string[]): string | undefined {
  if (refusals.length > 0 || !hasPendingChanges({ changes })) return undefined;
  return `icaform apply --expect ${digest.replace(/[^a-z0-9:]/g, "")}`;
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

function summaryText(plan: Plan, style: Style): string {
  const lines = [style.bold(summaryLine(plan))];
  if (plan.requests.estimated > 0) {
    lines.push(style.dim(`About ${counted(plan.requests.estimated, "call")}, ${durationText(plan.requests.seconds)}.`));
  }
  lines.push(style.dim(`Digest: ${plan.digest}`));
  return lines.join("\n");
}

/** `1 second`, `12 minutes`. */
export function durationText(seconds: number): string {
  return seconds < 90 ? counted(seconds, "second") : `${Math.round(seconds / 60)} minutes`;
}
