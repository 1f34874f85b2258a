import { byCodeUnit } from "./address.ts";
import {
  changedSections,
  decodeFingerprint,
  encodeFingerprint,
  type Fingerprint,
  SECTIONS,
  type Section,
} from "./fingerprint.ts";
import type { AnalysisTags, Project } from "./ica.ts";
import type { Attempt, Desired, HeldAttempts, Observed, ObservedSample } from "./resource.ts";
import type { Phase } from "./status.ts";

/** One thing seen in ICA that may belong to the stack: one attempt of a run, a credential, or a sample. */
export interface Sighting {
  kind: string;
  name: string;
  id: string;
  project?: Project;
  /** 0 for kinds without attempts; of samples 1 for those with the stack's tag, 0 for all others. */
  attempt: number;
  /** Why the attempt was asked for by hand. */
  reason?: string;
  fingerprint?: Fingerprint | undefined;
  /** Names that it had before. */
  formerly?: readonly string[];
  phase: Phase;
  status?: string;
  reference?: string;
  summary?: string;
  timeCreated: string;
  timeModified: string;
  startDate?: string;
  endDate?: string;
  tags?: AnalysisTags;
  sample?: ObservedSample;
  readable: Partial<Record<Section, unknown>>;
}

/** Attempts under one identity: something that should never be. */
export interface Duplicate {
  kind: string;
  desired?: Desired;
  name: string;
  sightings: readonly Attempt[];
}

export interface Matched {
  /** By address. */
  observed: Map<string, Observed>;
  /** What no declared thing claims. */
  orphans: Observed[];
  duplicates: Duplicate[];
  /** By address: attempts under that name which a renamed run has made. */
  held: Map<string, HeldAttempts>;
}

/** What was seen so far. Of each name only the newest attempt is kept whole: there may be 100,000 earlier ones. */
export interface Sightings {
  add(sighting: Sighting): void;
  /**
   * Gives everything seen to what declares it, by kind, project and name or former name; of several attempts the
   * highest counts. Of two with the same attempt the earlier counts (by timeCreated, then id) and both are reported,
   * unless all but one of them were aborted. To be called once.
   */
  match(desired: readonly Desired[]): Matched;
}

/** An attempt, and the fingerprint it was started with as one text. */
interface Seen {
  attempt: Attempt;
  spec: string | undefined;
}

interface Group {
  newest: Sighting;
  seen: Seen[];
}

export function createSightings(): Sightings {
  const byName = new Map<string, Group>();
  const heldBy = new Map<string, HeldAttempts & { owner: string }>();
  const once = interned();
  return {
    add(sighting) {
      const key = keyOf(sighting.kind, sighting.project?.id, sighting.name);
      for (const name of sighting.formerly ?? []) {
        const former = keyOf(sighting.kind, sighting.project?.id, name);
        if (former !== key && sighting.attempt > (heldBy.get(former)?.attempt ?? 0))
          heldBy.set(former, { attempt: sighting.attempt, by: sighting.name, owner: key });
      }
      const seen = {
        attempt: attemptOf(sighting, once),
        spec: sighting.fingerprint && once(encodeFingerprint(sighting.fingerprint)),
      };
      const group = byName.get(key);
      if (group === undefined) {
        byName.set(key, { newest: sighting, seen: [seen] });
        return;
      }
      group.seen.push(seen);
      if (byAttemptThenAge(sighting, group.newest) < 0) group.newest = sighting;
    },

    match(desired) {
      const matched: Matched = { observed: new Map(), orphans: [], duplicates: [], held: new Map() };
      for (const [former, held] of heldBy) moveAttempts(byName, former, held);
      for (const item of desired) {
        const held = heldBy.get(keyOf(item.kind, item.project?.id, item.name));
        if (held !== undefined) matched.held.set(item.address, { attempt: held.attempt, by: held.by });
        const keys = [item.name, ...item.formerNames].map((name) => keyOf(item.kind, item.project?.id, name));
        const claimed = keys.flatMap((key) => byName.get(key) ?? []);
        for (const key of keys) byName.delete(key);
        if (claimed.length === 0) continue;
        matched.observed.set(
          item.address,
          observedIn(claimed, item.rerun.onChange ? item.rerun.ignoreChanges : SECTIONS),
        );
        for (const same of duplicatesIn(claimed))
          matched.duplicates.push({ kind: item.kind, desired: item, name: item.name, sightings: same });
      }
      for (const group of byName.values()) {
        // What carries no tag of the stack and is not declared is none of its business: credentials, others' samples.
        if (group.seen.every(({ attempt }) => attempt.attempt === 0)) continue;
        matched.orphans.push(observedIn([group], []));
        const { kind, name } = group.newest;
        for (const same of duplicatesIn([group])) matched.duplicates.push({ kind, name, sightings: same });
      }
      return matched;
    },
  };
}

