import { UsageError } from "../core/errors.ts";
import { inputPartsOf } from "../core/input-parts.ts";
import type { Change } from "../core/plan.ts";
import type { SecretRef, Tree } from "../core/spec.ts";
import { Deferred, deferredIn, type Step } from "../core/step.ts";

/** Where secret values come from; the only place in the tool that ever holds them. */
export interface SecretStore {
  /** Why the secret cannot be read, or undefined. Does not return the value. */
  problem(ref: SecretRef): Promise<string | undefined>;
  /** The value, at the moment of the call. */
  read(ref: SecretRef): Promise<string>;
}

/**
 * Checks that every secret can be read, before anything is sent.
 *
 * @throws UsageError that names all of those that cannot
 */
export async function checkSecrets(refs: Iterable<SecretRef>, store: SecretStore): Promise<void> {
  const different = new Map([...refs].map((ref) => [JSON.stringify(ref), ref]));
  const problems: string[] = [];
  for (const ref of different.values()) {
    const problem = await store.problem(ref);
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length === 0) return;
  throw new UsageError(`nothing was sent: ${problems.join("; ")}`, "set them and apply again");
}

/** The body as JSON text, secrets and credential ids filled in. */
export async function finishedBody(
  body: unknown,
  store: SecretStore,
  credentialId: (name: string) => string,
): Promise<string> {
  const values = new Map<Deferred, string>();
  for (const deferred of deferredIn(body)) {
    const { value } = deferred;
    values.set(deferred, "secret" in value ? await store.read(value.secret) : credentialId(value.credential));
  }
  return JSON.stringify(body, (_key, value: unknown) => (value instanceof Deferred ? values.get(value) : value));
}

/** The names of the credentials that a step's body refers to. */
export function credentialsIn(step: Step): string[] {
  if (step.type !== "create-analysis") return [];
  return deferredIn(step.body).flatMap(({ value }) => ("credential" in value ? [value.credential] : []));
}

/** What the runs that wait will need once they start. */
export function secretsOfWaiting({ runs }: Tree, changes: readonly Change[]): SecretRef[] {
  const waiting = new Set(changes.filter(({ action }) => action === "wait").map(({ address }) => address));
  return runs
    .filter(({ name }) => waiting.has(`PipelineRun/${name}`))
    .flatMap(({ spec }) => inputPartsOf(spec).secrets.map(({ value }) => value));
}

/** What a step needs. */
export function secretsOf(step: Step): SecretRef[] {
  if (step.type === "create-analysis") {
    return deferredIn(step.body).flatMap(({ value }) => ("secret" in value ? [value.secret] : []));
  }
  if (step.type === "create-credential" || step.type === "update-credential") {
    return step.secrets === undefined ? [] : [step.secrets.accessKeyId, step.secrets.secretAccessKey];
  }
  return [];
}
