import type { Comparison, DeclaredChange } from "../core/compare.ts";
import { withoutFrames } from "../core/diagnostic.ts";
import { type AlikeChanges, differenceOf, groupAlike, listed, ownText } from "./against-groups.ts";
import { diagnosticText } from "./diagnostics.ts";
import type { DiffLine } from "./field-lines.ts";
import { jsonText } from "./json.ts";
import { safe } from "./safe.ts";
import { PLAIN, type Style } from "./style.ts";
import { wrapped } from "./wrap.ts";

export const DECLARED_SIGNS = { added: "+", changed: "~", removed: "-" } as const;
/** Lines of one change at most, unless each is asked for. */
const MAX_LINES = 40;

/** What differs between the declarations of a work tree and of a commit, for people. */
export function againstText(
  comparison: Comparison,
  style: Style = PLAIN,
  options: { verbose?: boolean; columns?: number | undefined } = {},
): string {
  const groups = options.verbose === true ? comparison.changes.map(alone) : groupAlike(comparison.changes);
  const blocks = groups.map((group) => groupText(group, style, options.verbose === true));
  const { stack, against } = comparison;
  const head = `${style.bold(`Stack ${safe(stack)} against ${safe(against.ref)}`)} (${against.commit.slice(0, 12)})`;
  const warnings = comparison.diagnostics.map((diagnostic) => diagnosticText(diagnostic, style));
  return `${wrapped([head, ...blocks, ...warnings, style.bold(againstLine(comparison))].join("\n\n"), options.columns)}\n`;
}

export function againstJson(comparison: Comparison): string {
  const diagnostics = withoutFrames(comparison.diagnostics);
  return `${jsonText({ ...comparison, diagnostics }, 2)}\n`;
}

/** `Declared: 2 added, 1 changed, 96 unchanged.` */
export function againstLine({ summary }: Comparison): string {
  const parts = (["added", "changed", "removed", "unchanged"] as const).filter((word) => summary[word] > 0);
  const differs = summary.added + summary.changed + summary.removed > 0;
  const counts = parts.map((word) => `${summary[word]} ${word}`).join(", ");
  return differs ? `Declared: ${counts}.` : `Declared: nothing differs (${counts}).`;
}

/** The first lines of a difference, and how many more there are. */
export function firstLines(lines: readonly DiffLine[]): DiffLine[] {
  if (lines.length <= MAX_LINES) return [...lines];
  return [...lines.slice(0, MAX_LINES), { mark: " ", path: "", text: `… and ${lines.length - MAX_LINES} more` }];
}

function groupText(group: AlikeChanges, style: Style, isVerbose: boolean): string {
  const [first, ...rest] = group.members;
  const isSame = group.own.length === 0;
  const names = (isSame ? group.members : [first]).map(({ address }) => safe(address));
  const lines = differenceOf(first);
  return [
    `${signText(first.action, style)} ${style.bold(listed(names))}`,
    ...(isVerbose ? lines : firstLines(lines)).map((line) => `    ${lineText(line, style)}`),
    ...(isSame ? [] : [`    ${likewise(group, rest)}; ${style.dim("--verbose shows each")}`]),
  ].join("\n");
}

/** `95 more likewise, with their own sample_id: PipelineRun/b, PipelineRun/c and 93 more` */
function likewise(group: AlikeChanges, rest: readonly DeclaredChange[]): string {
  return `${rest.length} more likewise, with their own ${ownText(group)}: ${listed(rest.map(({ address }) => safe(address)))}`;
}

function lineText({ mark, text }: DiffLine, style: Style): string {
  const line = `${mark} ${text}`;
  if (mark === "+") return style.green(line);
  if (mark === "-") return style.red(line);
  return mark === "!" ? style.yellow(line) : line;
}

function signText(action: DeclaredChange["action"], style: Style): string {
  const sign = DECLARED_SIGNS[action];
  if (action === "added") return style.green(sign);
  return action === "removed" ? style.red(sign) : style.yellow(sign);
}

function alone(change: DeclaredChange): AlikeChanges {
  return { members: [change], own: [] };
}
