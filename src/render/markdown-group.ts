import { type Change, SIGNS } from "../core/plan.ts";
import { startText } from "./change-text.ts";
import { effectLines } from "./effect-lines.ts";
import { diffLinesOf } from "./field-lines.ts";
import { commonLeaves, examplesOf, type Group, isAbout, isDangerous, MIN_ALIKE, shortPaths } from "./group.ts";
import { fenced, inert, inertCode } from "./inert.ts";

/** How much of a group is shown: all of each change, of groups only names, of everything only names, three names. */
export type Detail = "all" | "groups" | "names" | "examples";

/** Names and lines of one change at most; a hostile tree must not fill the comment by itself. */
const MAX_NAMES = 200;
const MAX_LINES = 40;
const MAX_PATHS = 8;

/** One group as a block that folds. It is open when a reviewer must see it: overwritten files, aborts. */
export function groupMarkdown(group: Group, detail: Detail): string {
  const isOne = group.changes.length === 1;
  const shownWhole = detail === "all" || (detail === "groups" && group.changes.length < MIN_ALIKE);
  const title = isOne ? inertCode(group.title) : inert(group.title);
  return [
    isDangerous(group) ? "<details open>" : "<details>",
    `<summary>${inert(SIGNS[group.action])} <b>${group.action}</b> ${title}</summary>`,
    "",
    ...(shownWhole ? wholeGroup(group) : foldedGroup(group, detail)),
    "",
    "</details>",
  ].join("\n");
}

function wholeGroup(group: Group): string[] {
  if (group.changes.length === 1) return join([changeMarkdown(group.changes[0])]);
  if (group.changes.length < MIN_ALIKE) {
    return join(group.changes.map((change) => `${inertCode(change.address)}: ${changeMarkdown(change)}`));
  }
  return join([...overviewOf(group), ...group.changes.map((change) => changeMarkdown(change, group.differ))]);
}

function foldedGroup(group: Group, detail: Detail): string[] {
  const names = detail === "examples" ? examplesOf(group) : group.changes.slice(0, MAX_NAMES).map((one) => one.address);
  const more = group.changes.length - names.length;
  const list = names.map((name) => `- ${inertCode(name)}`).join("\n");
  return join([...overviewOf(group), more > 0 ? `${list}\n- … and ${more} more` : list]);
}

/** Why, what is the same and what is not, and what becomes of files. */
function overviewOf(group: Group): string[] {
  const [first] = group.changes;
  const isSame = group.changes.every((change) => change.reason === first.reason);
  const lines = [`${whereText(first)}${inert(first.reason)}${isSame ? "" : "; the others likewise"}`];
  const start = startText(first);
  if (start.length > 0) lines.push(start.map((line) => inert(line)).join("; "));
  if (group.differ.length > 0) {
    const paths = shortPaths(group.differ).slice(0, MAX_PATHS).map(inertCode);
    const more = group.differ.length - paths.length;
    lines.push(`They differ in ${paths.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`);
  }
  const common = commonLeaves(group).slice(0, MAX_PATHS);
  if (group.changes.length > 1 && common.length > 0)
    lines.push(
      `The same in all:\n\n${fenced(
        "",
        common.map(({ path, text }) => clipped(`${path}: ${text}`)),
      )}`,
    );
  return [
    ...lines,
    ...effectLines(group.changes)
      .slice(0, MAX_PATHS)
      .map(({ text }) => `- ${inert(text)}`),
  ];
}

/** @param only of a change in a group: the paths that are its own */
function changeMarkdown(change: Change, only?: readonly string[]): string {
  const all = diffLinesOf(change);
  const own = only === undefined ? all : all.filter((line) => isAbout(line.path, only));
  const lines = own.slice(0, MAX_LINES).map(({ mark, text }) => clipped(`${mark} ${text}`));
  if (own.length > lines.length) lines.push(`  … and ${own.length - lines.length} more`);
  const diff = lines.length === 0 ? [] : [fenced("diff", lines)];
  if (only !== undefined) {
    const met = effectLines([{ ...change, effects: change.effects.filter((effect) => effect.files > 0) }]);
    const list = met.length === 0 ? [] : [met.map(({ text }) => `- ${inert(text)}`).join("\n")];
    return join([`${inertCode(change.address)}: ${inert(change.reason)}`, ...diff, ...list]).join("\n");
  }
  const start = startText(change).map((line) => inert(line));
  const facts = [...start, ...effectLines([change]).map(({ text }) => inert(text))].map((line) => `- ${line}`);
  return join([
    `${whereText(change)}${inert(change.reason)}`,
    ...diff,
    ...(facts.length === 0 ? [] : [facts.join("\n")]),
  ]).join("\n");
}

function whereText(change: Change): string {
  const parts = [
    change.project === undefined ? [] : [`project ${inertCode(change.project)}`],
    change.attempt === undefined ? [] : [`attempt ${change.attempt}`],
    change.reference === undefined ? [] : [`in ICA: ${inertCode(change.reference)}`],
  ].flat();
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}

function clipped(line: string): string {
  return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}

/** Blocks with an empty line between them: Markdown inside an HTML block begins only after one. */
function join(blocks: readonly string[]): string[] {
  return blocks.flatMap((block, index) => (index === 0 ? [block] : ["", block]));
}
