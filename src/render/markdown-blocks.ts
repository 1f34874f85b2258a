import { counted } from "./amounts.ts";

/** A part of a comment that is shown whole or not at all, so that no element or fence stays open. */
export interface Block {
  kind: "refusal" | "group" | "warning";
  text: string;
  /** The least that must be seen of it where nobody may overlook it: what is lost, what is stopped, what is refused. */
  brief?: string;
}

/** What stands above the first block of a kind. */
const HEADINGS: Record<Block["kind"], string | undefined> = {
  refusal: "> **Refused by policy: nothing of this can be applied.**",
  group: undefined,
  warning: "#### Warnings",
};

/** Blocks as paragraphs, with their headings. */
export function withHeadings(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block, index) => headed(block, blocks[index - 1]));
}

function headed({ kind, text }: Block, before: Block | undefined): string[] {
  const heading = before?.kind === kind ? undefined : HEADINGS[kind];
  return heading === undefined ? [text] : [heading, text];
}

/**
 * As many blocks as there is room for, in their order, and what is left out. What nobody may overlook is placed first,
 * in brief, then in full as far as that goes; then the others, from the beginning and from the end.
 *
 * @param room characters, of which each block takes two more than it has
 */
export function fitting(blocks: readonly Block[], room: number): string[] {
  const kinds = new Set(blocks.map(({ kind }) => kind));
  const headings = [...kinds].flatMap((kind) => HEADINGS[kind] ?? []);
  let left = room - lengthOf(gapText(blocks)) - headings.reduce((sum, heading) => sum + lengthOf(heading), 0);
  const shown = new Map<Block, string>();
  const place = (block: Block, text: string) => {
    const more = lengthOf(text) - lengthOf(shown.get(block));
    if (more > left) return false;
    left -= more;
    shown.set(block, text);
    return true;
  };
  for (const block of blocks) if (block.brief !== undefined) place(block, block.brief);
  for (const block of blocks) if (shown.has(block)) place(block, block.text);

  let [first, last] = [0, blocks.length];
  let fromStart = true;
  while (first < last) {
    const block = blocks[fromStart ? first : last - 1];
    if (block !== undefined && !shown.has(block) && !place(block, block.text)) break;
    if (fromStart) first += 1;
    else last -= 1;
    // Two from the beginning for one from the end: creates and reruns stand first.
    fromStart = first < 2 * (blocks.length - last + 1);
  }
  return gapped(blocks, shown);
}

/** One word about all that is left out, where it begins. */
function gapped(blocks: readonly Block[], shown: ReadonlyMap<Block, string>): string[] {
  const out = blocks.filter((block) => !shown.has(block));
  const kept = blocks.flatMap((block) => {
    const text = shown.get(block);
    return text === undefined ? [] : [{ ...block, text }];
  });
  const before = out[0] === undefined ? kept.length : blocks.indexOf(out[0]);
  const gap = out.length === 0 ? [] : [gapText(out)];
  const paragraphs = kept.map((block, index) => headed(block, kept[index - 1]));
  return [...paragraphs.slice(0, before).flat(), ...gap, ...paragraphs.slice(before).flat()];
}

function gapText(blocks: readonly Block[]): string {
  const parts = (["group", "refusal", "warning"] as const).flatMap((kind) => {
    const count = blocks.filter((block) => block.kind === kind).length;
    return count === 0 ? [] : [counted(count, kind)];
  });
  const lost = blocks.filter(({ kind, brief }) => kind === "group" && brief !== undefined).length;
  const dangers = lost === 0 ? "" : `, of which ${lost} overwrite or abort`;
  return `**… ${parts.join(" and ")} left out${dangers}: too long for a comment. \`icaform plan --verbose\` shows all.**`;
}

function lengthOf(text: string | undefined): number {
  return text === undefined ? 0 : text.length + 2;
}
