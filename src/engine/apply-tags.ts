import { updatedTags } from "../core/tags.ts";
import type { Result } from "./outcome.ts";
import { againOnConflict, guardOf } from "./tag-conflict.ts";
import { type ApplyContext, named, type StepOf, type Task } from "./task.ts";

/** Changes an analysis' tags in place: reads it, sends all of it back with other tags under If-Match. */
export function applyTags(task: Task<StepOf<"update-tags">>, context: ApplyContext): Promise<Result> {
  return againOnConflict(() => put(task, context));
}

async function put({ change, step }: Task<StepOf<"update-tags">>, { writer }: ApplyContext): Promise<Result> {
  const read = await writer.analysis(step.projectId, step.analysisId);
  const tags = updatedTags(read.analysis.tags, step.add);
  await writer.updateTags(step.projectId, step.analysisId, { ...(read.body as object), tags }, guardOf(read));
  return { ...named(change), outcome: "done" };
}
