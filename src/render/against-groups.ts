import { byCodeUnit } from "../core/address.ts";
import { canonicalJson } from "../core/canonical.ts";
import type { DeclaredChange } from "../core/compare.ts";
import { grouped } from "../core/grouped.ts";
import type { FieldChange } from "../core/plan.ts";
import { RERUN_DEFAULTS } from "../core/rerun-defaults.ts";
import { type DiffLine, diffLinesOf } from "./field-lines.ts";
import { MIN_ALIKE, shortPaths } from "./group.ts";
import { type LeafChange, leafChanges } from "./leaf-changes.ts";
import { safe } from "./safe.ts";
import { leafText, rawLeavesOf } from "./value.ts";

/** Changes that a reviewer may read as one. */
export interface AlikeChanges {
  members: readonly [DeclaredChange, ...DeclaredChange[]];
  /** What they have values of their own for; nothing: all differ in the very same way. */
  own: readonly OwnPath[];
}

interface OwnPath {
  path: string;
  /** `Small → Large`; none where there are many, as in the rows of a sheet. */
  values: readonly string[];
}

/** So many values of a path are told beside the one that is shown. */
const MAX_VALUES = 4;
/** Characters of one of them. */
const MAX_VALUE = 40;

/**
 * By action and by the paths that differ. A value that nearly all share is shared by all of a group, so that the few
 * that are unlike the rest stand by themselves; what goes by the rows of a sheet is told of one of them. In the order of
 * the changes.
 */
export function groupAlike(changes: readonly DeclaredChange[]): AlikeChanges[] {
  const members = changes.map((change): Member => ({ change, values: valuesOf(change) }));
  const classes = grouped(members, ({ change, values }) =>
    JSON.stringify([change.action, change.address.split("/", 1)[0], [...values.keys()].sort()]),
  );
  const places = new Map(changes.map((change, index) => [change, index]));
  const place = ({ members: [first] }: AlikeChanges) => places.get(first) ?? 0;
  return classes.flatMap(groupsIn).sort((left, right) => place(left) - place(right));
}

/** What differs, as lines of a diff; defaults that nobody wrote are left out of what is added or removed as a whole. */
export function differenceOf(change: DeclaredChange): DiffLine[] {
  // Both sides are known here, so that a field of one side alone is an addition or a removal.
  return diffLinesOf({ action: "create", fields: change.fields.flatMap(withoutDefaults) });
}

/** `sample_id, lane (1 or 2) and 3 more`. */
export function ownText({ own }: AlikeChanges): string {
  const names = shortPaths(own.map(({ path }) => path));
  return listed(
    own.map(({ values }, index) => `${names[index]}${values.length === 0 ? "" : ` (${values.join(" or ")})`}`),
  );
}

/** The first few, and how many more there are. */
export function listed(words: readonly string[]): string {
  const more = words.length - MAX_LISTED;
  return more > 0 ? `${words.slice(0, MAX_LISTED).join(", ")} and ${more} more` : words.join(", ");
}

const MAX_LISTED = 6;

interface Member {
  change: DeclaredChange;
  /** What was and what will be, by path. */
  values: Map<string, LeafChange>;
}

type Members = [Member, ...Member[]];

function groupsIn(members: Members): AlikeChanges[] {
  const [first, ...rest] = members;
  const own = members.length < MIN_ALIKE ? [] : [...first.values.keys()].filter((path) => !isShared(members, path));
  const parts = grouped(members, ({ values }) =>
    canonicalJson([...values].filter(([path]) => !own.includes(path)).map(([, leaf]) => leaf)),
  );
  if (parts.length > 1) return parts.flatMap(groupsIn);
  const changes = [first.change, ...rest.map(({ change }) => change)] as const;
  return [{ members: changes, own: own.map((path) => ({ path, values: fewValues(members, path) })) }];
}

/** Whether what few have otherwise is worth a look of its own. */
function isShared(members: Members, path: string): boolean {
  const counts = new Map<string, number>();
  for (const { values } of members) {
    const key = canonicalJson(values.get(path));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return 4 * Math.max(...counts.values()) >= 3 * members.length;
}

function fewValues(members: Members, path: string): string[] {
  const texts = new Set(members.map(({ values }) => changeText(values.get(path))));
  return texts.size > MAX_VALUES ? [] : [...texts];
}

function changeText(leaf: LeafChange | undefined): string {
  const sides = (["before", "after"] as const).filter((side) => leaf !== undefined && side in leaf);
  return sides.map((side) => leafText(leaf?.[side], MAX_VALUE)).join(" → ");
}

/** By path, in one order for all. Of two leaves at one path, as where a list becomes a text, one holds both. */
function valuesOf(change: DeclaredChange): Map<string, LeafChange> {
  const values = new Map<string, LeafChange>();
  for (const leaf of change.fields.flatMap(withoutDefaults).flatMap(leavesOfField)) {
    values.set(leaf.path, { ...values.get(leaf.path), ...leaf });
  }
  return new Map([...values].sort(([left], [right]) => byCodeUnit(left, right)));
}

function leavesOfField(field: FieldChange): LeafChange[] {
  const path = safe(field.path);
  if ("before" in field && "after" in field) return leafChanges(path, field.before, field.after);
  const side = "after" in field ? "after" : "before";
  return rawLeavesOf(path, field[side]).map((leaf) => ({ path: leaf.path, [side]: leaf.value }));
}

function withoutDefaults(field: FieldChange): FieldChange[] {
  if (field.path !== "rerun" || ("before" in field && "after" in field)) return [field];
  const side = "after" in field ? "after" : "before";
  const written = Object.entries(field[side] as object).filter(
    ([key, value]) => canonicalJson(value) !== canonicalJson(Reflect.get(RERUN_DEFAULTS, key)),
  );
  return written.length === 0 ? [] : [{ ...field, [side]: Object.fromEntries(written) }];
}
