import type { Locator } from "../core/diagnostic.ts";
import { didYouMean } from "../core/suggest.ts";
import type { Finding } from "./finding.ts";
import { list, show } from "./show.ts";

/**
 * The rows that a set fans out over, wherever they come from. A later source (the sections of an Illumina sample sheet,
 * a condition on rows) is one more function that makes such a value.
 */
export interface Sheet {
  /** `samples.csv`, as shown to people. */
  name: string;
  columns: string[];
  /** Cells in the order of `columns`. */
  rows: readonly (readonly string[])[];
  /** Finds a cell: the path is the row's index and the column's name; row -1 is the header. */
  locate: Locator;
}

export interface ReadSheet {
  /** Undefined when it cannot be used at all. */
  sheet?: Sheet;
  /** Of how many rows `where` has chosen those of the sheet. */
  chosenFrom?: number;
  findings: Finding[];
}

/** An empty list of items has no rows and names no columns, so that whatever column is named may be meant. */
export function hasUnknownColumns({ columns, rows }: Pick<Sheet, "columns" | "rows">): boolean {
  return columns.length === 0 && rows.length === 0;
}

/** What to write instead of a column that is not there. */
export function columnHelp(name: string, columns: readonly string[]): string {
  if (columns.length === 0) return "it has no columns at all";
  return didYouMean(name, columns) ?? `columns are ${list(columns.map(show))}`;
}
