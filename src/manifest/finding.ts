import { type Diagnostic, errorAt, type Locator, type Position, warningAt } from "../core/diagnostic.ts";
import { list, show } from "./show.ts";

type Path = readonly (string | number)[];

/** A mistake at a value of a document, before its position is looked up. */
export interface ValueMistake {
  /** From the document's root. */
  path: Path;
  what?: "key" | "value";
  code: string;
  message: string;
  help?: string;
}

/** So many mistakes of one document are told: nobody reads more before mending these. */
const MOST_MISTAKES = 100;

/** The first mistakes of a document; the last one says how many more there are. */
export function firstOf<Said extends { code: string; message: string; help?: string }>(mistakes: Said[]): Said[] {
  const last = mistakes[MOST_MISTAKES];
  if (last === undefined) return mistakes;
  const message = `${mistakes.length - MOST_MISTAKES} more mistakes in this document are not told`;
  const help = "mend those above first";
  return [...mistakes.slice(0, MOST_MISTAKES), { ...last, code: "more-mistakes", message, help }];
}

/** A document, or a run that a set made of one row of its sheet. */
export interface Place {
  locate: Locator;
  row?: SheetRow;
}

export interface SheetRow {
  /** The same for all rows of one set. */
  set: { name: string };
  /** `samples.csv:3, column sample_id`: where the value at a path comes from. */
  origin(path: Path): string;
  /** The cells that the text at a path is made of; none where the template alone says what stands there. */
  cells(path: Path, what?: "key" | "value"): Cell[];
}

export interface Cell {
  column: string;
  value: string;
  at: Position & { frame?: string };
}

export interface Finding extends ValueMistake {
  on: Place;
  severity?: "error" | "warning";
}

export function* placed(mistakes: Iterable<ValueMistake>, on: Place): Generator<Finding> {
  for (const mistake of mistakes) yield { ...mistake, on };
}

/** So many rows with the same mistake are told one by one. */
const MOST_ROWS = 10;
/** Of a text that more columns make up, the first cells are shown. */
const MOST_CELLS = 3;

interface Group {
  /** At most MOST_ROWS of them. */
  findings: Finding[];
  count: number;
}

/** Looks up positions. The same mistake in many rows of a sheet is told once, at the first row that has it. */
export function tell(findings: readonly Finding[]): Diagnostic[] {
  const groups = new Map<unknown, Map<string, Group>>();
  for (const finding of findings) {
    const about = finding.on.row?.set ?? finding.on;
    const key = JSON.stringify([finding.path, finding.what, finding.code, finding.message]);
    const byMistake = groups.get(about) ?? new Map<string, Group>();
    groups.set(about, byMistake);
    const group = byMistake.get(key) ?? { findings: [], count: 0 };
    byMistake.set(key, group);
    if (group.count++ < MOST_ROWS) group.findings.push(finding);
  }
  return [...groups.values()].flatMap((byMistake) => [...byMistake.values()].flatMap(tellGroup));
}

function tellGroup({ findings, count }: Group): Diagnostic[] {
  const [first] = findings;
  if (first === undefined) return [];
  const { on, path, what, severity, code, message, help } = first;
  const diagnostic = severity === "warning" ? warningAt : errorAt;
  const rows = findings.map((finding) => finding.on.row?.cells(path, what).slice(0, MOST_CELLS) ?? []);
  const cell = rows[0]?.[0];
  if (cell !== undefined) {
    const { file, line, column } = on.locate(path, what);
    const text = `${message}; ${cellsText(rows, count)}; it is filled in at ${file}:${line}:${column}`;
    return [diagnostic(cell.at, code, text, help)];
  }
  const more = count > 1 ? ` and ${moreRows(count - 1)}` : "";
  const from = on.row === undefined ? "" : ` (from ${on.row.origin(path)}${more})`;
  return [diagnostic(on.locate(path, what), code, message + from, help)];
}

/** "`id` is `S 9` here, `S 12` in line 12 and so in 3 more rows" */
function cellsText([here = [], ...others]: readonly Cell[][], count: number): string {
  const first = list(here.map(({ column, value }) => `${show(column)} is ${shown(value)}`));
  const also = others.map((cells) => `${list(cells.map(({ value }) => shown(value)))} in line ${cells[0]?.at.line}`);
  const untold = count - 1 - others.length;
  return list([`${first} here`, ...also, ...(untold > 0 ? [moreRows(untold)] : [])]);
}

function shown(value: string): string {
  return value === "" ? "empty" : show(value);
}

function moreRows(count: number): string {
  return `${count} more row${count > 1 ? "s" : ""}`;
}
