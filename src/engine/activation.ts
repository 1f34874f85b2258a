import type { ActivationCode, Reader } from "../core/ica.ts";
import type { Stepped } from "../core/kind.ts";
import type { Change } from "../core/plan.ts";
import { Deferred, deferredIn } from "../core/step.ts";

/** A change that starts a run for which ICA may have to choose the activation code. */
export interface ActivationWish {
  change: Change;
  activation: Stepped["activation"];
}

/**
 * Shows on each start which activation code ICA would take. Asked once for each pipeline, with the input of the first
 * run: what a run is accounted under follows from its pipeline and project.
 */
export async function showActivationCodes(
  wishes: readonly ActivationWish[],
  reader: Reader,
  credentials: ReadonlyMap<string, string>,
): Promise<void> {
  const asked = new Map<string, Promise<ActivationCode | undefined>>();
  await Promise.all(
    wishes.map(async ({ change, activation }) => {
      if (activation === undefined) return;
      const { language, projectId, pipelineId, analysisInput } = activation;
      const key = `${projectId} ${pipelineId}`;
      const answer =
        asked.get(key) ??
        reader.bestActivationCode(language, {
          projectId,
          pipelineId,
          analysisInput: withoutSecrets(analysisInput, credentials),
        });
      asked.set(key, answer);
      const code = await answer;
      if (code !== undefined) change.activationCode = { ...code, isBestMatch: true };
    }),
  );
}

/**
 * A plan reads no secrets: their place is held by an empty text. External data whose credential is still to be created
 * is left out.
 */
function withoutSecrets(value: unknown, credentials: ReadonlyMap<string, string>): unknown {
  if (value instanceof Deferred)
    return "credential" in value.value ? (credentials.get(value.value.credential) ?? null) : "";
  const isKnown = ({ value: wanted }: Deferred) => !("credential" in wanted) || credentials.has(wanted.credential);
  if (Array.isArray(value)) {
    return value
      .filter((item) => deferredIn(item).every(isKnown) || hasInputs(item))
      .map((item) => withoutSecrets(item, credentials));
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutSecrets(member, credentials)]));
}

/** A parameter's whole data input, of which only single items are left out. */
function hasInputs(item: unknown): boolean {
  return typeof item === "object" && item !== null && "parameterCode" in item;
}
