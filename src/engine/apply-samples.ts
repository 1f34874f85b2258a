import { byCodeUnit } from "../core/address.ts";
import { updatedSampleTags } from "../core/decide-sample.ts";
import { mayHaveTakenEffect } from "../core/errors.ts";
import type { Change } from "../core/plan.ts";
import { forEachBounded } from "./bounded.ts";
import { failureOf, INTERRUPTED, messageOf } from "./failure.ts";
import type { Result } from "./outcome.ts";
import { LARGEST_BATCH } from "./sample-batch.ts";
import { createSamples } from "./sample-rounds.ts";
import { withFilesNamed } from "./shared-data.ts";
import { againOnConflict, guardOf } from "./tag-conflict.ts";
import { type ApplyContext, named, type StepOf, type Task } from "./task.ts";

type SampleTask = Task<StepOf<"create-sample"> | StepOf<"update-sample">>;
type CreateSample = Task<StepOf<"create-sample">>;
type UpdateSample = Task<StepOf<"update-sample">>;

/** Whether a task creates or changes a sample. */
export function isSampleTask(task: Task): task is SampleTask {
  return task.step.type === "create-sample" || task.step.type === "update-sample";
}

/**
 * Creates the missing samples of each project in one batch, and brings the others up to date. Every outcome is settled
 * when this ends; one that stays unknown is safe to apply again.
 */
export async function applySamples(
  tasks: readonly SampleTask[],
  context: ApplyContext,
  record: (change: Change, result: Result) => void,
): Promise<void> {
  const tell = (task: Task, outcome: Result) => {
    const result = withFilesNamed(outcome, task.step);
    record(task.change, result);
    if (result.outcome === "unknown") context.onResult(result);
  };
  const creates = tasks.filter((task): task is CreateSample => task.step.type === "create-sample");
  const updates = tasks.filter((task): task is UpdateSample => task.step.type === "update-sample");
  const projects = new Set(creates.map((task) => task.step.projectId));
  await Promise.all([
    ...[...projects].map((projectId) => {
      const own = creates.filter(({ step }) => step.projectId === projectId);
      const sorted = own.sort((left, right) => byCodeUnit(nameOf(left), nameOf(right)));
      return createSamples(projectId, sorted, LARGEST_BATCH, context, tell);
    }),
    forEachBounded(updates, context.concurrency, async (task) => tell(task, await attempt(task, context))),
  ]);
}

function nameOf({ step }: CreateSample): string {
  return step.sample.sampleToCreate.name;
}

async function attempt(task: UpdateSample, context: ApplyContext): Promise<Result> {
  if (context.signal.aborted) return { ...named(task.change), outcome: "skipped", error: INTERRUPTED };
  try {
    return await update(task, context);
  } catch (error) {
    return { ...named(task.change), ...failureOf(error) };
  }
}

/** Data first and tags last: among them is the mark of what is declared, so that an update that is cut off is seen. */
async function update({ change, step }: UpdateSample, context: ApplyContext): Promise<Result> {
  const { writer } = context;
  for (const dataId of step.link) await link(step, dataId, context);
  if (step.complete) {
    try {
      await writer.completeSample(step.projectId, step.sampleId);
    } catch (error) {
      if (!mayHaveTakenEffect(error)) throw error;
      const { sample } = await context.reader.sample(step.projectId, step.sampleId);
      if (sample.status !== "AVAILABLE") throw error;
    }
  }
  await againOnConflict(async () => {
    const read = await writer.sample(step.projectId, step.sampleId);
    const tags = updatedSampleTags(read.sample.tags, step.tags);
    const whole = read.body as { sample: object };
    const body = { ...whole, sample: { ...whole.sample, tags } };
    await writer.updateSample(step.projectId, step.sampleId, body, guardOf(read));
  });
  return { ...named(change), outcome: "done" };
}

/** Linking has no idempotency key: after an unknown outcome the sample's data tells. */
async function link(step: StepOf<"update-sample">, dataId: string, { writer, reader }: ApplyContext): Promise<void> {
  try {
    await writer.linkSampleData(step.projectId, step.sampleId, dataId);
  } catch (error) {
    if (!mayHaveTakenEffect(error)) throw new Error(`${dataId} was not linked: ${messageOf(error)}`, { cause: error });
    for await (const item of reader.sampleData(step.projectId, step.sampleId)) if (item.id === dataId) return;
    throw error;
  }
}
