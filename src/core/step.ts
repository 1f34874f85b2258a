import type { CreateEndpoint, NewSample, SampleTags } from "./ica.ts";
import type { SecretRef } from "./spec.ts";

/** Stands in a request body for a value that is known only at the moment of the call, to `apply` alone. */
export class Deferred {
  readonly value: { secret: SecretRef } | { credential: string };

  constructor(value: { secret: SecretRef } | { credential: string }) {
    this.value = value;
  }
}

/** The write that carries out one change. The plan holds it as a value; `apply` executes it and nothing else. */
export type Step =
  | {
      type: "create-analysis";
      projectId: string;
      endpoint: CreateEndpoint;
      /** JSON value with `Deferred` leaves; serialised in the order of its keys. */
      body: unknown;
      idempotencyKey: string;
    }
  | { type: "create-credential"; name: string; secrets: CredentialSecrets; share: boolean }
  | { type: "update-credential"; id: string; name: string; secrets: CredentialSecrets | undefined; share: boolean }
  | { type: "create-sample"; projectId: string; sample: NewSample; files: ReadonlyMap<string, SampleFile> }
  | {
      type: "update-sample";
      projectId: string;
      sampleId: string;
      /** Ids of files that are to be linked. */
      link: readonly string[];
      files: ReadonlyMap<string, SampleFile>;
      complete: boolean;
      /** `technicalTags` replace those of icaform's own and add the user's; the others are added where missing. */
      tags: SampleTags;
    }
  | { type: "update-tags"; projectId: string; analysisId: string; add: TagAdditions }
  | { type: "abort"; projectId: string; analysisIds: readonly string[] };

/** A file that a sample takes, by its id. */
export interface SampleFile {
  path: string;
  /** Address of another sample that takes it too. */
  alsoOf?: string;
}

export interface CredentialSecrets {
  accessKeyId: SecretRef;
  secretAccessKey: SecretRef;
}

/** `technicalTags` replace those of icaform's own and add the user's; the others are added where missing. */
export interface TagAdditions {
  technicalTags: readonly string[];
  userTags: readonly string[];
  referenceTags: readonly string[];
}

/** All secrets and credentials that a step needs before it can be sent. */
export function deferredIn(value: unknown): Deferred[] {
  if (value instanceof Deferred) return [value];
  if (Array.isArray(value)) return value.flatMap(deferredIn);
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(deferredIn);
}
