/** Any schedule of applies of samples that crash, lose answers, meet each other and come days later: each sample once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AbortedError, NetworkError } from "../../src/core/errors.ts";
import { parseSampleIdentity, sampleTags } from "../../src/core/identity.ts";
import type { Result } from "../../src/engine/outcome.ts";
import type { CreateSample } from "../../src/engine/sample-reading.ts";
import { createSamples } from "../../src/engine/sample-rounds.ts";
import { FakeSamples, type Habits, SAMPLE_FAULTS, type SampleFault } from "./fake-samples.ts";

/** More with ICAFORM_SCHEDULES, such as 10000. */
const SCHEDULES = Number(process.env.ICAFORM_SCHEDULES ?? 500);

const DAY_MS = 24 * 3_600_000;

function taskOf(name: string): CreateSample {
  const technicalTags = sampleTags({ stack: "model", sample: name, fingerprint: {} });
  const sample = { sampleToCreate: { name, tags: { technicalTags } }, completeSample: false };
  const change: CreateSample["change"] = {
    address: `SampleBatch/week/${name}`,
    action: "create",
    reason: "",
    fields: [],
    patch: [],
    effects: [],
  };
  return { change, step: { type: "create-sample", projectId: "lab", sample, files: new Map() } };
}

/** Plans by listing, then applies; undefined: the process died, or could not plan. */
async function apply(ica: FakeSamples, declared: readonly string[], faults: readonly SampleFault[]) {
  const writer = ica.process(faults);
  const results: Result[] = [];
  try {
    const there = new Set<string | undefined>();
    for await (const { tags } of writer.samples("lab")) there.add(parseSampleIdentity(tags.technicalTags).sample);
    const tasks = [...declared].sort().flatMap((name) => (there.has(name) ? [] : [taskOf(name)]));
    if (tasks.length > 0) {
      await createSamples(
        "lab",
        tasks,
        3,
        {
          stack: "model",
          writer,
          reader: writer,
          secrets: { problem: async () => undefined, read: async () => "" },
          clock: {
            now: () => ica.now,
            sleep: async (milliseconds) => {
              ica.now += milliseconds;
            },
          },
          concurrency: 2,
          signal: new AbortController().signal,
          sent: new Map(),
          onResult: () => undefined,
        },
        (_task, result) => results.push(result),
      );
    }
  } catch (error) {
    if (!(error instanceof AbortedError || error instanceof NetworkError)) throw error;
    return undefined;
  }
  return results;
}

function expectOnce(ica: FakeSamples): void {
  const names = ica.names();
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
}

const declared = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { minLength: 1 });
const faults = fc.array(fc.constantFrom(...SAMPLE_FAULTS), { maxLength: 12 });
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ declared, faults }) },
    { weight: 2, arbitrary: fc.record({ declared, faults, other: declared, otherFaults: faults }) },
    {
      weight: 2,
      arbitrary: fc.record({ passMs: fc.constantFrom(500, 20_000, 300_000, DAY_MS, 6.9 * DAY_MS, 8 * DAY_MS) }),
    },
    { weight: 1, arbitrary: fc.record({ bad: fc.constantFrom(..."abcdefgh") }) },
  ),
  { minLength: 1, maxLength: 8 },
);
const habits: fc.Arbitrary<Habits> = fc.record({
  sampleMs: fc.constantFrom(0, 100, 5_000, 60_000),
  queueMs: fc.constantFrom(0, 1_000, 120_000),
  lagMs: fc.constantFrom(0, 2_000, 60_000),
  jobsLagMs: fc.constantFrom(0, 0, 1_000, 30_000, undefined),
});

describe("any schedule of applies of samples", () => {
  it(`makes none twice, and all in the end (${SCHEDULES} schedules)`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(habits, steps, declared, async (given, schedule, last) => {
        const ica = new FakeSamples(given);
        for (const step of schedule) {
          if ("passMs" in step) ica.now += step.passMs;
          else if ("bad" in step) ica.bad.add(step.bad);
          else if ("other" in step) {
            await Promise.all([apply(ica, step.declared, step.faults), apply(ica, step.other, step.otherFaults)]);
          } else await apply(ica, step.declared, step.faults);
          expectOnce(ica);
        }
        ica.bad.clear();
        // Where jobs cannot be listed, an apply gives up after ten minutes, and a later one goes on.
        for (let quiet = 0; quiet < 3; quiet++) {
          ica.now += 8 * DAY_MS;
          await apply(ica, last, []);
        }
        expectOnce(ica);
        expect(ica.names()).toEqual(expect.arrayContaining(last));
        expect((await apply(ica, last, []))?.length).toBe(0);
      }),
      { numRuns: SCHEDULES },
    );
  });
});
