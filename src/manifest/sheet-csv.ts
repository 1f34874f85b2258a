import { CsvError, parse } from "csv-parse/sync";
import type { Locator } from "../core/diagnostic.ts";
import type { Finding } from "./finding.ts";
import type { ReadSheet } from "./sheet.ts";
import { type CsvRecord, recordsOfSection, type WantedSection } from "./sheet-section.ts";
import { list, show } from "./show.ts";
import type { Source } from "./source.ts";

/**
 * A CSV file (RFC 4180; `.tsv`: with tabs) whose first row names the columns, or one section of an Illumina sample
 * sheet. Rows without any content are left out.
 */
export function readCsv(source: Source, section?: WantedSection): ReadSheet {
  const delimiter = source.name.endsWith(".tsv") ? "\t" : ",";
  const separated = otherSeparator(source, firstLineOf(source), delimiter);
  if (separated !== undefined) return { findings: [separated] };
  const all = recordsOf(source, delimiter);
  if (!Array.isArray(all)) return { findings: [all] };
  const filled = all.filter(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  const { records, findings: sectionFindings } = recordsOfSection(filled, section, source);
  if (records === undefined) return { findings: sectionFindings };
  const [header, ...rows] = records;
  if (header === undefined) {
    const help = "its first row names the columns";
    return { findings: [{ ...at(source, 0), code: "sheet-empty", message: "this sheet is empty", help }] };
  }
  const otherwise = otherSeparator(source, header.start, delimiter);
  const isComment = section === undefined && header.cells[0]?.trimStart().startsWith("#");
  if (otherwise !== undefined && !isComment) return { findings: [otherwise] };
  const names = header.cells.map((cell) => cell.trim());
  const columns = names.filter((name) => name !== "");
  const locate: Locator = ([row = -1, column]) => {
    const record = typeof row === "number" && row >= 0 ? rows[row] : header;
    const start = record?.start ?? source.text.length;
    return source.at(cellOffset(source.text, start, delimiter, names.indexOf(String(column))));
  };
  const findings = [...sectionFindings, ...headerFindings(names, locate), ...rowFindings(rows, names, locate)];
  const used = names.flatMap((name, index) => (name === "" ? [] : [index]));
  return {
    sheet: {
      name: source.name,
      columns,
      rows: rows.map(({ cells }) => used.map((index) => cells[index] ?? "")),
      locate,
    },
    findings,
  };
}

/** Where the first line starts that is neither empty nor a comment. */
function firstLineOf({ text }: Source): number {
  let start = 0;
  while (/^\s*(#|$)/.test(text.slice(start, lineEnd(text, start))) && lineEnd(text, start) < text.length) {
    start = lineEnd(text, start) + 1;
  }
  return start;
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

/** Spreadsheets of many countries save with semicolons what they call CSV. @param start of the line with the names */
function otherSeparator(source: Source, start: number, delimiter: string): Finding | undefined {
  const line = source.text.slice(start, lineEnd(source.text, start));
  const other = [";", "\t"].find((separator) => separator !== delimiter && line.includes(separator));
  if (other === undefined || line.includes(delimiter)) return undefined;
  const [what, help] =
    other === ";"
      ? ["semicolons", `save it with ${delimiter === "," ? "commas" : "tabs"}`]
      : ["tabs", "save it with commas, or under a name that ends with .tsv"];
  const message = `this sheet seems to be separated by ${what}`;
  return { ...at(source, start), code: "sheet-separator", message, help };
}

function recordsOf(source: Source, delimiter: string): CsvRecord[] | Finding {
  const bytes = Buffer.from(source.text);
  const ends: number[] = [];
  try {
    const records = parse(bytes, {
      delimiter,
      on_record(record: string[], { bytes: end }) {
        ends.push(end);
        return record;
      },
      relax_column_count: true,
      skip_empty_lines: true,
    });
    return withOffsets(bytes, records, ends);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const start = startBehind(bytes.toString("utf8", 0, ends.at(-1) ?? 0).length, source.text);
    const cell: unknown = error.index;
    const offset = cellOffset(source.text, start, delimiter, typeof cell === "number" ? cell : 0);
    return {
      ...at(source, offset),
      code: "sheet-syntax",
      message: csvMessages[error.code] ?? "this is not CSV",
      help: 'a cell with a comma, a quote or a line break in it: "like ""this"", say"',
    };
  }
}

function at(source: Source, offset: number): Pick<Finding, "on" | "path"> {
  return { on: { locate: () => source.at(offset) }, path: [] };
}

/** The parser counts bytes up to the end of each record; positions are in characters. */
function withOffsets(bytes: Buffer, records: readonly string[][], ends: readonly number[]): CsvRecord[] {
  let before = 0;
  let offset = 0;
  return records.map((cells, index) => {
    const end = ends[index] ?? bytes.length;
    const text = bytes.toString("utf8", before, end);
    const start = offset + startBehind(0, text);
    before = end;
    offset += text.length;
    return { cells, start };
  });
}

/** Where the record begins that follows the one which ends at `end`. */
function startBehind(end: number, text: string): number {
  let start = end;
  while (text[start] === "\r" || text[start] === "\n") start++;
  return start;
}

const csvMessages: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: "a quote that opens here is never closed",
  CSV_INVALID_CLOSING_QUOTE: "something stands behind the quote that closes this cell; is it the one that was meant?",
  INVALID_OPENING_QUOTE: "a quote stands in the middle of a cell",
};

function* headerFindings(names: readonly string[], locate: Locator): Generator<Finding> {
  const repeated = new Set(names.filter((name, index) => name !== "" && names.indexOf(name) !== index));
  if (repeated.size === 0) return;
  const message = `the column ${list([...repeated].map(show))} is named more than once`;
  yield { on: { locate }, path: [-1, [...repeated][0] ?? ""], code: "sheet-header", message };
}

function* rowFindings(rows: readonly CsvRecord[], names: readonly string[], locate: Locator): Generator<Finding> {
  // Spreadsheets like to add empty cells behind the last column, to the header as to the rows.
  const named = names.findLastIndex((name) => name !== "") + 1;
  for (const [index, { cells }] of rows.entries()) {
    const stray = cells.findIndex((cell, at) => cell !== "" && (names[at] ?? "") === "");
    if (cells.length >= named && stray < 0) continue;
    const message =
      stray >= 0 && stray < names.length
        ? `cell ${stray + 1} of this row is in a column without a name`
        : `this row has ${cells.length} cell${cells.length === 1 ? "" : "s"} where the header has ${named}`;
    const help = "check for a missing or extra comma; a cell with a comma in it needs quotes";
    yield { on: { locate }, path: [index], code: "sheet-row", message, help };
  }
}

/** Where a cell of the record that starts at `start` begins. */
function cellOffset(text: string, start: number, delimiter: string, cell: number): number {
  let isQuoted = false;
  let left = cell;
  for (let at = start; at < text.length && left > 0; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text[at] === "\n") return start;
    else if (!isQuoted && text[at] === delimiter && --left === 0) return at + 1;
  }
  return start;
}
