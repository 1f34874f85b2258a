import { PipelineRunSet } from "icaform:set-validator";
import { PipelineRun } from "icaform:validators";
import type { Locator } from "../core/diagnostic.ts";
import { type Declarations, declare } from "./declare.ts";
import { type Cell, type Finding, type Place, placed } from "./finding.ts";
import type { Manifest } from "./manifests.ts";
import { keyFindings, readSheet, type SetValue } from "./set-sheet.ts";
import { hasUnknownColumns, type Sheet } from "./sheet.ts";
import { list, show } from "./show.ts";
import { compileTemplate, noTemplate, type Template } from "./template.ts";
import { keyMistakes, locatorOfFilled, writtenPath } from "./template-keys.ts";

type Path = readonly (string | number)[];

export interface ExpandOptions {
  variables: Readonly<Record<string, string>>;
  /** Real paths of the trees in which a sheet may lie. */
  roots: readonly string[];
}

/**
 * Adds the runs of a set to the declarations: one for each row of its sheet. They are ordinary runs, whose positions
 * are those of the template. The template is validated once as it is written, each run once it is filled in.
 */
export function* expandSet(declarations: Declarations, manifest: Manifest, options: ExpandOptions): Generator<Finding> {
  const isExpanded = yield* expand(declarations, manifest, options);
  // The runs of a set that cannot be expanded are unknown, and so not missing.
  declarations.isIncomplete ||= !isExpanded;
}

function* expand(declarations: Declarations, written: Manifest, options: ExpandOptions): Generator<Finding, boolean> {
  const outer = withoutTemplate(written, options);
  const unfilled = outer.mistakes.length > 0 ? outer.mistakes : [...keyMistakes(outer, [])];
  yield* placed(unfilled, written);
  if (unfilled.length > 0) return false;
  const manifest = { ...written, locate: locatorOfFilled(outer, [], written.locate) };
  const set = outer.render([]);
  const declared = declare(declarations, "PipelineRunSet", set, { locate: manifest.locate }, PipelineRunSet);
  yield* placed(declared.mistakes, manifest);
  // What is wrong with the template would otherwise be told again for each row.
  if (declared.mistakes.length > 0 || !isSet(set)) return false;
  const { sheet, chosenFrom, findings } = readSheet(set, manifest, options.roots);
  yield* findings;
  if (sheet === undefined) return false;
  const sheetKeys = keyFindings(set, sheet, manifest);
  yield* sheetKeys;
  const header = sheet.locate([-1]);
  const scope = {
    variables: options.variables,
    columns: hasUnknownColumns(sheet) ? ("unknown" as const) : sheet.columns,
    sheet: `${show(sheet.name)} (${header.file}:${header.line})`,
  };
  const template = compileTemplate(runTemplate(set, sheet), scope);
  const locate = locatorOfRuns(set, manifest.locate);
  yield* placed(template.mistakes, { locate });
  const mistakes = findings.filter(({ severity }) => severity !== "warning");
  const isKeyMissing = sheetKeys.length > 0 && !sheet.columns.includes(set.spec.forEach.key);
  if (mistakes.length + template.mistakes.length > 0 || isKeyMissing) return false;
  // Of a row whose key is wrong that is said already; all others are looked at in the same go.
  const told = new Set(sheetKeys.map(({ path: [row] }) => row));
  let isWhole = sheetKeys.length === 0;
  for (const [index, cells] of sheet.rows.entries()) {
    if (told.has(index)) continue;
    const place: Place = {
      locate: locatorOfFilled(template, cells, locate),
      row: {
        set: set.metadata,
        origin: (path) => originOf(sheet, index, template, path),
        cells: (path, what) => cellsOf(sheet, index, template, path, what),
      },
    };
    const repeated = [...keyMistakes(template, cells)];
    yield* placed(repeated, place);
    if (repeated.length > 0) {
      isWhole = false;
      continue;
    }
    const run = declare(declarations, "PipelineRun", template.render(cells), place, PipelineRun, template.alone);
    yield* placed(run.mistakes, place);
  }
  if (sheet.rows.length === 0) yield withoutRows(manifest, sheet, chosenFrom ?? 0);
  if (chosenFrom !== undefined) {
    declarations.choices.push({ set: set.metadata.name, sheet: sheet.name, rows: sheet.rows.length, of: chosenFrom });
  }
  return isWhole;
}

