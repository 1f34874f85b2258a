import { printable } from "./show.ts";

const BEFORE = 2;
const AFTER = 1;
const WIDTH = 100;
/** Of a line that is cut: so much is shown before the caret. */
const LEAD = 60;
/** A line is cut at its start when less than this would be seen behind the caret. */
const TAIL = 10;
/** Longer lines are not shown: nobody reads them, and looking for secrets in them takes too long. */
const LONGEST_LINE = 4000;

/** Stands for each character that must not be shown; a run of them is printed as `***`. */
export const MASK = "\uE000";

/** Values of keys that sound like secrets, unless they name one; for text that could not be read as YAML. */
const SECRET_LINE = /((?:secret|access_?key|password|passwd|token|api_?key)[\w-]*["']?\s*:\s*)(?![\s{#])(.+)/gi;
/** A presigned URL's query is a key to the data. */
const URL_QUERY = /(https?:\/\/[^\s"'?]*\?)([^\s"',}\]]+)/gi;

/**
 * The lines around a position with a caret under it, safe to print: long lines are cut around the caret, secrets and
 * the queries of URLs are masked, a terminal finds nothing in it to act on.
 *
 * @param lineAt the text of a line (1-based) without its line break; undefined behind the last one
 * @param column 1-based, in UTF-16 code units
 */
export function codeFrame(lineAt: (line: number) => string | undefined, line: number, column: number): string {
  const gutter = String(line + AFTER).length;
  const from = column > WIDTH - TAIL ? column - 1 - LEAD : 0;
  const rows: string[] = [];
  for (let number = Math.max(1, line - BEFORE); number <= line + AFTER; number++) {
    const text = lineAt(number);
    if (text === undefined) break;
    const masked = text.length > LONGEST_LINE ? "" : maskLine(text);
    const marker = number === line ? ">" : " ";
    rows.push(`${marker} ${String(number).padStart(gutter)} | ${cut(masked, from)}`.trimEnd());
    if (number === line) rows.push(`  ${" ".repeat(gutter)} | ${" ".repeat(caretOffset(masked, from, column - 1))}^`);
  }
  return rows.join("\n");
}

function maskLine(text: string): string {
  const masked = (_: string, kept: string, secret: string) => kept + MASK.repeat(secret.length);
  return text.replace(SECRET_LINE, masked).replace(URL_QUERY, masked);
}

function cut(text: string, from: number): string {
  const head = from > 0 && text.length > 0 ? "…" : "";
  const tail = text.length > from + WIDTH ? "…" : "";
  return head + clean(text.slice(from, from + WIDTH)) + tail;
}

/** How many columns of a terminal stand before the caret, which never points inside something masked. */
function caretOffset(text: string, from: number, at: number): number {
  let end = Math.min(at, text.length);
  while (end > from && text[end] === MASK && text[end - 1] === MASK) end--;
  return displayWidth((from > 0 ? "…" : "") + clean(text.slice(from, end)));
}

function clean(text: string): string {
  return printable(text.replaceAll("\t", "  ")).replace(/\uE000+/g, "***");
}

function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  }
  return width;
}

/** East Asian wide and fullwidth blocks (Unicode, UAX #11), and emoji. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
