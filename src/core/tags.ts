import type { AnalysisTags } from "./ica.ts";
import { isReserved } from "./identity.ts";
import type { FieldChange } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";
import type { Tags } from "./spec.ts";
import type { TagAdditions } from "./step.ts";

const GROUPS = ["technicalTags", "userTags", "referenceTags"] as const;

/** The stack's default tags, then the run's, without repeats, first place kept (contract, "Endpoint chosen"). */
export function mergeTags(defaults: Tags | undefined, own: Tags | undefined): Tags {
  const merged: Tags = {};
  for (const group of ["technical", "user", "reference"] as const) {
    const [base, added] = [defaults?.[group], own?.[group]];
    if (base === undefined && added === undefined) continue;
    // A null that the run wrote is sent as null, unless there are defaults to send.
    merged[group] = base || added ? [...new Set([...(base ?? []), ...(added ?? [])])] : null;
  }
  return merged;
}

/** Tags as ICA names the groups, absent ones as empty lists: for comparing, not for sending. */
export function asAnalysisTags(tags: Tags): AnalysisTags {
  return { technicalTags: tags.technical ?? [], userTags: tags.user ?? [], referenceTags: tags.reference ?? [] };
}

/** Tags in ICA as manifests have them: without icaform's own, and only groups that hold some. */
export function shownTags({ technicalTags, userTags, referenceTags }: AnalysisTags): Tags {
  const groups = {
    technical: technicalTags.filter((tag) => !isReserved(tag)),
    user: userTags,
    reference: referenceTags,
  };
  return Object.fromEntries(Object.entries(groups).filter(([, tags]) => tags.length > 0));
}

/** One field for each group in which a declared tag is not in ICA; tags that people added are no difference. */
export function missingTags(desired: AnalysisTags, observed: AnalysisTags): FieldChange[] {
  return missingIn(GROUPS, desired, observed);
}

/** The same of any groups, in their order: those of samples are others. */
export function missingIn<Group extends string>(
  groups: readonly Group[],
  desired: Record<Group, string[]>,
  observed: Record<Group, string[]>,
): FieldChange[] {
  return groups.flatMap((group) => {
    const before = observed[group].filter((tag) => !isReserved(tag));
    if (desired[group].every((tag) => before.includes(tag))) return [];
    return [{ path: `tags.${group}`, before, after: [...new Set([...before, ...desired[group]])], sensitive: false }];
  });
}

/** Whether what is in ICA still carries a former name of what is declared. */
export function renamedFrom(desired: Desired, observed: Observed): boolean {
  return observed.attempt > 0 && observed.name !== desired.name;
}

/** The tags after an update, see `updatedIn`. */
export function updatedTags(observed: AnalysisTags, add: TagAdditions): AnalysisTags {
  return updatedIn(GROUPS, observed, add);
}

/**
 * The tags of any groups after an update: those of icaform's own that are renewed are replaced, the declared ones added,
 * all others kept in their order, such as the reason of an attempt or the number of a sample's batch.
 */
export function updatedIn<Group extends string>(
  groups: readonly Group[],
  observed: Record<Group, readonly string[]>,
  add: Record<Group, readonly string[]>,
): Record<Group, string[]> {
  const updated = groups.map((group) => {
    // Technical tags alone can be icaform's own.
    const renewed = new Set(group === "technicalTags" ? add[group].filter(isReserved).map(keyOf) : []);
    const kept = observed[group].filter((tag) => !(isReserved(tag) && renewed.has(keyOf(tag))));
    return [group, [...new Set([...kept, ...add[group]])]];
  });
  return Object.fromEntries(updated) as Record<Group, string[]>;
}

function keyOf(tag: string): string {
  return tag.slice(0, tag.indexOf("="));
}
