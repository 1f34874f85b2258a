import type { Step } from "../core/step.ts";
import { LARGEST_BATCH } from "./sample-batch.ts";

/**
 * Calls that creating samples takes when all goes well, over all projects. Before: the user's jobs, the newest earlier
 * batch where the project has samples of the stack, the stack's samples. Of each batch: the call, two looks at its job,
 * its items. After: the listing that verifies them.
 *
 * @param own of each project how many samples the stack has there already
 */
export function sampleCalls(steps: Iterable<Step>, own: ReadonlyMap<string, number>, pageSize: number): number {
  const created = new Map<string, number>();
  for (const step of steps) {
    if (step.type === "create-sample") created.set(step.projectId, (created.get(step.projectId) ?? 0) + 1);
  }
  const pages = (rows: number) => Math.max(1, Math.ceil(rows / pageSize));
  let calls = 0;
  for (const [projectId, count] of created) {
    const there = own.get(projectId) ?? 0;
    calls += 1 + (there > 0 ? 1 : 0) + pages(there) + pages(there + count);
    for (let left = count; left > 0; left -= LARGEST_BATCH) calls += 3 + pages(Math.min(left, LARGEST_BATCH));
  }
  return calls;
}
