import { type Change, type FieldChange, SIGNS } from "../core/plan.ts";
import type { Remark } from "./attention.ts";
import { startText } from "./change-text.ts";
import { effectLines } from "./effect-lines.ts";
import { type DiffLine, diffLinesOf, diffLinesOfShare } from "./field-lines.ts";
import { examplesOf, type Group, isDangerous, MIN_ALIKE, shortPaths } from "./group.ts";
import { changedWhere, isAbout, sharesOf } from "./group-fields.ts";
import { fenced, inert, inertCode } from "./inert.ts";

/** How much of a group is shown: all of each change, of groups only names, of everything only names, three names. */
export type Detail = "all" | "groups" | "names" | "examples";

/** Names, lines and effects of one change at most; a hostile tree must not fill the comment by itself. */
const MAX_NAMES = 200;
const MAX_LINES = 40;
const MAX_PATHS = 8;

/** One group as a block that folds. It is open when a reviewer must see it: overwritten files, aborts. */
export function groupMarkdown(group: Group, detail: Detail): string {
  const isWhole = detail === "all" || (detail === "groups" && group.changes.length < MIN_ALIKE);
  return block(group, isWhole ? wholeGroup(group) : foldedGroup(group, detail));
}

/** The least that must be seen of a group: why, and what is lost. */
export function briefGroupMarkdown(group: Group): string {
  const names = group.changes.length === 1 ? [] : [`- ${examplesOf(group).map(inertCode).join(", ")}`];
  return block(group, join([reasonOf(group), ...dangerList(effectLines(group.changes, "summed")), ...names]));
}

function block(group: Group, lines: readonly string[]): string {
  const title = group.changes.length === 1 ? inertCode(group.title) : inert(group.title);
  return [
    isDangerous(group) ? "<details open>" : "<details>",
    `<summary>${inert(SIGNS[group.action])} <b>${group.action}</b> ${title}</summary>`,
    "",
    ...lines,
    "",
    "</details>",
  ].join("\n");
}

function wholeGroup(group: Group): string[] {
  if (group.changes.length === 1) return join([changeMarkdown(group.changes[0])]);
  if (group.changes.length < MIN_ALIKE) {
    return join(group.changes.map((change) => `${inertCode(change.address)}: ${changeMarkdown(change)}`));
  }
  const told = new Set(effectLines(group.changes).map(({ text }) => text));
  const members = group.changes.map((change) => memberBlocks(change, group, told));
  // Names alone are a list.
  const isList = members.every((blocks) => blocks.length === 1);
  return join([
    ...overviewOf(group),
    ...(isList ? list(members.flat()) : members.map((blocks) => join(blocks).join("\n"))),
  ]);
}

function foldedGroup(group: Group, detail: Detail): string[] {
  const overview = overviewOf(group, detail);
  if (group.changes.length === 1) return join(overview);
  const names = detail === "examples" ? examplesOf(group) : group.changes.slice(0, MAX_NAMES).map((one) => one.address);
  const more = group.changes.length - names.length;
  const list = names.map((name) => `- ${inertCode(name)}`).join("\n");
  return join([...overview, ...exampleOf(group), more > 0 ? `${list}\n- … and ${more} more` : list]);
}

/** Why, what is lost, what is the same and what is not, and what else becomes of files. */
function overviewOf(group: Group, detail: Detail = "all"): string[] {
  const [first] = group.changes;
  const isOne = group.changes.length === 1;
  const effects = effectLines(group.changes, isOne && detail !== "examples" ? "each" : "summed");
  const lines = [reasonOf(group), ...dangerList(effects)];
  const start = startText(first);
  if (start.length > 0) lines.push(start.map((line) => inert(line)).join("; "));
  if (group.differ.length > 0) {
    const paths = shortPaths(group.differ).slice(0, MAX_PATHS).map(inertCode);
    const more = group.differ.length - paths.length;
    lines.push(`They differ in ${paths.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`);
  }
  return [...lines, ...(isOne ? [] : sharedBlocks(group)), ...list(otherRemarks(effects))];
}

function reasonOf(group: Group): string {
  const [first] = group.changes;
  const where = whereText(first, group.changes.length === 1);
  return `${where}${inert(first.reason)}${hasOneReason(group) ? "" : "; the others likewise"}`;
}

