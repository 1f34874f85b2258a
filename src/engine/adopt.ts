import { mayHaveTakenEffect } from "../core/errors.ts";
import { encodeFingerprint } from "../core/fingerprint.ts";
import type { Analysis, Project, Writer } from "../core/ica.ts";
import { identityTags, ownerOf, parseIdentity } from "../core/identity.ts";
import type { Desired } from "../core/resource.ts";
import { updatedTags } from "../core/tags.ts";
import { forEachBounded } from "./bounded.ts";
import { failureOf, INTERRUPTED } from "./failure.ts";
import { ownerText } from "./import.ts";
import type { Result } from "./outcome.ts";
import { againOnConflict, guardOf } from "./tag-conflict.ts";

/** One analysis that is to become a declared run's first attempt. */
export interface Adoption {
  desired: Desired;
  analysis: Pick<Analysis, "id" | "reference" | "tags">;
}

/** Declared tags, such as the stack's default ones, that an analysis does not carry yet. */
export function addedTags({ desired, analysis }: Adoption): string[] {
  const { tags } = desired;
  if (tags === undefined) return [];
  return (["technicalTags", "userTags", "referenceTags"] as const).flatMap((group) =>
    tags[group].filter((tag) => !analysis.tags[group].includes(tag)),
  );
}

export interface AdoptContext {
  stack: string;
  project: Project;
  writer: Writer;
  /** For what the writer left open: goes on after an interrupt. */
  reader: Pick<Writer, "analysis">;
  concurrency: number;
  /** Once aborted nothing more is sent. */
  signal: AbortSignal;
  onResult(): void;
}

/** Calls that one adoption takes: its tags are read, and written under If-Match. */
export const CALLS_PER_ADOPTION = 2;

/**
 * Writes a run's identity tags to each analysis, and its declared tags where they are missing; all other tags stay.
 * What another stack has come to own in the meantime is left alone. Repeating it does only what is left.
 */
export async function adoptAll(adoptions: readonly Adoption[], context: AdoptContext): Promise<Result[]> {
  const results = new Map<Adoption, Result>();
  await forEachBounded(adoptions, context.concurrency, async (adoption) => {
    results.set(adoption, await adopt(adoption, context));
    context.onResult();
  });
  return adoptions.flatMap((adoption) => results.get(adoption) ?? []);
}

async function adopt(adoption: Adoption, context: AdoptContext): Promise<Result> {
  if (context.signal.aborted) return { ...about(adoption), outcome: "skipped", error: INTERRUPTED };
  try {
    return await againOnConflict(() => put(adoption, context));
  } catch (error) {
    const result = mayHaveTakenEffect(error) ? await settled(adoption, context) : undefined;
    return result ?? { ...about(adoption), ...failureOf(error) };
  }
}

async function put(adoption: Adoption, { stack, project, writer }: AdoptContext): Promise<Result> {
  const { desired, analysis } = adoption;
  const read = await writer.analysis(project.id, analysis.id);
  const { analysis: current } = read;
  if (isOurs(current, desired, stack)) return { ...about(adoption), outcome: "done" };
  const owner = ownerOf(current.tags.technicalTags);
  if (owner !== undefined) return { ...about(adoption), outcome: "failed", error: ownerText(owner, stack) };
  const { technicalTags = [], userTags = [], referenceTags = [] } = desired.tags ?? {};
  const identity = identityTags({ stack, run: desired.name, attempt: 1, fingerprint: desired.fingerprint });
  const tags = updatedTags(current.tags, { technicalTags: [...technicalTags, ...identity], userTags, referenceTags });
  const written = await writer.updateTags(project.id, analysis.id, { ...(read.body as object), tags }, guardOf(read));
  if (isOurs(written, desired, stack)) return { ...about(adoption), outcome: "done" };
  return { ...about(adoption), outcome: "failed", error: "ICA took the tags, but does not show them" };
}

/** After an unknown outcome: whether the tags are there all the same. */
async function settled(adoption: Adoption, { stack, project, reader }: AdoptContext): Promise<Result | undefined> {
  try {
    const { analysis } = await reader.analysis(project.id, adoption.analysis.id);
    return isOurs(analysis, adoption.desired, stack) ? { ...about(adoption), outcome: "done" } : undefined;
  } catch {
    // The failure that made us ask is told; this one adds nothing.
    return undefined;
  }
}

function isOurs({ tags }: Analysis, desired: Desired, stack: string): boolean {
  const identity = parseIdentity(tags.technicalTags);
  return (
    identity?.stack === stack &&
    identity.run === desired.name &&
    identity.fingerprint !== undefined &&
    encodeFingerprint(identity.fingerprint) === encodeFingerprint(desired.fingerprint)
  );
}

function about({ desired, analysis }: Adoption): Pick<Result, "address" | "action" | "analysisId" | "reference"> {
  return { address: desired.address, action: "adopt", analysisId: analysis.id, reference: analysis.reference };
}
