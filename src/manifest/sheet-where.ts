import { didYouMean } from "../core/suggest.ts";
import type { Finding, Place } from "./finding.ts";
import type { ReadSheet, Sheet } from "./sheet.ts";
import { list, show } from "./show.ts";

/** By column: the cell that a row must have there, or one of several. */
export type Where = Readonly<Record<string, string | null | readonly (string | null)[]>>;

/** Columns with more different values than this are no list that anybody reads. */
const MOST_VALUES = 10;

/** The rows that have what is asked for in every named column; their places stay those of the whole sheet. */
export function selectRows(sheet: Sheet, where: Where, on: Place): ReadSheet {
  const path = (column: string) => ["spec", "forEach", "where", column];
  const findings: Finding[] = [];
  const conditions: { column: number; wanted: ReadonlySet<string> }[] = [];
  for (const [name, value] of Object.entries(where)) {
    const column = sheet.columns.indexOf(name);
    const wanted = new Set([value].flat().map((word) => word ?? ""));
    if (column >= 0) {
      conditions.push({ column, wanted });
      findings.push(...strangers(sheet, name, column, wanted, { on, path: path(name) }));
    } else if (sheet.columns.length > 0) {
      const { file, line } = sheet.locate([-1]);
      const message = `${show(sheet.name)} (${file}:${line}) has no column ${show(name)}`;
      const help = didYouMean(name, sheet.columns) ?? `columns are ${list(sheet.columns.map(show))}`;
      findings.push({ on, path: path(name), what: "key", code: "column-missing", message, help });
    }
  }
  const kept = [...sheet.rows.keys()].filter((row) =>
    conditions.every(({ column, wanted }) => wanted.has(sheet.rows[row]?.[column] ?? "")),
  );
  const selected: Sheet = {
    ...sheet,
    rows: kept.map((row) => sheet.rows[row] ?? []),
    locate: ([row, ...rest], what) => {
      return sheet.locate([typeof row === "number" && row >= 0 ? (kept[row] ?? row) : (row ?? -1), ...rest], what);
    },
  };
  return { sheet: selected, findings };
}

/** A value that no row has is most likely mistyped; a sheet that has none of it yet is right all the same. */
function* strangers(
  sheet: Sheet,
  name: string,
  column: number,
  wanted: ReadonlySet<string>,
  at: Pick<Finding, "on" | "path">,
): Generator<Finding> {
  const present = new Set(sheet.rows.map((cells) => cells[column] ?? ""));
  for (const value of wanted) {
    if (present.has(value)) continue;
    const some = [...present].slice(0, MOST_VALUES);
    const more = present.size > some.length ? ` and ${present.size - some.length} more` : "";
    const help =
      didYouMean(value, some) ?? (some.length === 0 ? undefined : `it has ${some.map(show).join(", ")}${more}`);
    yield {
      ...at,
      severity: "warning",
      code: "where-nothing",
      message: `no row of ${show(sheet.name)} has ${value === "" ? "an empty cell" : show(value)} in ${show(name)}`,
      ...(help === undefined ? {} : { help }),
    };
  }
}
