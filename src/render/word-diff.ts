import { diffWordsWithSpace } from "diff";
import { safe } from "./safe.ts";

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
 * short, or have too little in common.
 */
export function wordDiff(before: unknown, after: unknown): WordPart[] | undefined {
  if (typeof before !== "string" || typeof after !== "string") return undefined;
  if (Math.max(before.length, after.length) <= MIN_LONG) return undefined;
  const [left, right] = [safe(before), safe(after)];
  if (left === right) return undefined;
  const parts = diffWordsWithSpace(left, right, { maxEditLength: MAX_EDITS });
  if (parts === undefined || !parts.some((part) => !part.added && !part.removed && part.value.trim() !== ""))
    return undefined;
  return parts.map((part, index) => {
    if (part.added) return { kind: "added", text: part.value };
    if (part.removed) return { kind: "removed", text: part.value };
    return { kind: "same", text: shortened(part.value, index === 0, index === parts.length - 1) };
  });
}

/** The beginning of a string needs no words before it, the end none after it. */
function shortened(text: string, isFirst: boolean, isLast: boolean): string {
  const characters = [...text];
  if (characters.length <= 2 * CONTEXT + 3) return text;
  const head = isFirst ? "" : characters.slice(0, CONTEXT).join("");
  const tail = isLast ? "" : characters.slice(-CONTEXT).join("");
  return `${head}…${tail}`;
}
