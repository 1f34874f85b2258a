import { safe } from "./safe.ts";

/** One leaf of a declared value: `input.form.parameters.sample_id`, `"NA12878"`. */
export interface Leaf {
  path: string;
  text: string;
}

/** A leaf as it is declared: a scalar, a list of scalars, a secret's reference, or an empty mapping. */
export interface RawLeaf {
  path: string;
  value: unknown;
}

const MAX_VALUE = 200;
/** What tells the items of a list apart better than their number does: a form's data by parameter, its fields by id. */
const NAMING_KEYS = ["parameter", "id"];

/** A value's leaves in declared order; lists of scalars stay on one line. `limit`: characters of one value at most. */
export function leavesOf(path: string, value: unknown, limit = MAX_VALUE): Leaf[] {
  return rawLeavesOf(path, value).map((leaf) => ({ path: leaf.path, text: leafText(leaf.value, limit) }));
}

/** The same, before it is put into words. */
export function rawLeavesOf(path: string, value: unknown): RawLeaf[] {
  if (isLeaf(value)) return [{ path, value }];
  if (!Array.isArray(value)) {
    return Object.entries(value as object).flatMap(([key, member]) => rawLeavesOf(`${path}.${safe(key)}`, member));
  }
  return namedItems(path, value).flatMap((item) => rawLeavesOf(item.path, item.value));
}

/** A list's items by their place; where each names itself, by its name: `data.fastqs` rather than `data[0]`. */
export function namedItems(path: string, items: readonly unknown[]): RawLeaf[] {
  const key = NAMING_KEYS.find((name) => areNamedBy(name, items));
  return items.map((value, index) => {
    if (key === undefined) return { path: `${path}[${index}]`, value };
    const { [key]: name, ...rest } = value as Record<string, unknown>;
    return { path: `${path}.${safe(String(name))}`, value: rest };
  });
}

/** Whether a value is shown on one line, as one thing. */
export function isLeaf(value: unknown): boolean {
  if (isScalar(value)) return true;
  if (Array.isArray(value)) return value.every(isScalar);
  return Object.keys(value as object).length === 0 || referenceText(value as Record<string, unknown>) !== undefined;
}

/** A leaf in words: a secret by its reference, a list in brackets. */
export function leafText(value: unknown, limit = MAX_VALUE): string {
  if (isScalar(value)) return scalarText(value, limit);
  if (Array.isArray(value)) return `[${value.map((item) => scalarText(item, limit)).join(", ")}]`;
  return referenceText(value as Record<string, unknown>) ?? "{}";
}

/** One value on one line; a longer one than `limit` is cut, with its length in characters. */
export function scalarText(value: unknown, limit = MAX_VALUE): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "—";
  const text = safe(value);
  return text.length > limit ? `${text.slice(0, limit)}… (${value.length} characters)` : text;
}

export function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}

/** A secret is shown by its reference, as its manifest has it: in `values` that users make up themselves it may be none. */
function referenceText(value: Record<string, unknown>): string | undefined {
  const keys = Object.keys(value);
  if (keys.length !== 1 || !(keys[0] === "env" || keys[0] === "file") || typeof value[keys[0]] !== "string")
    return undefined;
  return `{ ${keys[0]}: ${scalarText(value[keys[0]])} }`;
}

function areNamedBy(key: string, items: readonly unknown[]): boolean {
  const names = items.map((item) => (isScalar(item) ? undefined : Reflect.get(item as object, key)));
  const isName = (name: unknown) => typeof name === "string" && name !== "";
  const hasMore = items.every((item) => !isScalar(item) && Object.keys(item as object).length > 1);
  return items.length > 0 && hasMore && names.every(isName) && new Set(names).size === names.length;
}
