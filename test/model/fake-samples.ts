import { AbortedError, ApiError, NetworkError } from "../../src/core/errors.ts";
import type { NewSample, Sample, SampleBatch, SampleBatchItem, Writer } from "../../src/core/ica.ts";
import { FakeIca } from "./fake-ica.ts";

/** What happens to one call of samples. `crash`: the process ends here; nothing that it calls later arrives. */
export type SampleFault = "none" | "lose-request" | "lose-answer" | "crash-before" | "crash-after";

export const SAMPLE_FAULTS: readonly SampleFault[] = [
  "none",
  "lose-request",
  "lose-answer",
  "crash-before",
  "crash-after",
];

const KEPT_MS = 7 * 24 * 3_600_000;

export interface Habits {
  /** How long one sample of a batch takes. */
  sampleMs: number;
  /** How long a batch waits before its first sample. */
  queueMs: number;
  /** How long listings lack a new sample. */
  lagMs: number;
  /** How long the listing of jobs lacks a new one; undefined: it is forbidden. */
  jobsLagMs: number | undefined;
}

interface Item {
  id: string;
  name: string;
  tags: string[];
  doneAt: number;
  fails: boolean;
}

interface Batch {
  id: string;
  madeAt: number;
  items: Item[];
}

/** The part of ICA that samples live in, with batches that take their time, and names that may be used twice. */
export class FakeSamples {
  /** Samples of these names fail. */
  readonly bad = new Set<string>();
  now = Date.UTC(2026, 0, 1);
  private readonly batches: Batch[] = [];
  private readonly keys = new Map<string, { body: string; batch: Batch; at: number }>();
  private readonly habits: Habits;

  constructor(habits: Habits) {
    this.habits = habits;
  }

  /** Names of all samples that are there or will be, with repeats. */
  names(): string[] {
    return this.batches.flatMap(({ items }) => items.filter(({ fails }) => !fails).map(({ name }) => name));
  }

  /** The client of one process; faults are taken in turn by its calls, then none. */
  process(faults: readonly SampleFault[]): Writer {
    let isDead = false;
    let next = 0;
    const call = async <T>(path: string, answer: () => T): Promise<T> => {
      await Promise.resolve();
      if (isDead) throw new AbortedError("the process is gone");
      const fault = faults[next++] ?? "none";
      isDead = fault === "crash-before";
      if (isDead) throw new AbortedError("the process is gone");
      const request = { method: "GET", path };
      if (fault === "lose-request") throw new NetworkError(request, "the request was lost", true);
      const answered = answer();
      isDead = fault === "crash-after";
      if (isDead) throw new AbortedError("the process is gone");
      if (fault === "lose-answer") throw new NetworkError(request, "the answer was lost", true);
      return answered;
    };
    const listed = async function* <T>(path: string, rows: () => T[]): AsyncGenerator<T> {
      yield* await call(path, rows);
    };
    return {
      ...new FakeIca(0).process("ada", []),
      samples: () => listed("samples:search", () => this.visible()),
      sample: (_projectId, id) => call(`samples/${id}`, () => this.one(id)),
      sampleBatch: (_projectId, id) => call(`batch/${id}`, () => this.shown(this.find(id))),
      sampleBatches: () => listed("jobs", () => this.jobs()),
      sampleBatchItems: (_projectId, id) => listed(`batch/${id}/items`, () => this.items(this.find(id))),
      createSampleBatch: (_projectId, body, key) => call("batch", () => this.create(body, key)),
    };
  }

  private create(body: string, key: string): SampleBatch {
    const before = this.keys.get(key);
    if (before !== undefined && this.now - before.at < KEPT_MS) {
      if (before.body !== body) throw problem(422);
      return this.shown(before.batch);
    }
    const { items } = JSON.parse(body) as { items: NewSample[] };
    const batch: Batch = {
      id: `batch-${this.batches.length}`,
      madeAt: this.now,
      items: items.map(({ sampleToCreate: { name, tags } }, index) => ({
        id: `sample-${this.batches.length}-${index}`,
        name,
        tags: tags.technicalTags ?? [],
        doneAt: this.now + this.habits.queueMs + this.habits.sampleMs * (index + 1),
        fails: this.bad.has(name),
      })),
    };
    this.batches.push(batch);
    this.keys.set(key, { body, batch, at: this.now });
    return this.shown(batch);
  }

  private jobs(): SampleBatch[] {
    const { jobsLagMs } = this.habits;
    if (jobsLagMs === undefined) throw problem(403);
    const shown = this.batches.filter(({ madeAt }) => madeAt + jobsLagMs <= this.now);
    return shown.reverse().map((batch) => this.shown(batch));
  }

  private shown({ id, madeAt, items }: Batch): SampleBatch {
    const isDone = items.every(({ doneAt }) => doneAt <= this.now);
    return { id, status: isDone ? "SUCCEEDED" : "RUNNING", ageMs: this.now - madeAt };
  }

  private items({ items }: Batch): SampleBatchItem[] {
    return items.map(({ id, name, tags, doneAt, fails }) => {
      const common = { name, technicalTags: tags };
      if (doneAt > this.now) return { ...common, status: "RUNNING" };
      return fails ? { ...common, status: "FAILED" } : { ...common, status: "SUCCEEDED", sampleId: id };
    });
  }

  private made(lagMs: number): Sample[] {
    const there = this.batches.flatMap(({ items }) => items).filter((item) => !item.fails);
    return there
      .filter(({ doneAt }) => doneAt + lagMs <= this.now)
      .map(({ id, name, tags }) => ({
        id,
        name,
        status: "PARTIAL",
        timeCreated: "",
        timeModified: "",
        tags: { technicalTags: tags, userTags: [], connectorTags: [], runInTags: [] },
      }));
  }

  private visible(): Sample[] {
    return this.made(this.habits.lagMs);
  }

  private one(id: string): { sample: Sample; body: unknown } {
    const sample = this.made(0).find((other) => other.id === id);
    if (sample === undefined) throw problem(404);
    return { sample, body: {} };
  }

  private find(id: string): Batch {
    const batch = this.batches.find((other) => other.id === id);
    if (batch === undefined) throw problem(404);
    return batch;
  }
}

function problem(status: number): ApiError {
  return new ApiError({ method: "POST", path: "samples" }, { status, title: `status ${status}`, unsettled: false });
}
