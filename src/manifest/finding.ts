import { type Diagnostic, errorAt, type Locator, warningAt } from "../core/diagnostic.ts";

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
  set: object;
  /** `samples.csv:3, column sample_id`: where the value at a path comes from. */
  origin(path: Path): string;
}

export interface Finding extends ValueMistake {
  on: Place;
  severity?: "error" | "warning";
}

export function* placed(mistakes: Iterable<ValueMistake>, on: Place): Generator<Finding> {
  for (const mistake of mistakes) yield { ...mistake, on };
}

/**
 * Looks up positions. The same mistake in many rows of a sheet is told once, at the template, with the first row that
 * has it.
 */
export function tell(findings: readonly Finding[]): Diagnostic[] {
  const groups = new Map<unknown, Map<string, { first: Finding; count: number }>>();
  for (const finding of findings) {
    const about = finding.on.row?.set ?? finding.on;
    const key = JSON.stringify([finding.path, finding.what, finding.code, finding.message]);
    const group = groups.get(about) ?? new Map<string, { first: Finding; count: number }>();
    groups.set(about, group);
    const known = group.get(key);
    if (known === undefined) group.set(key, { first: finding, count: 1 });
    else known.count++;
  }
  return [...groups.values()].flatMap((group) => [...group.values()].map(({ first, count }) => tellOne(first, count)));
}

function tellOne({ on, path, what, severity, code, message, help }: Finding, count: number): Diagnostic {
  const diagnostic = severity === "warning" ? warningAt : errorAt;
  const more = count > 1 ? ` and ${count - 1} more row${count > 2 ? "s" : ""}` : "";
  const from = on.row === undefined ? "" : ` (from ${on.row.origin(path)}${more})`;
  return diagnostic(on.locate(path, what), code, message + from, help);
}
