import { canonicalJson, sha256 } from "./canonical.ts";
import { decodeFingerprint, encodeFingerprint, type Fingerprint } from "./fingerprint.ts";

/** Technical tags that begin so belong to icaform (contract, "Identity"). */
export const RESERVED_PREFIX = "icaform.";

/** Who a run is and what it was made from, as its technical tags tell. */
export interface Identity {
  stack: string;
  run: string;
  attempt: number;
  /** Undefined: written by a version of icaform that this one does not understand. */
  fingerprint: Fingerprint | undefined;
  /** Why the attempt was asked for by hand, as a person wrote it. */
  reason?: string;
  /** Names under which it was started or known before it was renamed. */
  formerly?: string[];
}

/** ICA's limit for a tag is not known; the tag of the fingerprint may have 200 characters, so the reason's may too. */
export const MAX_REASON_LENGTH = 200 - `${RESERVED_PREFIX}reason=`.length;

/**
 * A renamed run keeps the keys of its attempts, which are made of the name that it had: whoever takes that name later
 * must not use them again, or ICA would answer with the renamed run (within its seven days) and start nothing.
 */
const FORMER_PREFIX = `${RESERVED_PREFIX}former=`;

export function stackTag(stack: string): string {
  return `${RESERVED_PREFIX}stack=${stack}`;
}

/** The tags that go out with the create call itself, so that no moment exists at which a run is not known. */
export function identityTags(identity: {
  stack: string;
  run: string;
  attempt: number;
  fingerprint: Fingerprint;
  reason?: string | undefined;
  formerly?: readonly string[] | undefined;
}): string[] {
  return [
    stackTag(identity.stack),
    `${RESERVED_PREFIX}run=${identity.run}`,
    `${RESERVED_PREFIX}attempt=${identity.attempt}`,
    `${RESERVED_PREFIX}spec=${encodeFingerprint(identity.fingerprint)}`,
    ...(identity.reason === undefined ? [] : [`${RESERVED_PREFIX}reason=${identity.reason}`]),
    ...(identity.formerly ?? []).map((name) => `${FORMER_PREFIX}${name}`),
  ];
}

/** Undefined when the tags are not those of a run of icaform's. */
export function parseIdentity(technicalTags: readonly string[]): Identity | undefined {
  const stack = tagValue(technicalTags, "stack");
  const run = tagValue(technicalTags, "run");
  const attempt = tagValue(technicalTags, "attempt");
  if (!stack || !run || attempt === undefined || !/^[1-9][0-9]{0,8}$/.test(attempt)) return undefined;
  const reason = tagValue(technicalTags, "reason");
  const formerly = technicalTags.filter((tag) => tag.startsWith(FORMER_PREFIX));
  return {
    stack,
    run,
    attempt: Number(attempt),
    fingerprint: decodeFingerprint(tagValue(technicalTags, "spec") ?? ""),
    ...(reason === undefined ? {} : { reason }),
    ...(formerly.length === 0 ? {} : { formerly: formerly.map((tag) => tag.slice(FORMER_PREFIX.length)) }),
  };
}

/**
 * The `Idempotency-Key` of one attempt of one run: never of the body, so that a second body under the same identity
 * is answered 422 instead of starting a second run. 72 characters; ICA takes 255.
 */
export function idempotencyKey(stack: string, projectId: string, run: string, attempt: number): string {
  return `icaform-${sha256(canonicalJson([stack, projectId, run, attempt]))}`;
}

/** The stack whose tags an analysis carries; "" for icaform's tags without a stack. Undefined: nobody's. */
export function ownerOf(technicalTags: readonly string[]): string | undefined {
  if (!technicalTags.some(isReserved)) return undefined;
  return tagValue(technicalTags, "stack") ?? "";
}

/** The tags that go out with the creation of a sample, beside the user's own. */
export function sampleTags(identity: { stack: string; sample: string; fingerprint: Fingerprint }): string[] {
  return [
    stackTag(identity.stack),
    `${RESERVED_PREFIX}sample=${identity.sample}`,
    `${RESERVED_PREFIX}spec=${encodeFingerprint(identity.fingerprint)}`,
  ];
}

/** Goes out with a sample's tags: in which of the stack's batches in the project it was asked for. */
export function sampleBatchTag(batch: number): string {
  return `${RESERVED_PREFIX}batch=${batch}`;
}

/** Whose a sample is, and by which name it was declared: somebody may have renamed it in ICA. */
export function parseSampleIdentity(technicalTags: readonly string[]): {
  stack: string | undefined;
  sample: string | undefined;
  /** The number of its batch; undefined: not written by this version of icaform. */
  batch: number | undefined;
  fingerprint: Fingerprint | undefined;
} {
  const batch = tagValue(technicalTags, "batch") ?? "";
  return {
    batch: /^(0|[1-9][0-9]{0,8})$/.test(batch) ? Number(batch) : undefined,
    stack: tagValue(technicalTags, "stack"),
    sample: tagValue(technicalTags, "sample"),
    fingerprint: decodeFingerprint(tagValue(technicalTags, "spec") ?? ""),
  };
}

/**
 * The `Idempotency-Key` of one batch of samples: never of the body, so that whoever applies while an earlier batch may
 * still be under way is told so (422), instead of making its samples a second time. Batches count from 0.
 */
export function sampleBatchKey(stack: string, projectId: string, batch: number): string {
  return `icaform-${sha256(canonicalJson(["samples", stack, projectId, batch]))}`;
}

export function isReserved(technicalTag: string): boolean {
  return technicalTag.startsWith(RESERVED_PREFIX);
}

function tagValue(technicalTags: readonly string[], name: string): string | undefined {
  const prefix = `${RESERVED_PREFIX}${name}=`;
  return technicalTags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
}
