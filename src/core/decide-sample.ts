import { type Diagnostic, warningAt } from "./diagnostic.ts";
import { changedSections } from "./fingerprint.ts";
import type { SampleTags } from "./ica.ts";
import type { Change, FieldChange } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";
import { missingIn, updatedIn } from "./tags.ts";

/** What is to be done about a sample that is there; without fields: nothing. */
export interface SampleDecision {
  reason: string;
  fields: FieldChange[];
}

const GROUPS = ["technicalTags", "userTags", "connectorTags", "runInTags"] as const;

/**
 * A sample that this stack made is brought up to date: data is linked, tags are added, and it is completed. Whether its
 * data changed is told by the fingerprint among its tags. All others, of whatever name, are left alone.
 */
export function decideSample(desired: Desired, observed: Observed): SampleDecision {
  const { sample } = observed;
  if (sample === undefined || desired.sample === undefined) return { reason: "as declared", fields: [] };
  if (observed.attempt === 0 && sample.stack !== undefined) {
    return { reason: `belongs to stack ${sample.stack}: left as it is`, fields: [] };
  }
  if (observed.attempt === 0) return { reason: "in ICA already, not made by icaform: left as it is", fields: [] };
  const changed = observed.fingerprint === undefined ? [] : changedSections(desired.fingerprint, observed.fingerprint);
  const fields: FieldChange[] = [];
  if (changed.includes("data")) fields.push({ path: "data", after: desired.sections.data ?? [], sensitive: false });
  fields.push(...missingIn(GROUPS, desired.sample.tags, sample.tags));
  // Tags that are no longer declared stay in ICA, where people may have put them too; only our own mark is renewed.
  if (fields.length === 0 && changed.includes("tags")) {
    fields.push({ path: "tags", before: sample.tags, after: desired.sections.tags ?? {}, sensitive: false });
  }
  if (desired.sample.complete && observed.status === "PARTIAL") {
    fields.push({ path: "complete", before: false, after: true, sensitive: false });
  }
  const status = observed.status === undefined ? "" : ` (${observed.status})`;
  if (fields.length === 0) return { reason: `as declared${status}`, fields };
  const what = [...new Set(fields.map(({ path }) => path.split(".")[0] ?? path))];
  return { reason: `${what.join(", ")} changed`, fields };
}

/** Samples that are there but not this stack's, told once for each reason: nobody reads a thousand such lines. */
export function foreignSamples(
  decisions: readonly { change: Change; desired?: Desired; observed?: Observed }[],
): Diagnostic[] {
  const groups = new Map<string, { first: Desired; addresses: string[] }>();
  for (const { change, desired, observed } of decisions) {
    if (desired?.sample === undefined || observed === undefined || observed.attempt > 0) continue;
    const group = groups.get(change.reason) ?? { first: desired, addresses: [] };
    groups.set(change.reason, group);
    group.addresses.push(change.address);
  }
  return [...groups].map(([reason, { first, addresses }]) => {
    const more = addresses.length > 3 ? ` and ${addresses.length - 3} more` : "";
    const message = `${addresses.slice(0, 3).join(", ")}${more}: ${reason}`;
    const help = "their data and tags are not looked at; declare them in one place, or under another name";
    return warningAt(first.locate(["metadata", "name"]), "foreign-sample", message, help);
  });
}

/** The tags after an update, see `updatedIn`. */
export function updatedSampleTags(observed: SampleTags, add: SampleTags): SampleTags {
  return updatedIn(GROUPS, observed, add);
}
