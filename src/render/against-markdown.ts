import type { Comparison } from "../core/compare.ts";
import { againstLine, DECLARED_SIGNS, firstLines } from "./against.ts";
import { type AlikeChanges, differenceOf, groupAlike, listed, ownText } from "./against-groups.ts";
import { counted } from "./amounts.ts";
import { diagnosticMarkdown } from "./diagnostics-markdown.ts";
import { fenced, inert, inertCode } from "./inert.ts";

/** GitHub refuses a comment of more than 65,536 characters. */
const MAX_CHARACTERS = 65_000;
/** Of one line. */
const MAX_LINE = 500;

/** A piece that is shown whole or left out, and how many changes it tells of. */
interface Block {
  text: string;
  changes: number;
}

/**
 * What differs between the declarations of a work tree and of a commit, as a comment for a pull request. Its first line
 * is a marker by which a job finds the comment again. What is too long is left out from the middle, and said.
 *
 * @param options.limit characters at most
 */
export function againstMarkdown(comparison: Comparison, options: { limit?: number } = {}): string {
  const { stack, against, diagnostics } = comparison;
  const head = [
    `<!-- icaform:against stack=${stack.replace(/[^A-Za-z0-9-]/g, "")} -->`,
    `### icaform: what stack ${inertCode(stack)} declares, against ${inertCode(against.ref)}`,
    "",
    `**${againstLine(comparison)}** Commit ${inertCode(against.commit.slice(0, 12))}.`,
  ].join("\n");
  const blocks = [
    ...groupAlike(comparison.changes).map((group) => ({ text: groupBlock(group), changes: group.members.length })),
    ...(diagnostics.length === 0 ? [] : ["#### Warnings", ...diagnostics.map(diagnosticMarkdown)]).map((text) => ({
      text,
      changes: 0,
    })),
  ];
  const room = (options.limit ?? MAX_CHARACTERS) - head.length - 1;
  return `${[head, ...withoutMiddle(blocks, room)].join("\n\n")}\n`;
}

function groupBlock(group: AlikeChanges): string {
  const [first, ...rest] = group.members;
  const isSame = group.own.length === 0;
  const name = inertCode(first.address);
  const title = isSame
    ? listed(group.members.map(({ address }) => inertCode(address)))
    : `${name} and ${rest.length} more likewise`;
  const lines = firstLines(differenceOf(first)).map(({ mark, text }) => clipped(`${mark} ${text}`));
  const likewise = `${rest.length} more likewise, with their own ${inert(ownText(group))}: ${listed(
    rest.map(({ address }) => inertCode(address)),
  )}`;
  return [
    "<details>",
    `<summary>${inert(DECLARED_SIGNS[first.action])} <b>${first.action}</b> ${title}</summary>`,
    ...(lines.length === 0 ? [] : ["", fenced("diff", lines)]),
    ...(isSame ? [] : ["", likewise]),
    "",
    "</details>",
  ].join("\n");
}

/** Blocks from the beginning and from the end, two of those for one of these; each is whole, so that nothing stays open. */
function withoutMiddle(blocks: readonly Block[], limit: number): string[] {
  const length = (some: readonly Block[]) => some.reduce((sum, { text }) => sum + text.length + 2, 0);
  if (length(blocks) <= limit) return blocks.map(({ text }) => text);
  // The words of the gap get shorter, never longer, when less is left out.
  let room = limit - length([{ text: gapText(blocks), changes: 0 }]);
  let [first, last] = [0, blocks.length];
  while (first < last) {
    const fromStart = first < 2 * (blocks.length - last + 1);
    const size = length(fromStart ? blocks.slice(first, first + 1) : blocks.slice(last - 1, last));
    if (size > room) break;
    room -= size;
    if (fromStart) first += 1;
    else last -= 1;
  }
  const [start, gap, end] = [blocks.slice(0, first), blocks.slice(first, last), blocks.slice(last)];
  return [...start.map(({ text }) => text), gapText(gap), ...end.map(({ text }) => text)];
}

function gapText(left: readonly Block[]): string {
  const changes = left.reduce((sum, block) => sum + block.changes, 0);
  const lines = left.filter((block) => block.changes === 0).length;
  const parts = [
    ...(changes === 0 ? [] : [counted(changes, "change")]),
    ...(lines === 0 ? [] : [counted(lines, "other line")]),
  ];
  return `**… ${parts.join(" and ")} left out: too long for a comment. \`icaform plan --against\` shows all.**`;
}

function clipped(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE).replace(/[\ud800-\udbff]$/, "")}…` : line;
}