function withoutRows(on: Manifest, { name }: Sheet, leftOut: number): Finding {
  const why =
    leftOut === 0 ? `${show(name)} has no rows` : `\`where\` chooses none of the ${leftOut} rows of ${show(name)}`;
  const message = `${why}, so this set declares no runs`;
  return { on, path: ["spec", "forEach"], severity: "warning", code: "sheet-empty", message };
}

/** Variables are filled in everywhere but in the template, whose strings wait for the rows. */
function withoutTemplate({ value, hasPlaceholders }: Manifest, { variables }: ExpandOptions): Template {
  const spec: unknown = isRecord(value) ? value.spec : undefined;
  if (!hasPlaceholders || !isRecord(value) || !isRecord(spec)) return noTemplate(value);
  const { template, ...rest } = spec;
  const outer = compileTemplate({ ...value, spec: rest }, { variables });
  const filled = outer.render([]);
  const whole = isRecord(filled) && isRecord(filled.spec) ? { ...filled, spec: { ...filled.spec, template } } : filled;
  return { ...outer, render: () => ("template" in spec ? whole : filled) };
}

/** The set's template as the document of a run. That there is no such key has been told already. */
function runTemplate({ apiVersion, metadata, spec }: SetValue, { columns }: Sheet): unknown {
  const { template, forEach } = spec;
  const name = columns.includes(forEach.key) ? `${metadata.name}-\${each.${forEach.key}}` : metadata.name;
  return { apiVersion, kind: "PipelineRun", metadata: { name, ...template.metadata }, spec: template.spec };
}

/** A run's values are found in the template; a name that the template does not give, at the name of the set. */
function locatorOfRuns({ spec }: SetValue, locate: Locator): Locator {
  const isNamed = spec.template.metadata?.name !== undefined;
  return (path, what) => {
    const [section, key] = path;
    if (section === "metadata" && key === "name" && !isNamed) return locate(path, what);
    if (section === "metadata" || section === "spec") return locate(["spec", "template", ...path], what);
    return locate(path.length === 0 ? ["spec", "template"] : path, what);
  };
}

/** `samples.csv:3, column sample_id`: the row, and the columns that the value at the path is made of. */
function originOf(sheet: Sheet, row: number, template: Template, filled: Path): string {
  const { uses } = template;
  const path = writtenPath(template, filled, sheet.rows[row] ?? []);
  const columns = new Set(
    uses.filter((use) => startsWith(use.path, path) || startsWith(path, use.path)).flatMap((use) => use.columns),
  );
  const { file, line } = sheet.locate([row, ...[...columns].slice(0, 1)]);
  const named = columns.size === 0 || columns.size > 3 ? "" : `, column ${list([...columns].map(show))}`;
  return `${file}:${line}${named}`;
}

/** Of a text or key with placeholders, the cells of the row that are filled in. */
function cellsOf(sheet: Sheet, row: number, template: Template, filled: Path, what: "key" | "value" = "value"): Cell[] {
  const path = writtenPath(template, filled, sheet.rows[row] ?? []);
  const use = template.uses.find(
    (one) => one.what === what && one.path.length === path.length && startsWith(path, one.path),
  );
  return (use?.columns ?? []).map((column) => {
    const value = sheet.rows[row]?.[sheet.columns.indexOf(column)] ?? "";
    return { column, value, at: sheet.locate([row, column]) };
  });
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((part, index) => path[index] === part);
}

function isSet(value: unknown): value is SetValue {
  return isRecord(value) && "metadata" in value && "spec" in value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
