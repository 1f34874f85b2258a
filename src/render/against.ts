import type { Comparison, DeclaredChange } from "../core/compare.ts";
import { withoutFrames } from "../core/diagnostic.ts";
import { diagnosticText } from "./diagnostics.ts";
import { type DiffLine, diffLinesOf } from "./field-lines.ts";
import { fenced, inert, inertCode } from "./inert.ts";
import { jsonText } from "./json.ts";
import { safe } from "./safe.ts";
import { PLAIN, type Style } from "./style.ts";
import { wrapped } from "./wrap.ts";

const SIGNS = { added: "+", changed: "~", removed: "-" } as const;
/** GitHub refuses a comment of more than 65,536 characters. */
const MAX_CHARACTERS = 65_000;
/** Lines of one change, and names of those that changed in the same way, at most, unless each is asked for. */
const MAX_LINES = 40;
const MAX_NAMES = 6;

/** What differs between the declarations of a work tree and of a commit, for people. */
export function againstText(
  comparison: Comparison,
  style: Style = PLAIN,
  options: { verbose?: boolean; columns?: number | undefined } = {},
): string {
  const paint = { "+": style.green, "-": style.red, " ": (text: string) => text, "!": style.yellow };
  const blocks = alike(comparison.changes, options.verbose === true).map(({ action, names, lines }) => {
    const shown = lines.map(({ mark, text }) => `    ${paint[mark](`${mark} ${text}`)}`);
    return [`${paintAction(action, style)} ${style.bold(names.map(safe).join(", "))}`, ...shown].join("\n");
  });
  const { stack, against } = comparison;
  const head = `${style.bold(`Stack ${safe(stack)} against ${safe(against.ref)}`)} (${against.commit.slice(0, 12)})`;
  const warnings = comparison.diagnostics.map((diagnostic) => diagnosticText(diagnostic, style));
  return `${wrapped([head, ...blocks, ...warnings, style.bold(againstLine(comparison))].join("\n\n"), options.columns)}\n`;
}

/** The same as a comment for a pull request; what is too long is left out from the middle, and said. */
export function againstMarkdown(comparison: Comparison): string {
  const { stack, against } = comparison;
  const head = [
    `<!-- icaform:against stack=${stack.replace(/[^A-Za-z0-9-]/g, "")} -->`,
    `### icaform: what stack ${inertCode(stack)} declares, against ${inertCode(against.ref)}`,
    "",
    `**${againstLine(comparison)}** Commit ${inertCode(against.commit.slice(0, 12))}.`,
  ].join("\n");
  const blocks = alike(comparison.changes, false).map(({ action, names, lines }) => {
    const diff =
      lines.length === 0
        ? []
        : [
            "",
            fenced(
              "diff",
              lines.map(({ mark, text }) => `${mark} ${text}`.slice(0, 500)),
            ),
          ];
    const title = `${inert(SIGNS[action])} <b>${action}</b> ${names.map(inertCode).join(", ")}`;
    return ["<details>", `<summary>${title}</summary>`, ...diff, "", "</details>"].join("\n");
  });
  const gap = (left: number) =>
    `**… ${left} more left out: too long for a comment. \`icaform plan --against\` shows all.**`;
  let room = MAX_CHARACTERS - head.length - gap(blocks.length).length - 10;
  const shown: string[] = [];
  for (const block of blocks) {
    room -= block.length + 2;
    if (room < 0) break;
    shown.push(block);
  }
  const rest = blocks.length - shown.length;
  return `${[head, ...shown, ...(rest > 0 ? [gap(rest)] : [])].join("\n\n")}\n`;
}

export function againstJson(comparison: Comparison): string {
  const diagnostics = withoutFrames(comparison.diagnostics);
  return `${jsonText({ ...comparison, diagnostics }, 2)}\n`;
}

/** `Declared: 2 added, 1 changed, 96 unchanged.` */
function againstLine({ summary }: Comparison): string {
  const parts = (["added", "changed", "removed", "unchanged"] as const).filter((word) => summary[word] > 0);
  const differs = summary.added + summary.changed + summary.removed > 0;
  const counts = parts.map((word) => `${summary[word]} ${word}`).join(", ");
  return differs ? `Declared: ${counts}.` : `Declared: nothing differs (${counts}).`;
}

interface Alike {
  action: DeclaredChange["action"];
  names: string[];
  lines: DiffLine[];
}

/** What differs in the very same way is told once. */
function alike(changes: readonly DeclaredChange[], isVerbose: boolean): Alike[] {
  const groups = new Map<string, Alike>();
  for (const { address, action, fields } of changes) {
    // Both sides are known here, so that a field of one side alone is an addition or a removal.
    const all = diffLinesOf({ action: "create", fields });
    const lines =
      isVerbose || all.length <= MAX_LINES
        ? all
        : [...all.slice(0, MAX_LINES), { mark: " ", text: `… and ${all.length - MAX_LINES} more` } as const];
    const key = isVerbose ? address : JSON.stringify([action, all]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { action, names: [address], lines });
    else group.names.push(address);
  }
  return [...groups.values()].map((group) => {
    const more = group.names.length - MAX_NAMES;
    return more > 0 ? { ...group, names: [...group.names.slice(0, MAX_NAMES), `and ${more} more`] } : group;
  });
}

function paintAction(action: DeclaredChange["action"], style: Style): string {
  if (action === "added") return style.green(SIGNS.added);
  return action === "removed" ? style.red(SIGNS.removed) : style.yellow(SIGNS.changed);
}
