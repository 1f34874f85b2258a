import { diffArrays, diffWordsWithSpace } from "diff";
import { safe } from "./safe.ts";
import { isScalar, leafText, scalarText } from "./value.ts";

/** A piece of a long string: in both, only before, or only after. */
export interface WordPart {
  kind: "same" | "removed" | "added";
  text: string;
}

/** From so many characters on, a string is shown by its words that differ. */
const MIN_LONG = 60;
/** Of what is the same, so many characters are kept on each side of a difference. */
const CONTEXT = 24;
/** Beyond so many differences the strings have too little in common for words to help, and time is wasted. */
const MAX_EDITS = 400;

/**
 * The words that differ between two long strings, with a little of what is around them; undefined when the strings are
 * short, or have too little in common. Line breaks and tabs are marked, and shown of short strings too where nothing
 * else differs: made safe for one line, both would look the same.
 */
export function wordDiff(before: unknown, after: unknown): WordPart[] | undefined {
  if (typeof before !== "string" || typeof after !== "string") return undefined;
  const [left, right] = [safe(marked(before)), safe(marked(after))];
  if (left === right) return undefined;
  const looksSame = safe(before).trim() === safe(after).trim();
  if (!looksSame && Math.max(before.length, after.length) <= MIN_LONG) return undefined;
  const parts = diffWordsWithSpace(left, right, { maxEditLength: MAX_EDITS });
  const isSame = (part: { added: boolean; removed: boolean }) => !part.added && !part.removed;
  if (parts === undefined || !(looksSame || parts.some((part) => isSame(part) && part.value.trim() !== "")))
    return undefined;
  return parts.map((part, index) => {
    if (part.added) return { kind: "added", text: part.value };
    if (part.removed) return { kind: "removed", text: part.value };
    return { kind: "same", text: shortened(part.value, index === 0, index === parts.length - 1) };
  });
}

/** The same for two long lists of scalars, item by item. */
export function itemDiff(before: unknown, after: unknown): WordPart[] | undefined {
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  if (![...before, ...after].every(isScalar)) return undefined;
  const [left, right] = [before.map(markedText), after.map(markedText)];
  const looksSame = leafText(before) === leafText(after);
  if (!looksSame && Math.max(left.join().length, right.join().length) <= MIN_LONG) return undefined;
  const runs = diffArrays(left, right, { maxEditLength: MAX_EDITS });
  // What differs behind the cut of a long item differs in nothing that could be shown.
  if (runs?.some((run) => run.added || run.removed) !== true) return undefined;
  if (!looksSame && runs.every((run) => run.added || run.removed)) return undefined;
  // Every item carries its comma, so that the pieces can stand beside each other as they are.
  return runs.map((run, index): WordPart => {
    const isLast = index === runs.length - 1;
    const end = isLast ? "" : ", ";
    if (run.added) return { kind: "added", text: run.value.join(", ") + end };
    if (run.removed) return { kind: "removed", text: run.value.join(", ") + end };
    return { kind: "same", text: fewItems(run.value, index === 0, isLast) + end };
  });
}

const MARKS: Record<string, string> = { "\r": "␍", "\n": "⏎", "\t": "→" };

/** With signs for what `safe` makes a space of. */
function marked(text: string): string {
  return text.replace(/[\r\n\t]/g, (character) => MARKS[character] ?? "");
}

function markedText(item: unknown): string {
  return scalarText(typeof item === "string" ? marked(item) : item);
}

/** Of items that are the same on both sides, the neighbours of a difference are enough. */
function fewItems(items: readonly string[], isFirst: boolean, isLast: boolean): string {
  if (items.length <= 3) return items.join(", ");
  const left = isFirst ? items.length - 1 : isLast ? items.length - 1 : items.length - 2;
  const gap = `… ${left} the same …`;
  return [...(isFirst ? [] : items.slice(0, 1)), gap, ...(isLast ? [] : items.slice(-1))].join(", ");
}

/** The beginning of a string needs no words before it, the end none after it. */
function shortened(text: string, isFirst: boolean, isLast: boolean): string {
  const characters = [...text];
  if (characters.length <= 2 * CONTEXT + 3) return text;
  const head = isFirst ? "" : characters.slice(0, CONTEXT).join("");
  const tail = isLast ? "" : characters.slice(-CONTEXT).join("");
  return `${head}…${tail}`;
}
