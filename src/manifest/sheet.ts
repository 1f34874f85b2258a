import type { Locator } from "../core/diagnostic.ts";
import type { Finding } from "./finding.ts";

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
  findings: Finding[];
}
