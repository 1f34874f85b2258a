import type { Change, FieldChange } from "../core/plan.ts";
import { type LeafChange, leafChanges } from "./leaf-changes.ts";
import { safe } from "./safe.ts";
import { type Leaf, leafText, leavesOf } from "./value.ts";
import { itemDiff, type WordPart, wordDiff } from "./word-diff.ts";

/** One line of a difference; `mark` as in a diff, `!` for what cannot be told; `text` begins with `path`. */
export interface DiffLine {
  mark: "+" | "-" | " " | "!";
  path: string;
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
  const path = safe(field.path);
  if (field.after === undefined) return [lineOf("-", { path, text: untold(field) })];
  const lines = leavesOf(path, field.after).map((leaf) => lineOf("+", leaf));
  if (action !== "rerun" && action !== "update") return lines;
  const was = field.sensitive ? "what it was is not shown" : "ICA does not tell what it was";
  return [lineOf("!", { path, text: `${was}, it is now` }), ...lines];
}

/** In place of a value from before that is not known, or not for everyone. */
export function untold({ sensitive }: Pick<FieldChange, "sensitive">): string {
  return sensitive ? "(not shown)" : "(ICA does not tell)";
}

function differing(field: FieldChange): DiffLine[] {
  const path = safe(field.path);
  if (field.after === undefined) return leavesOf(path, field.before).map((leaf) => lineOf("-", leaf));
  const lines = leafChanges(path, field.before, field.after).flatMap(leafLines);
  // What differs only in an order of keys must not look as if nothing did.
  return lines.length > 0 ? lines : [lineOf("!", { path, text: UNSEEN })];
}

function leafLines(change: LeafChange): DiffLine[] {
  const { path, before, after } = change;
  const words = partsOf(change);
  const only = (kind: WordPart["kind"]) => words?.filter((part) => part.kind === "same" || part.kind === kind) ?? [];
  const was = words === undefined ? leafText(before) : wordsText(only("removed"));
  const willBe = words === undefined ? leafText(after) : wordsText(only("added"));
  // What differs only behind the cut of a long value.
  if (was === willBe) return [lineOf("!", { path, text: UNSEEN })];
  return [
    ...("before" in change ? [lineOf("-", { path, text: was })] : []),
    ...("after" in change ? [lineOf("+", { path, text: willBe })] : []),
  ];
}

/** Of a long string its words, of a long list its items; undefined when both sides are best shown whole. */
export function partsOf({ before, after }: LeafChange): WordPart[] | undefined {
  return wordDiff(before, after) ?? itemDiff(before, after);
}

function lineOf(mark: DiffLine["mark"], { path, text }: Leaf): DiffLine {
  return { mark, path, text: `${path}: ${text}` };
}

const UNSEEN = "differs in what is not shown here";
