import type { Diagnostic } from "../core/diagnostic.ts";
import type { Plan } from "../core/plan.ts";
import { counted } from "./amounts.ts";
import { attentionOf } from "./attention.ts";
import { totalText } from "./credits-text.ts";
import { groupChanges } from "./group.ts";
import { type HowToApply, howToApply, type Invocation } from "./how-to-apply.ts";
import { fenced, inert, inertCode } from "./inert.ts";
import { type Detail, groupMarkdown } from "./markdown-group.ts";
import { summaryLine } from "./plan-text.ts";

/** GitHub refuses a comment of more than 65,536 characters; a job's own words must have room beside the plan. */
const MAX_CHARACTERS = 65_000;
/** Of the command that applies the plan: a longer one is nothing to copy from a comment, and takes its room. */
const MAX_COMMAND = 2_000;

export interface MarkdownOptions {
  /** Characters at most. */
  limit?: number;
  /** With which arguments the plan was made. */
  invocation?: Invocation;
}

/**
 * The plan as a comment for a pull request. Its first line is a marker by which a job finds the comment again. What is
 * too long loses the detail of each change first, then whole groups in the middle, and says so.
 */
export function planMarkdown(plan: Plan, refusals: readonly string[] = [], options: MarkdownOptions = {}): string {
  const limit = options.limit ?? MAX_CHARACTERS;
  const groups = groupChanges(plan.changes);
  const details: readonly Detail[] = ["all", "groups", "names", "examples"];
  const head = headOf(plan, refusals);
  const tail = tailOf(plan, howToApply(plan, refusals, options.invocation, MAX_COMMAND));
  let middle: string[] = [];
  for (const detail of details) {
    const note =
      detail === "all" ? [] : [`_Some detail is left out here: \`icaform plan --verbose\` shows each change._`];
    middle = [
      ...refusalBlocks(refusals),
      ...note,
      ...groups.map((group) => groupMarkdown(group, detail)),
      ...diagnosticBlocks(plan.diagnostics),
    ];
    const whole = assemble(head, middle, tail);
    if (whole.length <= limit) return whole;
  }
  return truncated(head, middle, tail, limit);
}

function headOf(plan: Plan, refusals: readonly string[]): string {
  const attention = attentionOf(plan, refusals).map(({ text }) => text);
  const { summary } = plan;
  const counts = [summary.create, summary.rerun, summary.update, summary.abort, summary.wait, summary.orphan];
  return [
    `<!-- icaform:plan stack=${plan.stack.replace(/[^A-Za-z0-9-]/g, "")} -->`,
    `### icaform plan: stack ${inertCode(plan.stack)}`,
    "",
    `**${summaryLine(plan)}** On ${inertCode(plan.server)}.`,
    ...(attention.length > 0 ? ["", `**Look at:** ${inert(attention.join("; "))}`] : []),
    ...totalText(plan.credits).flatMap((line) => ["", inert(line)]),
    "",
    "| + create | ± rerun | ~ update | - abort | … wait | ? orphan | unchanged |",
    "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    `| ${[...counts, summary.unchanged].join(" | ")} |`,
  ].join("\n");
}

/** The digest, and how to do exactly this. */
function tailOf({ digest }: Plan, how: HowToApply | undefined): string {
  const parts = [`Digest: ${inertCode(digest)}`];
  if (how !== undefined) parts.push(how.words);
  if (how?.command !== undefined) parts.push(fenced("sh", [how.command]));
  return parts.join("\n\n");
}

function refusalBlocks(refusals: readonly string[]): string[] {
  if (refusals.length === 0) return [];
  return ["> **Refused by policy: nothing of this can be applied.**", ...refusals.map((line) => `- ${inert(line)}`)];
}

function diagnosticBlocks(diagnostics: readonly Diagnostic[]): string[] {
  if (diagnostics.length === 0) return [];
  const lines = diagnostics.map(({ severity, message, code, help, file, line, column }) => {
    const place = file === undefined ? "" : ` at ${inertCode(line === undefined ? file : `${file}:${line}:${column}`)}`;
    const advice = help === undefined ? "" : ` · **help:** ${inert(help)}`;
    return `- **${severity}** ${inertCode(code)}${place}: ${inert(message)}${advice}`;
  });
  return ["#### Warnings", ...lines];
}

function assemble(head: string, middle: readonly string[], tail: string): string {
  return `${[head, ...middle, tail].join("\n\n")}\n`;
}

/** Keeps blocks from the beginning and from the end; each is whole, so that no element or fence stays open. */
function truncated(head: string, middle: readonly string[], tail: string, limit: number): string {
  const gap = (left: readonly string[]) => {
    const groups = left.filter((block) => block.startsWith("<details")).length;
    const others = left.length - groups;
    const parts = [
      groups === 0 ? [] : [counted(groups, "group")],
      others === 0 ? [] : [counted(others, "other line")],
    ].flat();
    return `**… ${parts.join(" and ")} left out: too long for a comment. \`icaform plan --verbose\` shows all.**`;
  };
  // The words of the gap get shorter, never longer, when less is left out.
  let room = limit - assemble(head, [gap(middle)], tail).length - 40;
  let [first, last] = [0, middle.length];
  let fromStart = true;
  while (first < last) {
    const block = middle[fromStart ? first : last - 1] ?? "";
    if (block.length + 2 > room) break;
    room -= block.length + 2;
    if (fromStart) first += 1;
    else last -= 1;
    // Two from the beginning for one from the end: creates and reruns stand first.
    fromStart = first < 2 * (middle.length - last + 1);
  }
  const shown = [...middle.slice(0, first), gap(middle.slice(first, last)), ...middle.slice(last)];
  return assemble(head, shown, tail);
}
