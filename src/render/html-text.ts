import { safe, safeLines } from "./safe.ts";

/** A string from elsewhere as text of an element or as a quoted attribute's value, and as nothing else. */
export function html(text: string): string {
  return escaped(safe(text));
}

/** The same of a value whose line breaks are its own; shown where white space counts. */
export function htmlLines(text: string): string {
  return escaped(safeLines(text));
}

/** The same as code. */
export function htmlCode(text: string): string {
  return `<code>${html(text)}</code>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
