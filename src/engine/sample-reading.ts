import { ApiError } from "../core/errors.ts";
import { changedSections } from "../core/fingerprint.ts";
import type { Sample } from "../core/ica.ts";
import { parseSampleIdentity, stackTag } from "../core/identity.ts";
import { messageOf, unverified } from "./failure.ts";
import type { Result } from "./outcome.ts";
import { type ApplyContext, named, type StepOf, type Task } from "./task.ts";

export type CreateSample = Task<StepOf<"create-sample">>;

/** New samples may be missing from listings for a while. */
const VERIFY_WAITS_MS = [0, 1_000, 2_000, 4_000, 8_000];

export function nameOf({ step }: CreateSample): string {
  return step.sample.sampleToCreate.name;
}

/** What the stack has in a project. */
export interface OwnSamples {
  /** By the name that each was declared with. */
  byName: ReadonlyMap<string, Sample[]>;
  count: number;
  /** The highest number of a batch among their tags; -1: none carries one. */
  highest: number;
}

export const NO_SAMPLES: OwnSamples = { byName: new Map(), count: 0, highest: -1 };

/** The samples that carry the stack's tag: one listing. */
export async function ownSamples(projectId: string, { reader, stack }: ApplyContext): Promise<OwnSamples> {
  const byName = new Map<string, Sample[]>();
  let [count, highest] = [0, -1];
  for await (const sample of reader.samples(projectId, stackTag(stack))) {
    const identity = parseSampleIdentity(sample.tags.technicalTags);
    if (identity.stack !== stack) continue;
    const name = identity.sample ?? sample.name;
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [sample]);
    else same.push(sample);
    count += 1;
    highest = Math.max(highest, identity.batch ?? -1);
  }
  return { byName, count, highest };
}

/** A sample that a batch made, and that listings do not show; undefined: it is gone again. */
export async function sampleMade(
  projectId: string,
  sampleId: string,
  { reader }: ApplyContext,
): Promise<Sample | undefined> {
  try {
    const { sample } = await reader.sample(projectId, sampleId);
    return sample.status === "DELETED" ? undefined : sample;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Whether a sample was made as it is declared now; what carries no such mark cannot be told from it. */
export function isAsDeclared({ change }: CreateSample, { tags }: Sample): boolean {
  const { fingerprint } = parseSampleIdentity(tags.technicalTags);
  return fingerprint === undefined || changedSections(change.fingerprint ?? {}, fingerprint).length === 0;
}

/** Looks for the samples of a call whose answer was lost; what cannot be read settles nothing. */
export async function settledByReading(
  projectId: string,
  tasks: readonly CreateSample[],
  context: ApplyContext,
): Promise<OwnSamples> {
  let seen = NO_SAMPLES;
  for (const wait of VERIFY_WAITS_MS) {
    await context.clock.sleep(wait);
    try {
      seen = await ownSamples(projectId, context);
    } catch {
      continue;
    }
    if (tasks.every((task) => seen.byName.has(nameOf(task)))) break;
  }
  return seen;
}

/** One listing: each sample that was made is there exactly once. */
export async function verify(
  projectId: string,
  made: readonly CreateSample[],
  context: ApplyContext,
  tell: (task: Task, result: Result) => void,
): Promise<void> {
  let unseen = made;
  let failure: string | undefined;
  for (const wait of VERIFY_WAITS_MS) {
    if (unseen.length === 0) return;
    await context.clock.sleep(wait, context.signal);
    try {
      const { byName } = await ownSamples(projectId, context);
      failure = undefined;
      for (const task of unseen) {
        const same = byName.get(nameOf(task)) ?? [];
        if (same.length === 0) continue;
        const ids = same.map(({ id }) => id).join(", ");
        const error = `ICA has it ${same.length} times: ${ids}; another apply made it too. Remove all but one in ICA`;
        tell(task, {
          ...named(task.change),
          ...(same.length > 1 ? { outcome: "failed", error } : { outcome: "done" }),
        });
      }
      unseen = unseen.filter((task) => !byName.has(nameOf(task)));
    } catch (error) {
      failure = messageOf(error);
    }
    if (context.signal.aborted) break;
  }
  const note = unverified(failure);
  for (const task of unseen) tell(task, { ...named(task.change), outcome: "done", note });
}
