import type { Change, FieldChange } from "../core/plan.ts";
import { isUntold, partsOf, untold, untoldWords, wordsText } from "./field-lines.ts";
import { isAbout, type Share } from "./group-fields.ts";
import { type LeafChange, leafChanges } from "./leaf-changes.ts";
import { safe } from "./safe.ts";
import type { Style } from "./style.ts";
import { isLeaf, type Leaf, leafText, leavesOf, scalarText } from "./value.ts";

/** Lines of one field's values at most, before "… and n more". */
const MAX_LEAVES = 12;

/** What differs, a line for each leaf: before → after where that is known. */
export function differenceTexts({ fields, isShown, of }: Share, action: Change["action"], style: Style): string[] {
  return fields.flatMap((field) => {
    const name = safe(field.path);
    if (!isUntold(field, action) || field.sensitive) {
      return capped(
        changedLeaves(field, style)
          .filter(({ path }) => isShown(path))
          .map(lineOf),
      );
    }
    const leaves = leavesOf(name, field.after).filter(({ path }) => isShown(path));
    if (leaves.length === 0 && of === undefined) return [];
    const words = `${name}: changed; ${untoldWords(field, of)}${leaves.length === 0 ? "" : ", it is now"}`;
    return [words, ...capped(leaves.map((leaf) => `  ${lineOf(leaf)}`))];
  });
}

/** What is declared, but for some sections. */
export function declaredTexts({ fields, isShown }: Share, but: readonly string[]): string[] {
  const leaves = fields.flatMap((field) => leavesOf(safe(field.path), field.after));
  return capped(leaves.filter(({ path }) => isShown(path) && !isAbout(path, but)).map(lineOf));
}

/** Of one change what differs at these paths, each leaf by itself. */
export function changedLeavesOf({ fields }: Pick<Change, "fields">, paths: readonly string[], style: Style): Leaf[] {
  return fields.flatMap((field) => changedLeaves(field, style)).filter(({ path }) => isAbout(path, paths));
}

export function capped(lines: readonly string[], most = MAX_LEAVES): string[] {
  if (lines.length <= most) return [...lines];
  const indent = /^ */.exec(lines[0] ?? "")?.[0] ?? "";
  return [...lines.slice(0, most), `${indent}… and ${lines.length - most} more`];
}

function changedLeaves(field: FieldChange, style: Style): Leaf[] {
  const path = safe(field.path);
  const arrow = (was: string, willBe: string) => `${style.red(was)} → ${style.green(willBe)}`;
  if (field.after === undefined) {
    const was = field.before === undefined ? untold(field) : leafOrJson(field.before);
    return [{ path, text: arrow(was, "(not declared)") }];
  }
  if (field.before === undefined && field.sensitive) {
    return [{ path, text: arrow(untold(field), leafOrJson(field.after)) }];
  }
  if (field.before === undefined) {
    return leavesOf(path, field.after).map((leaf) => ({ path: leaf.path, text: arrow(untold(field), leaf.text) }));
  }
  const changes = leafChanges(path, field.before, field.after);
  if (changes.length === 0) return [{ path, text: UNSEEN }];
  return changes.map((change) => ({ path: change.path, text: leafChangeText(change, style, arrow) }));
}

/** `[snv] → [snv, cnv]`; of what is long only the words or items that differ. */
function leafChangeText(change: LeafChange, style: Style, arrow: (was: string, willBe: string) => string): string {
  const parts = partsOf(change);
  if (parts !== undefined) return wordsText(parts, { removed: style.red, added: style.green });
  const was = "before" in change ? leafText(change.before) : "(not set)";
  const willBe = "after" in change ? leafText(change.after) : "(no longer set)";
  return was === willBe ? UNSEEN : arrow(was, willBe);
}

const UNSEEN = "differs in what is not shown here";

function leafOrJson(value: unknown): string {
  return isLeaf(value) ? leafText(value) : scalarText(JSON.stringify(value));
}

function lineOf({ path, text }: Leaf): string {
  return `${path}: ${text}`;
}
