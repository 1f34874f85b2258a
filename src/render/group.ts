import { ACTIONS, type Change } from "../core/plan.ts";
import { isOverwriting } from "./effect.ts";
import { differingPaths, sectionOf } from "./group-fields.ts";
import { safe } from "./safe.ts";

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

/** What people call a thing with this address: `run`. */
export function nounOf(address: string): string {
  return NOUNS[kindOf(address)] ?? "change";
}

const NOUNS: Record<string, string> = { PipelineRun: "run", StorageCredential: "credential", SampleBatch: "sample" };

/** All changes but no-ops, by action and likeness, in the plan's own order. */
export function groupChanges(changes: readonly Change[]): Group[] {
  const groups = new Map<string, [Change, ...Change[]]>();
  const unread = changes.flatMap((change) => change.fields.filter((field) => field.unread));
  const partly = new Set(unread.map((field) => sectionOf(field.path)));
  for (const change of changes) {
    if (change.action === "no-op") continue;
    const key = likenessOf(change, partly);
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

/** Paths as people call them: `sample_id`, not `input.form.parameters.sample_id`, where no two become the same. */
export function shortPaths(paths: readonly string[]): string[] {
  const short = paths.map((path) => path.replace(USUAL_PREFIX, "").replace(/(?<=[^.])\.(files|values)$/, ""));
  return paths.map((path, index) => {
    const name = short[index] ?? path;
    return name === "" || short.filter((other) => other === name).length > 1 ? path : name;
  });
}

/** `sample_id, fastqs and 3 more`: in what the members differ. */
export function differText(group: Group): string {
  const more = group.differ.length - MAX_PATHS;
  return `${shortPaths(group.differ).slice(0, MAX_PATHS).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Paths that are named as differing at most. */
const MAX_PATHS = 6;

const USUAL_PREFIX = /^input\.(form\.(parameters|data)|(custom|json)\.values|formValues\.fields)\./;

/**
 * Alike is what a reviewer would decide alike: the same action for the same reason, by the same pipeline with the same
 * storage, in the same sections, and with the same danger for files that are there.
 *
 * @param partly sections that ICA was asked about for some changes only: whether for this one makes no difference
 */
function likenessOf(change: Change, partly: ReadonlySet<string>): string {
  const { address, action, reason, project, pipeline, storage, endpoint, attempt, activationCode: code } = change;
  const dangers = change.effects.map((effect) => [effect.action, effect.project, effect.type, effect.files > 0]);
  const paths = change.fields.map((field) => {
    const section = sectionOf(field.path);
    return JSON.stringify(partly.has(section) ? [section] : [field.path, "before" in field]);
  });
  const { ignored, ties } = change.sampleFiles ?? { ignored: [], ties: [] };
  const files = [ignored.length > 0, ties.length > 0];
  const more = [code?.id, change.status, dangers, [...new Set(paths)], files];
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
  const parts = [
    first.pipeline === undefined ? [] : [`pipeline ${safe(first.pipeline)}`],
    first.storage === undefined ? [] : [`storage ${safe(first.storage)}`],
  ].flat();
  const what = `${members.length} ${nounOf(first.address)}s alike`;
  return { title: parts.length === 0 ? what : `${what}: ${parts.join(", ")}`, differ: differingPaths(members) };
}

function kindOf(address: string): string {
  return address.split("/", 1)[0] ?? "";
}
