import { byCodeUnit } from "./address.ts";
import { encodeFingerprint, type Fingerprint, type Section } from "./fingerprint.ts";
import type { AnalysisTags, Project } from "./ica.ts";
import type { Attempt, Desired, Observed } from "./resource.ts";
import type { Phase } from "./status.ts";

/** One thing seen in ICA that belongs to the stack: one attempt of a run, or a credential. */
export interface Sighting {
  kind: string;
  name: string;
  id: string;
  project?: Project;
  /** 0 for kinds without attempts. */
  attempt: number;
  /** Why the attempt was asked for by hand. */
  reason?: string;
  fingerprint?: Fingerprint | undefined;
  phase: Phase;
  status?: string;
  reference?: string;
  summary?: string;
  timeCreated: string;
  timeModified: string;
  startDate?: string;
  endDate?: string;
  tags?: AnalysisTags;
  readable: Partial<Record<Section, unknown>>;
}

/** Two sightings under one identity: something that should never be. */
export interface Duplicate {
  desired?: Desired;
  name: string;
  sightings: readonly Sighting[];
}

export interface Matched {
  /** By address. */
  observed: Map<string, Observed>;
  /** What no declared thing claims. */
  orphans: Observed[];
  duplicates: Duplicate[];
}

/**
 * Gives every sighting to what declares it, by kind, project and name or former name; of several attempts the highest
 * counts. Of two with the same attempt the
 * earlier counts (by timeCreated, then id) and both are reported, unless all but one of them were aborted.
 */
export function matchSightings(desired: readonly Desired[], sightings: readonly Sighting[]): Matched {
  const byName = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const key = keyOf(sighting.kind, sighting.project?.id, sighting.name);
    const group = byName.get(key);
    if (group === undefined) byName.set(key, [sighting]);
    else group.push(sighting);
  }
  const matched: Matched = { observed: new Map(), orphans: [], duplicates: [] };
  for (const item of desired) {
    const keys = [item.name, ...item.formerNames].map((name) => keyOf(item.kind, item.project?.id, name));
    const claimed = keys.flatMap((key) => byName.get(key) ?? []);
    for (const key of keys) byName.delete(key);
    if (claimed.length === 0) continue;
    matched.observed.set(item.address, newestOf(claimed));
    for (const group of duplicatesIn(claimed))
      matched.duplicates.push({ desired: item, name: item.name, sightings: group });
  }
  for (const group of byName.values()) {
    // A credential that is not declared is none of the stack's business: credentials carry no owner's tag.
    if (group.every((sighting) => sighting.attempt === 0)) continue;
    matched.orphans.push(newestOf(group));
    for (const same of duplicatesIn(group)) matched.duplicates.push({ name: same[0]?.name ?? "", sightings: same });
  }
  return matched;
}

function newestOf(sightings: readonly Sighting[]): Observed {
  const sorted = [...sightings].sort(byAttemptThenAge);
  const newest = sorted[0];
  if (newest === undefined) throw new Error("no sighting to choose from");
  const spec = newest.fingerprint === undefined ? undefined : encodeFingerprint(newest.fingerprint);
  const sameSpec = (sighting: Sighting) =>
    sighting.fingerprint !== undefined && encodeFingerprint(sighting.fingerprint) === spec;
  return {
    ...newest,
    failures: sorted.filter((sighting) => sighting.phase === "failed" && sameSpec(sighting)).length,
    attempts: sorted.toReversed().map(attemptOf),
    activeIds: sorted.filter((sighting) => sighting.phase === "active").map((sighting) => sighting.id),
  };
}

function attemptOf(sighting: Sighting): Attempt {
  const { id, attempt, reason, phase, status, reference, summary, timeCreated, startDate, endDate } = sighting;
  return {
    id,
    attempt,
    phase,
    timeCreated,
    ...(reason === undefined ? {} : { reason }),
    ...(status === undefined ? {} : { status }),
    ...(reference === undefined ? {} : { reference }),
    ...(summary === undefined ? {} : { summary }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
  };
}

function duplicatesIn(sightings: readonly Sighting[]): Sighting[][] {
  const byAttempt = new Map<number, Sighting[]>();
  for (const sighting of sightings) {
    byAttempt.set(sighting.attempt, [...(byAttempt.get(sighting.attempt) ?? []), sighting]);
  }
  // Of a race that was resolved one is left: the others were aborted.
  return [...byAttempt.values()]
    .map((group) => group.filter((sighting) => sighting.phase !== "aborted").sort(byAttemptThenAge))
    .filter((group) => group.length > 1);
}

function byAttemptThenAge(left: Sighting, right: Sighting): number {
  return (
    right.attempt - left.attempt ||
    Number(left.phase === "aborted") - Number(right.phase === "aborted") ||
    byCodeUnit(left.timeCreated, right.timeCreated) ||
    byCodeUnit(left.id, right.id)
  );
}

function keyOf(kind: string, projectId: string | undefined, name: string): string {
  return `${kind} ${projectId ?? ""} ${name}`;
}
