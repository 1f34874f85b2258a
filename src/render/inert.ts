import { safe } from "./safe.ts";

/** Characters of one name or message at most; what is longer is cut and says so. */
const MAX_INERT = 400;

/**
 * A string that came from ICA or a manifest, as text that GitHub and GitLab can only show: in a paragraph, a table
 * cell or an HTML element it opens nothing, closes nothing, links nothing and notifies nobody.
 *
 * - All ASCII punctuation that Markdown or HTML could read is a numeric character reference, which is never structure
 *   (CommonMark 0.31, 2.5).
 * - `@name`, `#1`, `!1`, `GH-1`, commits, `://` and `www.` are looked for in the rendered text too: a zero-width space
 *   parts them.
 *
 * The result is one line. `safe` drops zero-width spaces, so that all in the result are ours.
 */
export function inert(text: string): string {
  const parted = clean(text)
    .replace(/([@#!$%&~^])(?=\S)/g, `$1${ZERO_WIDTH}`)
    .replaceAll("://", `:${ZERO_WIDTH}//`)
    .replace(/www\./gi, (match) => `${match.slice(0, 3)}${ZERO_WIDTH}.`)
    .replace(/(?<![A-Za-z0-9])gh-(?=\d)/gi, `$&${ZERO_WIDTH}`)
    .replace(COMMIT, (run) => (run.match(/.{1,6}/g) ?? []).join(ZERO_WIDTH));
  return withReferences(parted);
}

/** The same as code, which is never looked through for mentions: to be copied as it is, it holds references alone. */
export function inertCode(text: string): string {
  return `<code>${withReferences(clean(text)).replace(/www\./gi, (match) => `${match.slice(0, 3)}&#46;`)}</code>`;
}

/** On one line, not too long. Spaces at the ends would be lost or make a line of code; runs are one in HTML anyway. */
function clean(text: string): string {
  const line = safe(text);
  const cut = line.length > MAX_INERT ? `${line.slice(0, MAX_INERT).replace(/[\ud800-\udbff]$/, "")}…` : line;
  return cut.trim();
}

function withReferences(text: string): string {
  return text.replace(/[^A-Za-z0-9 ,./\-\u0080-\uffff]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** From seven hexadecimal digits on a word is taken for a commit. */
const COMMIT = /(?<![A-Za-z0-9])[0-9a-f]{7,40}(?![A-Za-z0-9])/gi;

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
