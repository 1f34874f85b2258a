import { canonicalJson } from "../core/canonical.ts";
import { phaseOf } from "../core/status.ts";
import { updatedTags } from "../core/tags.ts";
import type { Result } from "./outcome.ts";
import { type ApplyContext, named, type Task } from "./task.ts";

/**
 * Whether ICA shows that a write took effect whose answer was lost, for all but creates of runs; undefined where it
 * does not, or not yet. New secrets of a credential cannot be seen: they stay unknown, and are written again.
 *
 * @throws what the reading throws
 */
export async function readBack({ change, step }: Task, { reader }: ApplyContext): Promise<Result | undefined> {
  const done: Result = { ...named(change), outcome: "done", note: "settled by reading: the answer was lost" };
  if (step.type === "update-tags") {
    const { analysis } = await reader.analysis(step.projectId, step.analysisId);
    const isSame = canonicalJson(analysis.tags) === canonicalJson(updatedTags(analysis.tags, step.add));
    return isSame ? done : undefined;
  }
  if (step.type === "abort") {
    for (const id of step.analysisIds) {
      const { status } = (await reader.analysis(step.projectId, id)).analysis;
      if (phaseOf(status) !== "aborted" && status !== "ABORTING") return undefined;
    }
    return done;
  }
  if (step.type === "create-credential") {
    const found = (await reader.credentials()).filter((credential) => credential.name === step.name);
    if (found.length > 1) {
      const ids = found.map((one) => one.id).join(", ");
      return {
        ...named(change),
        outcome: "failed",
        error: `ICA has ${found.length} credentials named ${step.name}: ${ids}`,
      };
    }
    if (found.length === 0) return undefined;
    if (!step.share) return done;
    return {
      ...named(change),
      outcome: "failed",
      error: `created, but not shared; apply --share ${step.name} does it`,
    };
  }
  return undefined;
}
