import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { decode, LARGEST_FILE } from "./decode.ts";
import { reasonOf } from "./discover.ts";
import type { Finding } from "./finding.ts";
import { resolveInside } from "./inside.ts";
import type { Manifest } from "./manifests.ts";
import { columnHelp, hasUnknownColumns, type ReadSheet, type Sheet } from "./sheet.ts";
import { readCsv } from "./sheet-csv.ts";
import { readItems } from "./sheet-items.ts";
import { selectRows, type Where } from "./sheet-where.ts";
import { show } from "./show.ts";
import { Source } from "./source.ts";

/** A PipelineRunSet after its schema has been asked. */
export interface SetValue {
  apiVersion: string;
  metadata: { name: string };
  spec: {
    forEach: {
      csv?: string;
      section?: string;
      items?: Record<string, string | null>[];
      where?: Where;
      key: string;
    };
    template: { metadata?: { name?: string; formerNames?: string[] }; spec: object };
  };
}

/** The rows of a set; a sheet is looked for beside the manifest, and only inside the tree. */
export function readSheet({ spec }: SetValue, manifest: Manifest, roots: readonly string[]): ReadSheet {
  const { csv, section, items, where } = spec.forEach;
  const whole = csv === undefined ? readItems(items ?? [], manifest.locate) : readFile(csv, section, manifest, roots);
  if (whole.sheet === undefined || where === undefined) return whole;
  const selected = selectRows(whole.sheet, where, manifest);
  return { ...selected, findings: [...whole.findings, ...selected.findings] };
}

function readFile(csv: string, section: string | undefined, manifest: Manifest, roots: readonly string[]): ReadSheet {
  const path = ["spec", "forEach", "csv"];
  const failed = (code: string, message: string, help?: string): ReadSheet => ({
    findings: [{ on: manifest, path, code, message, ...(help === undefined ? {} : { help }) }],
  });
  const file = resolveInside(roots, manifest.source.path, csv, manifest.locate(path));
  if (typeof file !== "string") return failed(file.code, file.message, file.help);
  try {
    const { size } = statSync(file);
    if (size > LARGEST_FILE) return failed("file-too-large", `${show(csv)} has ${size} bytes: too many for a sheet`);
    const name = join(dirname(manifest.source.name), csv);
    const decoded = decode(readFileSync(file));
    if ("mistake" in decoded) {
      const { line, ...mistake } = decoded.mistake;
      return { findings: [{ ...mistake, on: { locate: () => ({ file: name, line, column: 1 }) }, path: [] }] };
    }
    const source = new Source(name, file, decoded.text);
    const wanted = { on: manifest, path: ["spec", "forEach", "section"] };
    return readCsv(
      source,
      section === undefined ? undefined : { ...wanted, name: section.replace(/^\[(.*)\]$/, "$1") },
    );
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return failed("path-unreadable", `${show(csv)} cannot be read: ${reasonOf(error)}`);
  }
}

/** The key is a column, and each row has its own value in it. */
export function keyFindings(set: SetValue, sheet: Sheet, manifest: Manifest): Finding[] {
  return [...keyMistakes(set, sheet, manifest)];
}

function* keyMistakes(set: SetValue, sheet: Sheet, manifest: Manifest): Generator<Finding> {
  const { key } = set.spec.forEach;
  const column = sheet.columns.indexOf(key);
  if (column < 0) {
    if (hasUnknownColumns(sheet)) return;
    const help = columnHelp(key, sheet.columns);
    const message = `${show(sheet.name)} has no column ${show(key)}`;
    yield { on: manifest, path: ["spec", "forEach", "key"], code: "column-missing", message, help };
    return;
  }
  const rows = new Map<string, number>();
  for (const [index, cells] of sheet.rows.entries()) {
    const value = cells[column] ?? "";
    const first = rows.get(value);
    if (first === undefined) rows.set(value, index);
    const at = { on: { locate: sheet.locate }, path: [index, key] };
    if (value === "") yield { ...at, code: "sheet-key", message: `this row has no ${show(key)}, which names its run` };
    else if (first !== undefined) {
      const { file, line } = sheet.locate([first, key]);
      const message = `${show(value)} is the ${show(key)} of an earlier row as well, at ${file}:${line}`;
      yield { ...at, code: "sheet-key", message, help: "the key tells the rows apart: give each its own value" };
    }
  }
}
