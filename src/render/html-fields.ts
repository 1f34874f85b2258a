import type { Change, FieldChange } from "../core/plan.ts";
import { partsOf, untold } from "./field-lines.ts";
import { html, htmlCode, htmlLines } from "./html-text.ts";
import { type LeafChange, leafChanges } from "./leaf-changes.ts";
import { safe } from "./safe.ts";
import { leafText, rawLeavesOf } from "./value.ts";
import type { WordPart } from "./word-diff.ts";

/** Characters of one value at most: more than a terminal gets, as a page scrolls. */
const MAX_VALUE = 2000;

/** One line of a table of fields: a path, and markup for its value. */
export interface FieldRow {
  path: string;
  value: string;
}

/** A change's fields: what is declared, or what was and what will be. */
export function fieldRows(change: { action: Change["action"]; fields: readonly FieldChange[] }): FieldRow[] {
  return change.fields.flatMap((field) => rowsOf(field, change.action));
}

/** As a table; nothing without rows. */
export function fieldsHtml(rows: readonly FieldRow[]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(({ path, value }) => `<tr><th scope="row">${pathHtml(path)}</th><td>${value}</td></tr>`);
  return `<table class="fields">${lines.join("\n")}</table>`;
}

/** Too long for its column, it breaks between its keys rather than inside one. */
function pathHtml(path: string): string {
  return htmlCode(path).replaceAll(/\.(?=[^<])/g, ".<wbr>");
}

function rowsOf(field: FieldChange, action: Change["action"]): FieldRow[] {
  const path = safe(field.path);
  if (field.after === undefined) {
    const before = field.before === undefined ? untold(field) : leafOrJson(field.before);
    return [{ path, value: `${was(html(before))}${willBe("(not declared)")}` }];
  }
  if (field.before !== undefined) {
    const rows = leafChanges(path, field.before, field.after).map(differing);
    // What differs only in an order of keys must not look as if nothing did.
    return rows.length > 0 ? rows : [{ path, value: UNSEEN }];
  }
  const declared = rawLeavesOf(path, field.after).map((leaf) => ({ path: leaf.path, text: leafHtml(leaf.value) }));
  if (action !== "rerun" && action !== "update") {
    return declared.map((leaf) => ({ path: leaf.path, value: `<code>${leaf.text}</code>` }));
  }
  const before = was(`<span class="soft">${html(untold(field))}</span>`);
  return declared.map((leaf) => ({ path: leaf.path, value: `${before}${willBe(leaf.text)}` }));
}

function differing(change: LeafChange): FieldRow {
  const { path } = change;
  const parts = partsOf(change);
  if (parts !== undefined) return { path, value: `${was(words(parts, "removed"))}${willBe(words(parts, "added"))}` };
  const before = "before" in change ? leafHtml(change.before) : "(not set)";
  const after = "after" in change ? leafHtml(change.after) : "(not set)";
  return { path, value: before === after ? UNSEEN : `${was(before)}${willBe(after)}` };
}

const UNSEEN = "differs in what is not shown here";

/** The sign is text, so that it is read out, copied and printed. */
function was(markup: string): string {
  return `<del><code>− ${markup}</code></del>`;
}

function willBe(markup: string): string {
  return `<ins><code>+ ${markup}</code></ins>`;
}

function words(parts: readonly WordPart[], kind: WordPart["kind"]): string {
  return parts
    .filter((part) => part.kind === "same" || part.kind === kind)
    .map((part) => (part.kind === "same" ? htmlLines(part.text) : `<b>${htmlLines(part.text)}</b>`))
    .join("");
}

/** A text of several lines keeps them: a page has room for what its author laid out. */
function leafHtml(value: unknown): string {
  if (typeof value !== "string" || !/[\r\n]./.test(value)) return html(leafText(value, MAX_VALUE));
  return htmlLines(value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}… (${value.length} characters)` : value);
}

function leafOrJson(value: unknown): string {
  return typeof value === "string" ? leafText(value, MAX_VALUE) : safe(JSON.stringify(value));
}
