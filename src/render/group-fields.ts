import type { Change, FieldChange } from "../core/plan.ts";
import { safe } from "./safe.ts";
import { type Leaf, leavesOf, scalarText } from "./value.ts";

type Members = readonly [Change, ...Change[]];

/** Fields of one member, of which some paths are told for all. */
export interface Share {
  fields: readonly FieldChange[];
  isShown: (path: string) => boolean;
  /** Of how many members, where it is not all. */
  of?: number;
  /** In how many members it is known what was, where it was not read of all. */
  known?: number;
}

/** Paths whose values are not the same in all of these changes. */
export function differingPaths(members: Members): string[] {
  const { told, unread, isPartly } = partsOf(members);
  if (told === undefined || unread === undefined) return differingAmong(members, () => true);
  const known = differingAmong(told, isPartly);
  const everywhere = differingAmong(members, (path) => !isPartly(path));
  const toldPaths = pathsOf(told[0], isPartly);
  const unlike = toldPaths.filter((path) => afterText(told[0], path) !== afterText(unread[0], path));
  const among = differingAmong(unread, isPartly);
  const parts = toldPaths.filter((path) => among.some((other) => isAbout(other, [path])));
  const differ = new Set([...known, ...unlike, ...parts]);
  return [...everywhere, ...differ, ...among.filter((path) => !isAbout(path, [...differ]))];
}

/** What all members share; where ICA was read for some of them alone, what the others are to be, apart. */
export function sharesOf({ changes, differ }: { changes: Members; differ: readonly string[] }): Share[] {
  const { told, unread, isPartly } = partsOf(changes);
  const isSame = (path: string) => !isAbout(path, differ);
  if (told === undefined || unread === undefined) return [{ fields: changes[0].fields, isShown: isSame }];
  const toldPaths = pathsOf(told[0], isPartly);
  const fields = unread[0].fields.filter((field) => field.unread);
  return [
    { fields: told[0].fields, isShown: isSame, known: told.length },
    { fields, isShown: (path) => isSame(path) && !isAbout(path, toldPaths), of: unread.length },
  ];
}

/** `Changed in all`, or in those of which it is known. */
export function changedWhere(shares: readonly Share[]): string {
  const known = shares.find((share) => share.known !== undefined)?.known;
  return known === undefined ? "Changed in all" : `Changed in the ${known} of which it was read what they were`;
}

/** Whether a path is one of these, or of a part of one. */
export function isAbout(path: string, paths: readonly string[]): boolean {
  return paths.some((whole) => path.startsWith(whole) && /^([.[]|$)/.test(path.slice(whole.length)));
}

/** `input` of `input.form.parameters.sample_id`. */
export function sectionOf(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

/** Members whose earlier values were read, and those whose were not though they could have been; in which sections. */
function partsOf(members: Members): { told?: Members; unread?: Members; isPartly: (path: string) => boolean } {
  const isUnread = (change: Change) => change.fields.some((field) => field.unread);
  const [unread, ...moreUnread] = members.filter(isUnread);
  const [told, ...moreTold] = members.filter((change) => !isUnread(change));
  const sections = new Set(unread?.fields.filter((field) => field.unread).map((field) => sectionOf(field.path)));
  return {
    ...(told === undefined ? {} : { told: [told, ...moreTold] }),
    ...(unread === undefined ? {} : { unread: [unread, ...moreUnread] }),
    isPartly: (path) => sections.has(sectionOf(path)),
  };
}

function pathsOf(change: Change, isCounted: (path: string) => boolean): string[] {
  return change.fields.map((field) => safe(field.path)).filter(isCounted);
}

/** What will be at a path, whichever way it is told; nothing where it will not be. */
function afterText({ fields }: Change, path: string): string {
  const leaves = fields.flatMap((field) =>
    field.after === undefined ? [] : leavesOf(safe(field.path), field.after, Number.POSITIVE_INFINITY),
  );
  return JSON.stringify(leaves.filter((leaf) => isAbout(leaf.path, [path])).map((leaf) => leaf.text));
}

function differingAmong(members: Members, isCounted: (path: string) => boolean): string[] {
  const seen = new Map<string, { text: string; count: number; differs: boolean }>();
  for (const member of members) {
    for (const { path, text } of leavesOfChange(member)) {
      if (!isCounted(path)) continue;
      const known = seen.get(path);
      if (known === undefined) seen.set(path, { text, count: 1, differs: false });
      else seen.set(path, { text, count: known.count + 1, differs: known.differs || known.text !== text });
    }
  }
  return [...seen].filter(([, { count, differs }]) => differs || count !== members.length).map(([path]) => path);
}

/**
 * Values whole, not clipped: what differs may stand at the end of a long one. A field that ICA tells counts as one, by
 * what was and what will be: its parts may be there on one side only.
 */
function leavesOfChange(change: Change): Leaf[] {
  return change.fields.flatMap((field) => {
    const path = safe(field.path);
    if (field.before === undefined) return leavesOf(path, field.after ?? null, Number.POSITIVE_INFINITY);
    return [{ path, text: `${wholeText(field.before)} → ${wholeText(field.after ?? null)}` }];
  });
}

function wholeText(value: unknown): string {
  return scalarText(typeof value === "string" ? value : JSON.stringify(value), Number.POSITIVE_INFINITY);
}