/** Only the newest attempt of a renamed run carries its new name; the earlier ones are its own all the same. */
function moveAttempts(byName: Map<string, Group>, former: string, held: HeldAttempts & { owner: string }): void {
  const [group, owner] = [byName.get(former), byName.get(held.owner)];
  if (group === undefined || owner === undefined) return;
  const isHeld = ({ attempt }: Seen) => attempt.attempt <= held.attempt;
  owner.seen.push(...group.seen.filter(isHeld));
  group.seen = group.seen.filter((seen) => !isHeld(seen));
  if (group.seen.length === 0) byName.delete(former);
}

/** One object for equal texts: an answer's rows have many. */
function interned(): (text: string) => string {
  const texts = new Map<string, string>();
  return (text) => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
}

/** @param ignored sections whose change asks for no rerun, and so makes no earlier failure another run's */
function observedIn(groups: readonly Group[], ignored: readonly string[]): Observed {
  const newest = groups.map((group) => group.newest).sort(byAttemptThenAge)[0];
  if (newest === undefined) throw new Error("no sighting to choose from");
  const asks = (section: Section) => section !== "tags" && !ignored.includes(section);
  const isSame = sameIn(asks, newest.fingerprint);
  const seen = groups.flatMap((group) => group.seen);
  const attempts = seen.map(({ attempt }) => attempt).sort(byAttemptThenAge);
  return {
    ...newest,
    failures: seen.filter(({ attempt, spec }) => attempt.phase === "failed" && isSame(spec)).length,
    activeIds: attempts.filter(({ phase }) => phase === "active").map(({ id }) => id),
    attempts: attempts.reverse(),
  };
}

/** Whether a spec is the newest one, as far as it asks for a rerun. */
function sameIn(
  asks: (section: Section) => boolean,
  newest: Fingerprint | undefined,
): (spec: string | undefined) => boolean {
  const known = new Map<string, boolean>();
  return (spec) => {
    if (spec === undefined || newest === undefined) return false;
    const told = known.get(spec);
    if (told !== undefined) return told;
    const earlier = decodeFingerprint(spec);
    const isSame = earlier !== undefined && !changedSections(newest, earlier).some(asks);
    known.set(spec, isSame);
    return isSame;
  };
}

function attemptOf(sighting: Sighting, once: (text: string) => string): Attempt {
  const { id, attempt, reason, phase, status, reference, summary, timeCreated, startDate, endDate } = sighting;
  return {
    id,
    attempt,
    phase,
    timeCreated,
    ...(reason === undefined ? {} : { reason }),
    ...(status === undefined ? {} : { status: once(status) }),
    ...(reference === undefined ? {} : { reference }),
    ...(summary === undefined ? {} : { summary }),
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
  };
}

function duplicatesIn(groups: readonly Group[]): Attempt[][] {
  const byAttempt = new Map<number, Attempt[]>();
  for (const { attempt } of groups.flatMap(({ seen }) => seen)) {
    // Of a race that was resolved one is left: the others were aborted.
    if (attempt.phase === "aborted") continue;
    const same = byAttempt.get(attempt.attempt);
    if (same === undefined) byAttempt.set(attempt.attempt, [attempt]);
    else same.push(attempt);
  }
  return [...byAttempt.values()].filter((same) => same.length > 1).map((same) => same.sort(byAttemptThenAge));
}

type Aged = Pick<Attempt, "attempt" | "phase" | "timeCreated" | "id">;

function byAttemptThenAge(left: Aged, right: Aged): number {
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
