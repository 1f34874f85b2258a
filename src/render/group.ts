import { ACTIONS, type Change } from "../core/plan.ts";
import { isOverwriting } from "./effect.ts";
import { safe } from "./safe.ts";
import { type Leaf, leavesOf, scalarText } from "./value.ts";

/** Changes that a reviewer may read as one. */
export interface Group {
  action: Change["action"];
  changes: readonly [Change, ...Change[]];
  /** `96 runs alike: pipeline nf, storage Large`; of one change its address. */
  title: string;
  /** Paths whose values are not the same in all of them. */
  differ: readonly string[];
}

/** From so many on, changes that are alike are shown as one. */
export const MIN_ALIKE = 4;

const NOUNS: Record<string, string> = { PipelineRun: "run", StorageCredential: "credential", SampleBatch: "sample" };

/** All changes but no-ops, by action and likeness, in the plan's own order. */
export function groupChanges(changes: readonly Change[]): Group[] {
  const groups = new Map<string, [Change, ...Change[]]>();
  for (const change of changes) {
    if (change.action === "no-op") continue;
    const key = likenessOf(change);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()]
    .map((members) => ({ action: members[0].action, changes: members, ...wordsOf(members) }))
    .sort((left, right) => ACTIONS.indexOf(left.action) - ACTIONS.indexOf(right.action));
}

/** Whether files that are there, or a run's work, would be lost: what no reviewer may overlook. */
export function isDangerous(group: Group): boolean {
  return group.action === "abort" || group.changes.some((change) => change.effects.some(isOverwriting));
}

/** First, second and last: the last shows where the counting ends. */
export function examplesOf(group: Group): string[] {
  const addresses = group.changes.map((change) => change.address);
  return addresses.length <= 3 ? addresses : [...addresses.slice(0, 2), ...addresses.slice(-1)];
}

/** The declared values that all members share. */
export function commonLeaves(group: Group): Leaf[] {
  const differ = new Set(group.differ);
  return leavesOfChange(group.changes[0]).filter(({ path }) => !differ.has(path));
}

/** Paths as people call them: `sample_id`, not `input.form.parameters.sample_id`, where no two become the same. */
export function shortPaths(paths: readonly string[]): string[] {
  const short = paths.map((path) => path.replace(USUAL_PREFIX, "").replace(/(?<=[^.])\.(files|values)$/, ""));
  return paths.map((path, index) => {
    const name = short[index] ?? path;
    return name === "" || short.filter((other) => other === name).length > 1 ? path : name;
  });
}

const USUAL_PREFIX = /^input\.(form\.(parameters|data)|(custom|json)\.values|formValues\.fields)\./;

/** Whether a path is one of these, or of a part of one. */
export function isAbout(path: string, paths: readonly string[]): boolean {
  return paths.some((whole) => path.startsWith(whole) && /^([.[]|$)/.test(path.slice(whole.length)));
}

/**
 * Alike is what a reviewer would decide alike: the same action for the same reason, by the same pipeline with the same
 * storage, in the same sections, and with the same danger for files that are there.
 */
function likenessOf(change: Change): string {
  const { address, action, reason, project, pipeline, storage, endpoint, attempt, activationCode: code } = change;
  const dangers = change.effects.map((effect) => [effect.action, effect.project, effect.type, effect.files > 0]);
  const sections = change.fields.map((field) => [field.path, "before" in field]);
  const { ignored, ties } = change.sampleFiles ?? { ignored: [], ties: [] };
  const files = [ignored.length > 0, ties.length > 0];
  const more = [code?.id, change.status, dangers, sections, files];
  return JSON.stringify([
    kindOf(address),
    action,
    reason.replace(NAME_OF_ADDRESS, "…"),
    project,
    pipeline,
    storage,
    endpoint,
    attempt,
    more,
  ]);
}

/** A reason that names another run is the same reason for each run of a cohort. */
const NAME_OF_ADDRESS = /\b[A-Z][A-Za-z]+\/[\w-]+/g;

function wordsOf(members: readonly [Change, ...Change[]]): Pick<Group, "title" | "differ"> {
  const [first] = members;
  if (members.length === 1) return { title: safe(first.address), differ: [] };
  const noun = NOUNS[kindOf(first.address)] ?? "change";
  const parts = [
    first.pipeline === undefined ? [] : [`pipeline ${safe(first.pipeline)}`],
    first.storage === undefined ? [] : [`storage ${safe(first.storage)}`],
  ].flat();
  const what = `${members.length} ${noun}s alike`;
  return { title: parts.length === 0 ? what : `${what}: ${parts.join(", ")}`, differ: differingPaths(members) };
}

function differingPaths(members: readonly Change[]): string[] {
  const seen = new Map<string, { text: string; count: number; differs: boolean }>();
  for (const member of members) {
    for (const { path, text } of leavesOfChange(member)) {
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

function kindOf(address: string): string {
  return address.split("/", 1)[0] ?? "";
}
