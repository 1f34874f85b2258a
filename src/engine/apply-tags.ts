import { updatedTags } from "../core/tags.ts";
import type { Result } from "./outcome.ts";
import { againOnConflict } from "./tag-conflict.ts";
import { type ApplyContext, named, type StepOf, type Task } from "./task.ts";

/** Changes an analysis' tags in place: reads it, sends all of it back with other tags under If-Match. */
export function applyTags(task: Task<StepOf<"update-tags">>, context: ApplyContext): Promise<Result> {
  return againOnConflict(() => put(task, context));
}

async function put({ change, step }: Task<StepOf<"update-tags">>, { writer }: ApplyContext): Promise<Result> {
  const { analysis, etag, body } = await writer.analysis(step.projectId, step.analysisId);
  const tags = updatedTags(analysis.tags, step.add);
  await writer.updateTags(step.projectId, step.analysisId, { ...(body as object), tags }, etag);
  return { ...named(change), outcome: "done" };
}
