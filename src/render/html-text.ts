import { safe } from "./safe.ts";

/** A string from elsewhere as text of an element or as a quoted attribute's value, and as nothing else. */
export function html(text: string): string {
  return safe(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The same as code. */
export function htmlCode(text: string): string {
  return `<code>${html(text)}</code>`;
}
