import { ApiError, mayHaveTakenEffect } from "../core/errors.ts";
import type { AwsSecrets, Credential } from "../core/ica.ts";
import type { CredentialSecrets } from "../core/step.ts";
import { failureOf, messageOf } from "./failure.ts";
import type { Result } from "./outcome.ts";
import { type ApplyContext, named, type Task } from "./task.ts";

/**
 * Creates, rotates or shares a credential. Creating has no idempotency key (ica-facts), so it is sent once; after an
 * unknown outcome the list is read again before the one further try.
 */
export async function applyCredential(task: Task, context: ApplyContext, ids: Map<string, string>): Promise<Result> {
  const { change, step } = task;
  if (step.type === "create-credential") {
    const created = await create(step.name, step.secrets, context);
    if ("result" in created) return { ...named(change), ...created.result };
    ids.set(step.name, created.credential.id);
    if (step.share) return share(task, created.credential.id, context, "created, but not shared");
    return { ...named(change), outcome: "done" };
  }
  if (step.type !== "update-credential") throw new Error(`no executor for ${step.type}`);
  const note = step.secrets === undefined ? undefined : await rotate(task, step.id, step.secrets, context);
  const result = step.share
    ? await share(task, step.id, context, "not shared")
    : { ...named(change), outcome: "done" as const };
  return note === undefined ? result : { ...result, note };
}

/** Updates the secrets; returns what is worth knowing. What follows the write cannot change that it was done. */
async function rotate(
  task: Task,
  id: string,
  secrets: CredentialSecrets,
  context: ApplyContext,
): Promise<string | undefined> {
  const { writer } = context;
  const before = await writer.credential(id);
  await writer.updateCredentialSecrets(id, await valuesOf(secrets, context));
  let after: Credential;
  try {
    after = await context.reader.credential(id);
  } catch (error) {
    return `secrets were updated, but could not be read back: ${messageOf(error)}`;
  }
  // Whether updateSecrets moves timeModified is unknown (ica-facts): it is read back, never assumed.
  const rotateAfter = task.change.fields.find((field) => field.path === "secrets")?.after;
  const isStillDue = typeof rotateAfter === "string" && Date.parse(after.timeModified) < Date.parse(rotateAfter);
  if (Date.parse(after.timeModified) > Date.parse(before.timeModified) || !isStillDue) return undefined;
  return (
    "secrets were updated, but ICA did not move timeModified: rotateAfter stays due; " +
    `remove or move it, and use apply --rotate ${after.name} to rotate again`
  );
}

async function create(
  name: string,
  secrets: CredentialSecrets,
  context: ApplyContext,
): Promise<{ credential: Credential } | { result: Pick<Result, "outcome" | "error"> }> {
  for (const isLast of [false, true]) {
    try {
      return { credential: await context.writer.createCredential(name, await valuesOf(secrets, context)) };
    } catch (error) {
      const isConflict = error instanceof ApiError && error.status === 409;
      if (!mayHaveTakenEffect(error) && !isConflict) throw error;
      const listed = await listIfReadable(context);
      // How the create ended must never be told from a failed reading.
      if (listed === undefined)
        return { result: { outcome: isConflict ? "failed" : "unknown", error: messageOf(error) } };
      const found = listed.filter((credential) => credential.name === name);
      const isOurs = found.length === 1 && (!isConflict || isLast);
      if (isOurs && found[0] !== undefined) return { credential: found[0] };
      if (isConflict) {
        const hint = found.length > 0 ? `; ICA has it now as ${found.map((one) => one.id).join(", ")}: plan again` : "";
        return { result: { outcome: "failed", error: `${messageOf(error)}${hint}` } };
      }
      if (found.length > 1) {
        const ids = found.map((one) => one.id).join(", ");
        return { result: { outcome: "failed", error: `ICA has ${found.length} credentials named ${name}: ${ids}` } };
      }
      if (isLast) return { result: { outcome: "unknown", error: messageOf(error) } };
    }
  }
  throw new Error("unreachable: the last try returns");
}

async function listIfReadable({ reader }: ApplyContext): Promise<Credential[] | undefined> {
  try {
    return await reader.credentials();
  } catch {
    return undefined;
  }
}

async function share(task: Task, id: string, context: ApplyContext, prefix: string): Promise<Result> {
  try {
    await context.writer.shareCredential(id);
    return { ...named(task.change), outcome: "done" };
  } catch (error) {
    const name = task.change.address.slice("StorageCredential/".length);
    const { help } = failureOf(error);
    const failure = `${prefix}: ${messageOf(error)}; apply --share ${name} repeats it`;
    return { ...named(task.change), outcome: "failed", error: failure, ...(help === undefined ? {} : { help }) };
  }
}

async function valuesOf(secrets: CredentialSecrets, context: ApplyContext): Promise<AwsSecrets> {
  return {
    accessKeyId: await context.secrets.read(secrets.accessKeyId),
    secretAccessKey: await context.secrets.read(secrets.secretAccessKey),
  };
}
