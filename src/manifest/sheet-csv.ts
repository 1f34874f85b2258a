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
  const all = recordsOf(source, delimiter);
  if (!Array.isArray(all)) return { findings: [all] };
  const filled = all.filter(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  const records = recordsOfSection(filled, section, source);
  if (!Array.isArray(records)) return { findings: [records] };
  const [header, ...rows] = records;
  const at = (offset: number) => ({ on: { locate: () => source.at(offset) }, path: [] });
  if (header === undefined) {
    const help = "its first row names the columns";
    return { findings: [{ ...at(0), code: "sheet-empty", message: "this sheet is empty", help }] };
  }
  const names = header.cells.map((cell) => cell.trim());
  const columns = names.filter((name) => name !== "");
  const locate: Locator = ([row = -1, column]) => {
    const record = typeof row === "number" && row >= 0 ? rows[row] : header;
    const start = record?.start ?? source.text.length;
    return source.at(cellOffset(source.text, start, delimiter, names.indexOf(String(column))));
  };
  const findings = [...headerFindings(names, locate), ...rowFindings(rows, names, locate)];
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

function recordsOf(source: Source, delimiter: string): CsvRecord[] | Finding {
  const bytes = Buffer.from(source.text);
  try {
    const ends: number[] = [];
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
    const line: unknown = error.lines;
    return {
      on: { locate: () => source.at(source.lineStart(typeof line === "number" ? line : 1)) },
      path: [],
      code: "sheet-syntax",
      message: csvMessages[error.code] ?? "this is not CSV",
      help: 'a cell with a comma, a quote or a line break in it: "like ""this"", say"',
    };
  }
}

/** The parser counts bytes up to the end of each record; positions are in characters. */
function withOffsets(bytes: Buffer, records: readonly string[][], ends: readonly number[]): CsvRecord[] {
  let before = 0;
  let offset = 0;
  return records.map((cells, index) => {
    const end = ends[index] ?? bytes.length;
    const text = bytes.toString("utf8", before, end);
    const start = offset + (/^[\r\n]*/.exec(text)?.[0].length ?? 0);
    before = end;
    offset += text.length;
    return { cells, start };
  });
}

const csvMessages: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: "a quote that opens here is never closed",
  CSV_INVALID_CLOSING_QUOTE: "something stands behind the closing quote of a cell",
  INVALID_OPENING_QUOTE: "a quote stands in the middle of a cell",
};

function* headerFindings(names: readonly string[], locate: Locator): Generator<Finding> {
  const repeated = new Set(names.filter((name, index) => name !== "" && names.indexOf(name) !== index));
  if (repeated.size === 0) return;
  const message = `the column ${list([...repeated].map(show))} is named more than once`;
  yield { on: { locate }, path: [-1, [...repeated][0] ?? ""], code: "sheet-header", message };
}

function* rowFindings(rows: readonly CsvRecord[], names: readonly string[], locate: Locator): Generator<Finding> {
  for (const [index, { cells }] of rows.entries()) {
    // Spreadsheets like to add empty cells behind the last column.
    const width = cells.findLastIndex((cell) => cell !== "") + 1;
    const stray = cells.findIndex((cell, at) => cell !== "" && (names[at] ?? "") === "");
    if (cells.length >= names.length && width <= names.length && stray < 0) continue;
    const message =
      stray >= 0 && stray < names.length
        ? `cell ${stray + 1} of this row is in a column without a name`
        : `this row has ${cells.length} cells where the header has ${names.length}`;
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
