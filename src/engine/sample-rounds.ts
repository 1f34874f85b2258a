import { ApiError, mayHaveTakenEffect } from "../core/errors.ts";
import type { Sample, SampleBatch } from "../core/ica.ts";
import { parseSampleIdentity, sampleBatchKey } from "../core/identity.ts";
import { failureOf, INTERRUPTED, messageOf, unverified } from "./failure.ts";
import type { Result } from "./outcome.ts";
import { followBatch } from "./sample-batch.ts";
import { type ApplyContext, named, type StepOf, type Task } from "./task.ts";

type CreateSample = Task<StepOf<"create-sample">>;

/** Idempotency keys are numbered. More rounds than this in the seven days that ICA keeps them is no lab's week. */
const MOST_ROUNDS = 200;

/** Waits while an earlier batch, of which nothing but its key is known, may still be making its samples. */
const EARLIER_WAITS_MS = [0, 1_000, 2_000, 4_000, 8_000];

/** Waits while another call with the same key is in flight: about a minute in all. */
const IN_FLIGHT_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];

/** New samples may be missing from listings for a while. */
const VERIFY_WAITS_MS = [0, 1_000, 2_000, 4_000, 8_000];

/** A batch that is older was made by an earlier apply: what failed in it then is tried once more. */
const FRESH_MS = 60_000;

/**
 * Creates samples of one project, each exactly once, in batches of at most `largest`.
 *
 * Batches are sent under numbered keys that say nothing of their bodies. Whoever comes again after a lost answer or a
 * crash starts with the same number: the same body gets the same batch back and follows it; another body is refused
 * (422), which tells that a batch is about that this process did not send. Then samples are looked for by listing before
 * the next number is taken. Those that failed in an earlier apply's batch are sent again under the next number.
 */
export async function createSamples(
  projectId: string,
  tasks: readonly CreateSample[],
  largest: number,
  context: ApplyContext,
  tell: (task: Task, result: Result) => void,
): Promise<void> {
  let open = [...tasks];
  const made: CreateSample[] = [];
  const settle = (task: CreateSample, result: Result) => {
    open = open.filter((other) => other !== task);
    if (result.outcome === "done") made.push(task);
    else tell(task, result);
  };
  try {
    await goRounds(projectId, largest, context, () => open, settle);
  } catch (error) {
    // A listing could not be read: what became of the rest is not known.
    for (const task of [...open]) settle(task, { ...named(task.change), outcome: "unknown", error: messageOf(error) });
  }
  await verify(projectId, made, context, tell);
}

async function goRounds(
  projectId: string,
  largest: number,
  context: ApplyContext,
  left: () => readonly CreateSample[],
  settle: (task: CreateSample, result: Result) => void,
): Promise<void> {
  let hasWaited = false;
  const end = (tasks: readonly CreateSample[], outcome: Result["outcome"], error?: string) => {
    for (const task of tasks)
      settle(task, { ...named(task.change), outcome, ...(error === undefined ? {} : { error }) });
  };
  const seenAreMade = (seen: ReadonlyMap<string, Sample[]>) =>
    end(
      left().filter((task) => seen.has(nameOf(task))),
      "done",
    );
  for (let round = 0; left().length > 0; round++) {
    if (context.signal.aborted) return end(left(), "skipped", INTERRUPTED);
    if (round >= MOST_ROUNDS) return end(left(), "failed", `ICA took ${round} other batches within seven days`);
    const batch = left().slice(0, largest);
    const sent = await send(projectId, batch, round, context);
    if ("isKeyReused" in sent) {
      for (const wait of hasWaited ? [0] : EARLIER_WAITS_MS) {
        await context.clock.sleep(wait, context.signal);
        seenAreMade(await ownSamples(projectId, context));
        if (left().length === 0 || context.signal.aborted) break;
      }
      hasWaited = true;
      continue;
    }
    if ("error" in sent) {
      const seen = mayHaveTakenEffect(sent.error) ? await settledByReading(projectId, batch, context) : new Map();
      seenAreMade(seen);
      const failure = failureOf(sent.error);
      for (const task of left().filter((one) => batch.includes(one)))
        settle(task, { ...named(task.change), ...failure });
      // What could not be sent for one batch cannot be sent for the next.
      return end(left(), "skipped", failure.error);
    }
    const isEarlier = sent.batch.ageMs > FRESH_MS;
    const followed = await followBatch(projectId, sent.batch, context);
    if ("unfinished" in followed) {
      seenAreMade(await ownSamples(projectId, context).catch(() => new Map()));
      const error = `ICA has not said what became of batch ${sent.batch.id}: ${followed.unfinished}; apply again to go on`;
      return end(left(), "unknown", error);
    }
    const failed = batch.filter((task) => followed.failures.has(nameOf(task)));
    // A name that is taken may be taken by ourselves: a batch whose answer was lost. And what an earlier batch made may
    // be gone again.
    if (isEarlier || failed.length > 0) seenAreMade(await ownSamples(projectId, context));
    if (isEarlier) continue;
    for (const task of batch.filter((one) => left().includes(one))) {
      const error = followed.failures.get(nameOf(task));
      end([task], error === undefined ? "done" : "failed", error);
    }
  }
}

