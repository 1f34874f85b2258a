import { ApiError } from "../core/errors.ts";
import type { SampleBatch } from "../core/ica.ts";
import { sampleBatchKey, sampleBatchTag } from "../core/identity.ts";
import type { CreateSample } from "./sample-reading.ts";
import type { ApplyContext } from "./task.ts";

/** Waits while another call with the same key is in flight: about a minute in all. */
const IN_FLIGHT_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/** `isTaken`: another batch was sent under this number. */
export type Sent = { batch: SampleBatch } | { isTaken: true } | { error: unknown };

/** Sends one batch under its number, which its samples carry as a tag and its key is made of. */
export async function sendBatch(
  projectId: string,
  tasks: readonly CreateSample[],
  number: number,
  { stack, writer, clock, signal }: ApplyContext,
): Promise<Sent> {
  const body = JSON.stringify({ items: tasks.map((task) => itemOf(task, number)) });
  const key = sampleBatchKey(stack, projectId, number);
  for (const wait of [...IN_FLIGHT_WAITS_MS, undefined]) {
    try {
      return { batch: await writer.createSampleBatch(projectId, body, key) };
    } catch (error) {
      const status = error instanceof ApiError ? error.status : undefined;
      if (status === 422) return { isTaken: true };
      if (status !== 409 || wait === undefined || signal.aborted) return { error };
      await clock.sleep(wait, signal);
    }
  }
  throw new Error("unreachable: the last wait ends the loop");
}

function itemOf({ step }: CreateSample, number: number): CreateSample["step"]["sample"] {
  const { sampleToCreate } = step.sample;
  const { technicalTags } = sampleToCreate.tags;
  const tags = { ...sampleToCreate.tags, technicalTags: [...(technicalTags ?? []), sampleBatchTag(number)] };
  return { ...step.sample, sampleToCreate: { ...sampleToCreate, tags } };
}
