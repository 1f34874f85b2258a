import { isDeepStrictEqual } from "node:util";
import { diffArrays } from "diff";
import { canonicalJson } from "../core/canonical.ts";
import { safe } from "./safe.ts";
import { isLeaf, isScalar, namedItems, type RawLeaf, rawLeavesOf } from "./value.ts";

/** A leaf that is not the same on both sides; a side that does not have it is absent. */
export interface LeafChange {
  path: string;
  before?: unknown;
  after?: unknown;
}

/** Beyond so many differences two lists have too little in common for their items to be matched. */
const MAX_EDITS = 400;

/**
 * What differs between two values, leaf by leaf, in the order of what will be. Items of a list that are on both sides
 * are passed over wherever they stand, so that one more item at the front is one difference.
 */
export function leafChanges(path: string, before: unknown, after: unknown): LeafChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isLeaf(before) && isLeaf(after)) return [{ path, before, after }];
  if (Array.isArray(before) && Array.isArray(after)) return itemChanges(path, before, after);
  if (isMap(before) && isMap(after)) return pairwise(entries(path, before), entries(path, after));
  return [...removed({ path, value: before }), ...added({ path, value: after })];
}

function itemChanges(path: string, before: readonly unknown[], after: readonly unknown[]): LeafChange[] {
  const [left, right] = [namedItems(path, before), namedItems(path, after)];
  const isNumbered = [...left, ...right].every((item) => item.path.endsWith("]"));
  return isNumbered ? aligned(left, right) : pairwise(left, right);
}

/** Members by their path: first those that will be, then those that will be no more. */
function pairwise(before: readonly RawLeaf[], after: readonly RawLeaf[]): LeafChange[] {
  const was = new Map(before.map((leaf) => [leaf.path, leaf]));
  const willBe = new Set(after.map((leaf) => leaf.path));
  return [
    ...after.flatMap((leaf) => {
      const earlier = was.get(leaf.path);
      return earlier === undefined ? added(leaf) : leafChanges(leaf.path, earlier.value, leaf.value);
    }),
    ...before.filter((leaf) => !willBe.has(leaf.path)).flatMap(removed),
  ];
}

/** Numbered items: those that are equal are matched, those between two matches are compared one by one. */
function aligned(before: readonly RawLeaf[], after: readonly RawLeaf[]): LeafChange[] {
  const keysOf = (items: readonly RawLeaf[]) => items.map((item) => canonicalJson(item.value));
  const runs = diffArrays(keysOf(before), keysOf(after), { maxEditLength: MAX_EDITS });
  if (runs === undefined) return pairwise(before, after);
  const changes: LeafChange[] = [];
  let [left, right] = [0, 0];
  let gone: RawLeaf[] = [];
  for (const run of [...runs, { value: [], added: false, removed: false, count: 0 }]) {
    if (run.removed) {
      gone = before.slice(left, left + run.count);
      left += run.count;
      continue;
    }
    const made = run.added ? after.slice(right, right + run.count) : [];
    changes.push(
      ...made.flatMap((item, index) => against(gone[index], item)),
      ...gone.slice(made.length).flatMap(removed),
    );
    gone = [];
    right += run.count;
    if (!run.added) left += run.count;
  }
  return changes;
}

function against(earlier: RawLeaf | undefined, item: RawLeaf): LeafChange[] {
  return earlier === undefined ? added(item) : leafChanges(item.path, earlier.value, item.value);
}

function added(leaf: RawLeaf): LeafChange[] {
  return rawLeavesOf(leaf.path, leaf.value).map(({ path, value }) => ({ path, after: value }));
}

function removed(leaf: RawLeaf): LeafChange[] {
  return rawLeavesOf(leaf.path, leaf.value).map(({ path, value }) => ({ path, before: value }));
}

function entries(path: string, value: object): RawLeaf[] {
  return Object.entries(value).map(([key, member]) => ({ path: `${path}.${safe(key)}`, value: member }));
}

function isMap(value: unknown): value is object {
  return !isScalar(value) && !Array.isArray(value);
}
