import { stripVTControlCharacters } from "node:util";
import stringWidth from "fast-string-width";

/** Indent of what is carried over: deeper than the lines that belong to a heading, and two beyond an indented line's. */
const HANG = { heading: 6, line: 2 };
/** Fewer columns than this cannot be respected. */
const MIN_COLUMNS = 40;

/**
 * Breaks lines at spaces so that none is wider than `columns` cells of a terminal; wide characters count two, colour
 * codes none. Ids, paths and digests are never broken: they are there to be copied.
 */
export function wrapped(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < MIN_COLUMNS) return text;
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, columns))
    .join("\n");
}

/** `padEnd` by cells, so that columns stand under each other whatever the script. */
export function padCells(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - stringWidth(text)));
}

export { stringWidth as cellsOf };

function wrapLine(line: string, columns: number): string[] {
  if (stringWidth(line) <= columns) return [line];
  const indent = /^ */.exec(line)?.[0] ?? "";
  const hang = `${indent}${" ".repeat(indent === "" ? HANG.heading : HANG.line)}`;
  const lines: string[] = [];
  let current = indent;
  let isEmpty = true;
  for (const word of wordsOf(line.slice(indent.length), columns - hang.length)) {
    const fits = stringWidth(current) + stringWidth(word.text) <= columns;
    if (!fits && !isEmpty) {
      lines.push(current.trimEnd());
      current = hang;
    }
    current += word.text + word.space;
    isEmpty = false;
  }
  return [...lines, current.trimEnd()];
}

/** Words with the space behind them; one that is too wide for a line and is prose is cut between its graphemes. */
function wordsOf(text: string, columns: number): { text: string; space: string }[] {
  return [...text.matchAll(/(\S+)(\s*)/g)].flatMap(([, word = "", space = ""]) => {
    const isWhole = stringWidth(word) <= columns || /^[\u0020-\u007e]*$/.test(stripVTControlCharacters(word));
    return isWhole ? [{ text: word, space }] : cutWord(word, columns, space);
  });
}

/** A colour code inside a word takes no room, and is never cut itself. */
const COLOUR = new RegExp(`(${"\u001b"}\\[[\\d;]*m)`);

function cutWord(word: string, columns: number, space: string): { text: string; space: string }[] {
  const pieces: string[] = [];
  let piece = "";
  for (const part of partsOf(word)) {
    if (stringWidth(piece + part) > columns) {
      pieces.push(piece);
      piece = "";
    }
    piece += part;
  }
  pieces.push(piece);
  return pieces.map((text, index) => ({ text, space: index === pieces.length - 1 ? space : "" }));
}

/** Graphemes and colour codes, one by one. */
function partsOf(word: string): string[] {
  const graphemes = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  return word.split(COLOUR).flatMap((part, index) => (index % 2 === 1 ? [part] : graphemes(part)));
}
