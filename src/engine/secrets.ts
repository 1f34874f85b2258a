import { type Diagnostic, errorAt, type Position } from "../core/diagnostic.ts";
import { TreeError } from "../core/errors.ts";
import { inputPartsOf } from "../core/input-parts.ts";
import type { Change } from "../core/plan.ts";
import type { SecretRef, Tree } from "../core/spec.ts";
import { Deferred, deferredIn, type Step } from "../core/step.ts";

/** Where secret values come from; the only place in the tool that ever holds them. */
export interface SecretStore {
  /** Why the secret cannot be read and what to do, or undefined. Does not return the value. */
  problem(ref: SecretRef): Promise<{ message: string; help?: string | undefined } | undefined>;
  /** The value, at the moment of the call. */
  read(ref: SecretRef): Promise<string>;
}

/**
 * Checks that every secret can be read, before anything is sent.
 *
 * @param placeOf where a manifest asks for it
 * @throws TreeError that names all of those that cannot
 */
export async function checkSecrets(
  refs: Iterable<SecretRef>,
  store: SecretStore,
  placeOf: (ref: SecretRef) => Position | undefined,
): Promise<void> {
  const different = new Map([...refs].map((ref) => [JSON.stringify(ref), ref]));
  const mistakes: Diagnostic[] = [];
  for (const ref of different.values()) {
    const problem = await store.problem(ref);
    if (problem === undefined) continue;
    const message = `nothing was sent: ${problem.message}`;
    const place = placeOf(ref);
    const unplaced = { severity: "error" as const, code: SECRET_MISSING, message };
    mistakes.push(
      place === undefined
        ? { ...unplaced, ...(problem.help === undefined ? {} : { help: problem.help }) }
        : errorAt(place, SECRET_MISSING, message, problem.help),
    );
  }
  if (mistakes.length > 0) throw new TreeError(mistakes);
}

const SECRET_MISSING = "secret-missing";

/** Where a manifest first asks for a secret. */
export function placesOfSecrets({ runs, credentials }: Tree): (ref: SecretRef) => Position | undefined {
  return (ref) => {
    const wanted = JSON.stringify(ref);
    for (const { spec, locate } of credentials) {
      for (const key of ["accessKeyId", "secretAccessKey"] as const)
        if (JSON.stringify(spec[key]) === wanted) return locate(["spec", key]);
    }
    for (const { spec, locate } of runs) {
      const found = inputPartsOf(spec).secrets.find(({ value }) => JSON.stringify(value) === wanted);
      if (found !== undefined) return locate(found.path);
    }
    return undefined;
  };
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
