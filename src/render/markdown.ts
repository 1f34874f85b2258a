import type { Diagnostic } from "../core/diagnostic.ts";
import type { Plan } from "../core/plan.ts";
import { attentionOf } from "./attention.ts";
import { totalText } from "./credits-text.ts";
import { foldDiagnostics } from "./fold-diagnostics.ts";
import { type Group, groupChanges, isDangerous } from "./group.ts";
import { type HowToApply, howToApply, type Invocation } from "./how-to-apply.ts";
import { fenced, inert, inertCode } from "./inert.ts";
import { type Block, fitting, withHeadings } from "./markdown-blocks.ts";
import { briefGroupMarkdown, type Detail, groupMarkdown } from "./markdown-group.ts";
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
  const whole = headOf(plan, refusals);
  const tail = tailOf(plan, howToApply(plan, refusals, options.invocation, MAX_COMMAND));
  const assemble = (head: string, parts: readonly string[]) => `${[head, ...parts, tail].join("\n\n")}\n`;
  let [head, blocks]: [string, Block[]] = [whole, []];
  for (const detail of details) {
    head = detail === "all" ? whole : `${whole}\n\n${LESS}`;
    blocks = [
      ...refusals.map(refusalBlock),
      ...groups.map(groupBlock(detail)),
      ...foldDiagnostics(plan).map(warningBlock),
    ];
    const text = assemble(head, withHeadings(blocks));
    if (text.length <= limit) return text;
  }
  return assemble(head, fitting(blocks, limit - assemble(head, []).length));
}

const LESS = "_Some detail is left out here: `icaform plan --verbose` shows each change._";

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

/** That there is one must be seen, of many not all. */
function refusalBlock(line: string, index: number): Block {
  const text = `- ${inert(line)}`;
  return { kind: "refusal", text, ...(index === 0 ? { brief: text } : {}) };
}

function groupBlock(detail: Detail): (group: Group) => Block {
  return (group) => ({
    kind: "group",
    text: groupMarkdown(group, detail),
    ...(isDangerous(group) ? { brief: briefGroupMarkdown(group) } : {}),
  });
}

function warningBlock({ severity, message, code, help, file, line, column }: Diagnostic): Block {
  const place = file === undefined ? "" : ` at ${inertCode(line === undefined ? file : `${file}:${line}:${column}`)}`;
  const advice = help === undefined ? "" : ` · **help:** ${inert(help)}`;
  return { kind: "warning", text: `- **${severity}** ${inertCode(code)}${place}: ${inert(message)}${advice}` };
}
