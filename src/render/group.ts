import { ACTIONS, type Change, type Effect } from "../core/plan.ts";
import { actionName, effectText } from "./effect.ts";
import { safe } from "./safe.ts";
import { sampleLines } from "./sample-lines.ts";
import { leavesOf, scalarText } from "./value.ts";

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
  const overwrites = (change: Change) => change.effects.some((one) => one.action === "OVERWRITE" && one.files > 0);
  return group.action === "abort" || group.changes.some(overwrites);
}

/** First, second and last: the last shows where the counting ends. */
export function examplesOf(group: Group): string[] {
  const addresses = group.changes.map((change) => change.address);
  return addresses.length <= 3 ? addresses : [...addresses.slice(0, 2), ...addresses.slice(-1)];
}

/** What becomes of files: those under the targets of runs, and those that samples take. */
export function effectLines(changes: readonly Change[]): string[] {
  return [...targetLines(changes), ...sampleLines(changes)];
}

/** One line for each kind of effect: `writes to 96 targets, such as archive:/vcf/ (Rename): nothing is there yet`. */
function targetLines(changes: readonly Change[]): string[] {
  const effects = changes.flatMap((change) => change.effects);
  if (changes.length === 1) {
    return effects.map(
      (one) => `writes ${safe(one.project)}:${safe(one.target)} (${actionName(one.action)}): ${effectText(one)}`,
    );
  }
  const byKind = new Map<string, [Effect, ...Effect[]]>();
  for (const effect of effects) {
    const key = JSON.stringify([effect.project, effect.action, effect.type, effect.files > 0]);
    const same = byKind.get(key);
    if (same === undefined) byKind.set(key, [effect]);
    else same.push(effect);
  }
  return [...byKind.values()].map((same) => {
    const [first] = same;
    const bytes = same.some((one) => one.bytes === null) ? null : same.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
    const sum = { ...first, files: same.reduce((files, one) => files + one.files, 0), bytes };
    const place = `${safe(first.project)}:${safe(first.target)}`;
    const where = same.length === 1 ? place : `to ${same.length} targets, such as ${place}`;
    return `writes ${where} (${actionName(first.action)}): ${effectText(sum)}`;
  });
}

/** The lines of declared values that all members share. */
export function commonLeaves(group: Group): string[] {
  const differ = new Set(group.differ);
  return leavesOfChange(group.changes[0])
    .filter(([path]) => !differ.has(path))
    .map(([path, text]) => `${path}: ${text}`);
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

/** Whether a line of a diff tells of one of these paths, or of a part of it. */
export function isAbout(line: string, paths: readonly string[]): boolean {
  return paths.some((path) => line.startsWith(path) && /^[:.[]/.test(line.slice(path.length)));
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
    for (const [path, text] of leavesOfChange(member)) {
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
function leavesOfChange(change: Change): [path: string, text: string][] {
  return change.fields.flatMap((field): [string, string][] => {
    const path = safe(field.path);
    if (field.before !== undefined) return [[path, `${wholeText(field.before)} → ${wholeText(field.after ?? null)}`]];
    const leaves = leavesOf(path, field.after ?? null, Number.POSITIVE_INFINITY);
    return leaves.map((leaf) => [leaf.path, leaf.text]);
  });
}

function wholeText(value: unknown): string {
  return scalarText(typeof value === "string" ? value : JSON.stringify(value), Number.POSITIVE_INFINITY);
}

function kindOf(address: string): string {
  return address.split("/", 1)[0] ?? "";
}
