import { ApiError } from "../core/errors.ts";
import { updatedTags } from "../core/tags.ts";
import type { Result } from "./outcome.ts";
import { type ApplyContext, named, type StepOf, type Task } from "./task.ts";

/**
 * Changes an analysis' tags in place: reads it, sends all of it back with other tags under If-Match. 409 means that
 * somebody changed it in between (412 is what other servers answer to If-Match, RFC 9110): read again, once.
 */
export async function applyTags(task: Task<StepOf<"update-tags">>, context: ApplyContext): Promise<Result> {
  try {
    return await put(task, context);
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 409 && error.status !== 412)) throw error;
    return put(task, context);
  }
}

async function put({ change, step }: Task<StepOf<"update-tags">>, { writer }: ApplyContext): Promise<Result> {
  const { analysis, etag, body } = await writer.analysis(step.projectId, step.analysisId);
  const tags = updatedTags(analysis.tags, step.add);
  await writer.updateTags(step.projectId, step.analysisId, { ...(body as object), tags }, etag);
  return { ...named(change), outcome: "done" };
}
