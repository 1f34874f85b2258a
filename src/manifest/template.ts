import { didYouMean } from "../core/suggest.ts";
import type { ValueMistake } from "./finding.ts";
import { columnHelp } from "./sheet.ts";
import { show } from "./show.ts";

type Path = readonly (string | number)[];

/** What placeholders may name; `sheet` says where columns are named. */
export interface Scope {
  variables: Readonly<Record<string, string>>;
  /** Undefined outside of a set's template; "unknown" where there are no rows, and nothing that names their columns. */
  columns?: readonly string[] | "unknown";
  sheet?: string;
}

/** A value with the placeholders of one row filled in; the row's cells are in the order of the scope's columns. */
export type Render = (cells: readonly string[]) => unknown;

export interface Template {
  render: Render;
  mistakes: ValueMistake[];
  /** Which columns each string takes something from; a key has the path of its value. */
  uses: { path: Path; what: "key" | "value"; columns: string[] }[];
  /** Strings that are one placeholder and nothing else. */
  alone: Path[];
  /** Mappings with keys that are filled in. */
  keyed: { path: Path; keys: { written: string; fill: (cells: readonly string[]) => string }[] }[];
}

/**
 * Prepares a value with `${each.column}` and `${var.name}` in its strings and keys; `$${` stands for `${`. Values without
 * placeholders are shared by all that is rendered, so nobody may change them.
 */
export function compileTemplate(value: unknown, scope: Scope, path: Path = []): Template {
  const template: Template = noTemplate(value);
  const compiled = compile(value, path, { scope, template });
  if (compiled.type === "dynamic") template.render = compiled.render;
  else template.render = () => compiled.value;
  return template;
}

export function noTemplate(value: unknown): Template {
  return { render: () => value, mistakes: [], uses: [], alone: [], keyed: [] };
}

type Compiled = { type: "static"; value: unknown } | { type: "dynamic"; render: Render };

interface Work {
  scope: Scope;
  template: Template;
}

function compile(value: unknown, path: Path, work: Work): Compiled {
  if (typeof value === "string") return value.includes("${") ? compileString(value, path, work) : same(value);
  if (Array.isArray(value)) return compileList(value, path, work);
  if (typeof value === "object" && value !== null) return compileMapping(value, path, work);
  return same(value);
}

function compileList(items: readonly unknown[], path: Path, work: Work): Compiled {
  const compiled = items.map((item, index) => compile(item, [...path, index], work));
  if (compiled.every((item) => item.type === "static")) return same(compiled.map(({ value }) => value));
  return { type: "dynamic", render: (cells) => compiled.map((item) => rendered(item, cells)) };
}

function compileMapping(mapping: object, path: Path, work: Work): Compiled {
  const members = Object.entries(mapping).map(([written, value]) => {
    const at = [...path, written];
    const key = written.includes("${") ? compileString(written, at, work, "key") : same(written);
    return {
      written,
      fill: (cells: readonly string[]) => String(rendered(key, cells)),
      key,
      value: compile(value, at, work),
    };
  });
  const render: Render = (cells) =>
    Object.fromEntries(members.map(({ fill, value }) => [fill(cells), rendered(value, cells)]));
  const isFilled = members.some(({ written }) => written.includes("${"));
  if (isFilled) work.template.keyed.push({ path, keys: members });
  const isStatic = members.every(({ key, value }) => key.type === "static" && value.type === "static");
  return isStatic ? same(render([])) : { type: "dynamic", render };
}

function rendered(compiled: Compiled, cells: readonly string[]): unknown {
  return compiled.type === "static" ? compiled.value : compiled.render(cells);
}

function same(value: unknown): Compiled {
  return { type: "static", value };
}

/** Text between placeholders, or the number of a column. */
type Part = string | number;

function compileString(text: string, path: Path, work: Work, what: "key" | "value" = "value"): Compiled {
  const parts = partsOf(text, { path, what }, work);
  if (what === "value" && ALONE.test(text)) work.template.alone.push(path);
  const columns = [...new Set(parts.flatMap((part) => (typeof part === "number" ? [columnAt(work, part)] : [])))];
  if (columns.length === 0) return same(parts.join(""));
  work.template.uses.push({ path, what, columns });
  return {
    type: "dynamic",
    render: (cells) => parts.map((part) => (typeof part === "number" ? (cells[part] ?? "") : part)).join(""),
  };
}

/** Where a string stands: a key at the path of its value. */
interface Spot {
  path: Path;
  what: "key" | "value";
}

/** One pass, so that what a variable or a cell holds is never read as a placeholder again. */
function partsOf(text: string, spot: Spot, work: Work): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(spot.what === "key" ? ANY : placeholdersIn(spot.path))) {
    const [whole, escaped, inner = ""] = match;
    parts.push(text.slice(end, match.index));
    parts.push(escaped === "$" ? whole.slice(1) : partFor(inner.trim(), whole, spot, work));
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)];
}

/** The inverse: text in which nothing is a placeholder any more, and which stands for the text given. */
export function escapePlaceholders(text: string, path: Path): string {
  return text.replace(placeholdersIn(path), (found) => `$${found}`);
}

/** The same for a key. */
export function escapeKey(key: string): string {
  return key.replace(ANY, (found) => `$${found}`);
}

/** Whatever looks like a placeholder, with a `$` before it that takes its meaning away. */
const ANY = /(\$?)\$\{([^}]*)\}?/g;
/** Nothing but one placeholder: what YAML can only write as text, although a number may be meant. */
export const ALONE = /^\$\{[^}]*\}$/;
/** In a text that goes out byte for byte: a script may well have a `${…}` that is no business of ours. */
const OURS = /(\$?)\$\{\s*((?:var|each)\.[^}]*)\}/g;

function placeholdersIn(path: Path): RegExp {
  return path.at(-1) === "text" && path.at(-3) === "input" ? OURS : ANY;
}

function partFor(inner: string, whole: string, spot: Spot, work: Work): Part {
  const dot = inner.indexOf(".");
  const name = inner.slice(dot + 1);
  const complain = (code: string, message: string, help: string): string => {
    work.template.mistakes.push({ ...spot, code, message, help });
    return "";
  };
  if (dot >= 0 && whole.endsWith("}") && name !== "") {
    if (inner.startsWith("var.")) return variable(name, work, complain);
    if (inner.startsWith("each.")) return column(name, work, complain);
  }
  const help = "write ${each.column} or ${var.name}; for a ${ that is meant as it stands, write $${";
  return complain("placeholder", `${show(whole)} is not a placeholder`, help);
}

type Complain = (code: string, message: string, help: string) => string;

function variable(name: string, { scope }: Work, complain: Complain): Part {
  if (Object.hasOwn(scope.variables, name)) return scope.variables[name] ?? "";
  const help = didYouMean(name, Object.keys(scope.variables)) ?? `give it: --var ${show(name).slice(1, -1)}=…`;
  return complain("variable-missing", `there is no variable ${show(name)}`, help);
}

function column(name: string, { scope }: Work, complain: Complain): Part {
  if (scope.columns === undefined) {
    const message = `${show(`\${each.${name}}`)} has no meaning here`;
    return complain("placeholder", message, "it may stand in the template of a PipelineRunSet");
  }
  if (scope.columns === "unknown") return "";
  const index = scope.columns.indexOf(name);
  if (index >= 0) return index;
  const message = `${scope.sheet ?? "the sheet"} has no column ${show(name)}`;
  return complain("column-missing", message, columnHelp(name, scope.columns));
}

function columnAt({ scope }: Work, index: number): string {
  return scope.columns === "unknown" ? "" : (scope.columns?.[index] ?? "");
}