type Sent = { batch: SampleBatch } | { isKeyReused: true } | { error: unknown };

async function send(
  projectId: string,
  tasks: readonly CreateSample[],
  round: number,
  { stack, writer, clock, signal }: ApplyContext,
): Promise<Sent> {
  const body = JSON.stringify({ items: tasks.map(({ step }) => step.sample) });
  const key = sampleBatchKey(stack, projectId, round);
  for (const wait of [...IN_FLIGHT_WAITS_MS, undefined]) {
    try {
      return { batch: await writer.createSampleBatch(projectId, body, key) };
    } catch (error) {
      const status = error instanceof ApiError ? error.status : undefined;
      if (status === 422) return { isKeyReused: true };
      if (status !== 409 || wait === undefined || signal.aborted) return { error };
      await clock.sleep(wait, signal);
    }
  }
  throw new Error("unreachable: the last wait ends the loop");
}

/** The samples that carry the stack's tag, by the name that they were declared with. */
async function ownSamples(projectId: string, { reader, stack }: ApplyContext): Promise<Map<string, Sample[]>> {
  const own = new Map<string, Sample[]>();
  for await (const sample of reader.samples(projectId)) {
    const identity = parseSampleIdentity(sample.tags.technicalTags);
    if (identity.stack !== stack) continue;
    const name = identity.sample ?? sample.name;
    own.set(name, [...(own.get(name) ?? []), sample]);
  }
  return own;
}

/** Looks for the samples of a call whose answer was lost; what cannot be read settles nothing. */
async function settledByReading(
  projectId: string,
  tasks: readonly CreateSample[],
  context: ApplyContext,
): Promise<Map<string, Sample[]>> {
  let seen = new Map<string, Sample[]>();
  for (const wait of EARLIER_WAITS_MS) {
    await context.clock.sleep(wait);
    try {
      seen = await ownSamples(projectId, context);
    } catch {
      continue;
    }
    if (tasks.every((task) => seen.has(nameOf(task)))) break;
  }
  return seen;
}

/** One listing: each sample that was made is there exactly once. */
async function verify(
  projectId: string,
  made: readonly CreateSample[],
  context: ApplyContext,
  tell: (task: Task, result: Result) => void,
): Promise<void> {
  let unseen = made;
  let failure: string | undefined;
  for (const wait of VERIFY_WAITS_MS) {
    if (unseen.length === 0) return;
    await context.clock.sleep(wait, context.signal);
    try {
      const seen = await ownSamples(projectId, context);
      failure = undefined;
      for (const task of unseen) {
        const same = seen.get(nameOf(task)) ?? [];
        if (same.length === 0) continue;
        const ids = same.map(({ id }) => id).join(", ");
        const error = `ICA has it ${same.length} times: ${ids}; another apply made it too. Remove all but one in ICA`;
        tell(task, {
          ...named(task.change),
          ...(same.length > 1 ? { outcome: "failed", error } : { outcome: "done" }),
        });
      }
      unseen = unseen.filter((task) => !seen.has(nameOf(task)));
    } catch (error) {
      failure = messageOf(error);
    }
    if (context.signal.aborted) break;
  }
  const note = unverified(failure);
  for (const task of unseen) tell(task, { ...named(task.change), outcome: "done", note });
}

function nameOf({ step }: CreateSample): string {
  return step.sample.sampleToCreate.name;
}
