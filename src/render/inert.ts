import { safe } from "./safe.ts";

/** Characters of one name or message at most; what is longer is cut and says so. */
const MAX_INERT = 400;

/**
 * A string that came from ICA or a manifest, as text that GitHub and GitLab can only show: in a paragraph, a table
 * cell or an HTML element it opens nothing, closes nothing, links nothing and notifies nobody.
 *
 * - All ASCII punctuation that Markdown or HTML could read is a numeric character reference, which is never structure
 *   (CommonMark 0.31, 2.5).
 * - `@name`, `#1`, `!1`, `://` and `www.` are looked for in the rendered text too: a zero-width space parts them.
 *
 * The result is one line. `safe` drops zero-width spaces, so that all in the result are ours.
 */
export function inert(text: string): string {
  const clean = safe(text);
  const cut = clean.length > MAX_INERT ? `${clean.slice(0, MAX_INERT).replace(/[\ud800-\udbff]$/, "")}…` : clean;
  const parted = cut
    .replace(/([@#!$%&~^])(?=\S)/g, `$1${ZERO_WIDTH}`)
    .replaceAll("://", `:${ZERO_WIDTH}//`)
    .replace(/www\./gi, (match) => `${match.slice(0, 3)}${ZERO_WIDTH}.`);
  // Spaces at the ends would be lost or make a line of code; runs of them are one in HTML anyway.
  return parted.trim().replace(/[^A-Za-z0-9 ,./\-\u0080-\uffff]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The same as code, which is never looked through for mentions. */
export function inertCode(text: string): string {
  return `<code>${inert(text)}</code>`;
}

/**
 * Lines as a fenced block. The fence is longer than every run of back-ticks inside (CommonMark 0.31, 4.5), and no line
 * can hold a line break.
 */
export function fenced(language: string, lines: readonly string[]): string {
  const clean = lines.map((line) => line.replace(/[\r\n\u2028\u2029]+/g, " "));
  const longest = Math.max(0, ...clean.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return [`${fence}${language}`, ...clean, fence].join("\n");
}

const ZERO_WIDTH = "\u200b";
