import { didYouMean } from "../core/suggest.ts";
import type { Finding, Place } from "./finding.ts";
import { columnHelp, hasUnknownColumns, type ReadSheet, type Sheet } from "./sheet.ts";
import { list, show } from "./show.ts";

/** By column: the cell that a row must have there, or one of several; blanks around them do not count. */
export type Where = Readonly<Record<string, string | null | readonly (string | null)[]>>;

/** Columns with more different values than this are no list that anybody reads. */
const MOST_VALUES = 10;

/** The rows that have what is asked for in every named column; their places stay those of the whole sheet. */
export function selectRows(sheet: Sheet, where: Where, on: Place): ReadSheet {
  const findings: Finding[] = [];
  let kept = [...sheet.rows.keys()];
  for (const [name, value] of Object.entries(where)) {
    const at = { on, path: ["spec", "forEach", "where", name] };
    const column = sheet.columns.indexOf(name);
    if (column >= 0) {
      const wanted = new Set([value].flat().map((word) => (word ?? "").trim()));
      const rows = rowsByValue(sheet, column);
      for (const one of wanted) findings.push(...nearMisses(one, wanted, rows, { sheet, name, at }));
      const chosen = new Set([...wanted].flatMap((one) => rows.get(one) ?? []));
      kept = kept.filter((row) => chosen.has(row));
    } else if (!hasUnknownColumns(sheet)) {
      const { file, line } = sheet.locate([-1]);
      const message = `${show(sheet.name)} (${file}:${line}) has no column ${show(name)}`;
      findings.push({ ...at, what: "key", code: "column-missing", message, help: columnHelp(name, sheet.columns) });
    }
  }
  const selected: Sheet = {
    ...sheet,
    rows: kept.map((row) => sheet.rows[row] ?? []),
    locate: ([row, ...rest], what) => {
      return sheet.locate([typeof row === "number" && row >= 0 ? (kept[row] ?? row) : (row ?? -1), ...rest], what);
    },
  };
  return { sheet: selected, chosenFrom: sheet.rows.length, findings };
}

/** Which rows have each of a column's values. */
function rowsByValue(sheet: Sheet, column: number): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const [row, cells] of sheet.rows.entries()) {
    const value = (cells[column] ?? "").trim();
    const known = rows.get(value);
    if (known === undefined) rows.set(value, [row]);
    else known.push(row);
  }
  return rows;
}

interface Condition {
  sheet: Sheet;
  name: string;
  at: Pick<Finding, "on" | "path">;
}

/**
 * A value that no row has is most likely mistyped, and so are cells that differ from it in nothing but case; a sheet that
 * has none of it yet is right all the same.
 */
function* nearMisses(
  value: string,
  wanted: ReadonlySet<string>,
  rows: ReadonlyMap<string, readonly number[]>,
  { sheet, name, at }: Condition,
): Generator<Finding> {
  const said = value === "" ? "an empty cell" : show(value);
  if (!rows.has(value)) {
    const some = [...rows.keys()].slice(0, MOST_VALUES);
    const more = rows.size > some.length ? ` and ${rows.size - some.length} more` : "";
    const help =
      didYouMean(value, some) ?? (some.length === 0 ? undefined : `it has ${some.map(show).join(", ")}${more}`);
    const message = `no row of ${show(sheet.name)} has ${said} in ${show(name)}`;
    yield { ...at, severity: "warning", code: "where-nothing", message, ...(help === undefined ? {} : { help }) };
    return;
  }
  const others = [...rows].filter(([other]) => !wanted.has(other) && other.toLowerCase() === value.toLowerCase());
  if (others.length === 0) return;
  const left = others.flatMap(([, indices]) => indices).sort((one, next) => one - next);
  const lines = left.slice(0, MOST_VALUES).map((row) => String(sheet.locate([row, name]).line));
  if (left.length > lines.length) lines.push(`${left.length - lines.length} more`);
  const words = list(others.map(([other]) => show(other)));
  const message = `rows of ${show(sheet.name)} with ${words} instead of ${said} in ${show(name)} are left out: line${left.length > 1 ? "s" : ""} ${list(lines)}`;
  const help = "case counts: list all spellings that are meant, or mend the sheet";
  yield { ...at, severity: "warning", code: "where-case", message, help };
}