/** What is declared in all of them, and what is changed in all of them: the latter is no addition. */
function sharedBlocks(group: Group): string[] {
  const { action } = group;
  const isChange = action === "rerun" || action === "update";
  const linesOf = (isWanted: (field: FieldChange) => boolean) =>
    sharesOf(group).flatMap((share) => diffLinesOfShare({ ...share, fields: share.fields.filter(isWanted) }, action));
  const declared = linesOf((field) => !isChange && field.before === undefined).map(({ text }) => text);
  const changed = diffFence(linesOf((field) => isChange || field.before !== undefined));
  return [
    ...(declared.length === 0 ? [] : [`The same in all:\n\n${fenced("", capped(declared.map(clipped)))}`]),
    ...changed.map((fence) => `${changedWhere(sharesOf(group))}:\n\n${fence}`),
  ];
}

/** Of what is each member's own, that of one. */
function exampleOf({ action, changes, differ }: Group): string[] {
  if (action !== "rerun" && action !== "update") return [];
  const example = changes.find((change) => ownLines(change, differ).length > 0);
  if (example === undefined) return [];
  const fence = diffFence(ownLines(example, differ)).join("\n");
  return [`For example ${inertCode(example.address)}, each its own:\n\n${fence}`];
}

function ownLines({ action, fields }: Change, differ: readonly string[]): DiffLine[] {
  return diffLinesOfShare({ fields, isShown: (path) => isAbout(path, differ) }, action);
}

function changeMarkdown(change: Change): string {
  const effects = effectLines([change]);
  const facts = [...startText(change).map((line) => inert(line)), ...otherRemarks(effects)];
  return join([
    `${whereText(change, true)}${inert(change.reason)}`,
    ...dangerList(effects),
    ...diffFence(diffLinesOf(change)),
    ...list(facts),
  ]).join("\n");
}

/** Of a change in a group what is its own. @param told effects that the group tells as they are */
function memberBlocks(change: Change, group: Group, told: ReadonlySet<string>): string[] {
  const met = { ...change, effects: change.effects.filter((effect) => effect.files > 0) };
  const effects = effectLines([met]).filter(({ text }) => !told.has(text));
  return [
    `${inertCode(change.address)}${hasOneReason(group) ? "" : `: ${inert(change.reason)}`}`,
    ...dangerList(effects),
    ...diffFence(ownLines(change, group.differ)),
    ...list(otherRemarks(effects)),
  ];
}

function hasOneReason({ changes }: Group): boolean {
  return changes.every((change) => change.reason === changes[0].reason);
}

function whereText(change: Change, isOne: boolean): string {
  const parts = [
    change.project === undefined ? [] : [`project ${inertCode(change.project)}`],
    change.attempt === undefined ? [] : [`attempt ${change.attempt}`],
    change.reference === undefined || !isOne ? [] : [`in ICA: ${inertCode(change.reference)}`],
  ].flat();
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}

/** What is lost is never cut. */
function dangerList(effects: readonly Remark[]): string[] {
  return list(effects.filter(({ level }) => level === "danger").map(({ text }) => `**${inert(text)}**`));
}

function otherRemarks(effects: readonly Remark[]): string[] {
  return capped(effects.filter(({ level }) => level !== "danger").map(({ text }) => inert(text)));
}

function diffFence(lines: readonly DiffLine[]): string[] {
  if (lines.length === 0) return [];
  return [
    fenced(
      "diff",
      capped(
        lines.map(({ mark, text }) => clipped(`${mark} ${text}`)),
        "  ",
      ),
    ),
  ];
}

function list(items: readonly string[]): string[] {
  return items.length === 0 ? [] : [items.map((item) => `- ${item}`).join("\n")];
}

function capped(lines: readonly string[], indent = ""): string[] {
  if (lines.length <= MAX_LINES) return [...lines];
  return [...lines.slice(0, MAX_LINES), `${indent}… and ${lines.length - MAX_LINES} more`];
}

function clipped(line: string): string {
  return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}

/** Blocks with an empty line between them: Markdown inside an HTML block begins only after one. */
function join(blocks: readonly string[]): string[] {
  return blocks.flatMap((block, index) => (index === 0 ? [block] : ["", block]));
}
