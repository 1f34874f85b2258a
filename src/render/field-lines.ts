import { type Change, type FieldChange, MAX_READ_BACK } from "../core/plan.ts";
import type { Share } from "./group-fields.ts";
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
export function diffLinesOf({ action, fields }: Pick<Change, "action" | "fields">): DiffLine[] {
  return diffLinesOfShare({ fields, isShown: () => true }, action);
}

/** The same of some paths alone; that it is not known what they were is said of these, too. */
export function diffLinesOfShare({ fields, isShown, of }: Share, action: Change["action"]): DiffLine[] {
  return fields.flatMap((field) => {
    const lines = (field.before === undefined ? declared(field) : differing(field)).filter(({ path }) => isShown(path));
    if (!isUntold(field, action) || (lines.length === 0 && of === undefined)) return lines;
    const words = `${untoldWords(field, of)}${lines.length === 0 ? "" : ", it is now"}`;
    return [lineOf("!", { path: safe(field.path), text: words }), ...lines];
  });
}

/** Whether something is changed of which is not known what it was, so that it looks like an addition. */
export function isUntold({ before, after }: FieldChange, action: Change["action"]): boolean {
  return (action === "rerun" || action === "update") && before === undefined && after !== undefined;
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

function declared(field: FieldChange): DiffLine[] {
  const path = safe(field.path);
  if (field.after === undefined) return [lineOf("-", { path, text: untold(field) })];
  return leavesOf(path, field.after).map((leaf) => lineOf("+", leaf));
}

/** In place of a value from before that is not known, or not for everyone. */
export function untold({ sensitive, unread }: Pick<FieldChange, "sensitive" | "unread">): string {
  if (sensitive) return "(not shown)";
  return unread ? "(not read)" : "(ICA does not tell)";
}

/** The same as a sentence. `of`: of how many it is not known, where it is of others. */
export function untoldWords({ sensitive, unread }: Pick<FieldChange, "sensitive" | "unread">, of?: number): string {
  const who = of === undefined ? "" : `of ${of} `;
  if (sensitive) return `${who}what it was is not shown`;
  if (!unread) return `${who}ICA does not tell what it was`;
  return `${who}what it was is not read (of many reruns only the first ${MAX_READ_BACK} are; --target ADDRESS or --against shows it)`;
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
