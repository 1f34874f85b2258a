import { isDeepStrictEqual } from "node:util";
import type { Change, FieldChange } from "../core/plan.ts";
import { safe } from "./safe.ts";
import { type Leaf, leavesOf } from "./value.ts";
import { type WordPart, wordDiff } from "./word-diff.ts";

/** One line of a difference; `mark` as in a diff, `!` for what cannot be told. */
export interface DiffLine {
  mark: "+" | "-" | " " | "!";
  text: string;
}

/** A change's fields as lines of a diff: what is declared, or what was and what will be. */
export function diffLinesOf(change: Pick<Change, "action" | "fields">): DiffLine[] {
  return change.fields.flatMap((field) => (field.before === undefined ? declared(field, change) : differing(field)));
}

/** `[-removed-]` and `{+added+}`, as git's word diff: readable without colour. */
export function wordsText(parts: readonly WordPart[], paint: { removed: Paint; added: Paint } = UNPAINTED): string {
  return parts
    .map(({ kind, text }) => {
      if (kind === "removed") return paint.removed(`[-${text}-]`);
      return kind === "added" ? paint.added(`{+${text}+}`) : text;
    })
    .join("");
}

type Paint = (text: string) => string;
const UNPAINTED = { removed: (text: string) => text, added: (text: string) => text };

function declared(field: FieldChange, { action }: Pick<Change, "action">): DiffLine[] {
  if (field.after === undefined) return [{ mark: "-", text: `${safe(field.path)}: (ICA does not tell)` }];
  const lines = leavesOf(safe(field.path), field.after).map((leaf): DiffLine => ({ mark: "+", text: lineOf(leaf) }));
  if (action !== "rerun" && action !== "update") return lines;
  return [{ mark: "!", text: `${safe(field.path)}: ICA does not tell what it was, it is now` }, ...lines];
}

function differing(field: FieldChange): DiffLine[] {
  const path = safe(field.path);
  const words = wordDiff(field.before, field.after);
  if (words !== undefined) {
    const only = (kind: WordPart["kind"]) => words.filter((part) => part.kind === "same" || part.kind === kind);
    return [
      { mark: "-", text: `${path}: ${wordsText(only("removed"))}` },
      { mark: "+", text: `${path}: ${wordsText(only("added"))}` },
    ];
  }
  const before = leavesOf(path, field.before);
  if (field.after === undefined) return before.map((leaf) => ({ mark: "-", text: lineOf(leaf) }));
  const after = leavesOf(path, field.after);
  const isIn = (leaf: Leaf, leaves: readonly Leaf[]) => leaves.some((other) => isDeepStrictEqual(leaf, other));
  const lines = [
    ...before.filter((leaf) => !isIn(leaf, after)).map((leaf): DiffLine => ({ mark: "-", text: lineOf(leaf) })),
    ...after.filter((leaf) => !isIn(leaf, before)).map((leaf): DiffLine => ({ mark: "+", text: lineOf(leaf) })),
  ];
  // What differs only behind the cut of a long value, or in an order of keys, must not look as if nothing did.
  return lines.length > 0 ? lines : [{ mark: "!", text: `${path}: differs in what is not shown here` }];
}

function lineOf(leaf: Leaf): string {
  return `${leaf.path}: ${leaf.text}`;
}
