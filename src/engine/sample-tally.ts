import type { Sample } from "../core/ica.ts";
import { forEachBounded } from "./bounded.ts";
import type { Result } from "./outcome.ts";
import { type CreateSample, isAsDeclared, nameOf, type OwnSamples, sampleMade } from "./sample-reading.ts";
import { type ApplyContext, named, type Task } from "./task.ts";

/** The samples of one project that are to be made: which are, and which are left. */
export class SampleTally {
  /** Those that are in ICA now, in the order in which that was known; their results are told once they are verified. */
  readonly made: CreateSample[] = [];
  private readonly open: Set<CreateSample>;
  private readonly tell: (task: Task, result: Result) => void;

  constructor(tasks: readonly CreateSample[], tell: (task: Task, result: Result) => void) {
    this.open = new Set(tasks);
    this.tell = tell;
  }

  left(): CreateSample[] {
    return [...this.open];
  }

  end(tasks: readonly CreateSample[], how: Pick<Result, "outcome" | "error" | "help">): void {
    for (const task of tasks) {
      this.open.delete(task);
      if (how.outcome === "done") this.made.push(task);
      else this.tell(task, { ...named(task.change), ...how });
    }
  }

  /** Those that a listing shows are made, by whomever of this stack. */
  endSeen({ byName }: OwnSamples): void {
    for (const task of this.left()) {
      const [sample] = byName.get(nameOf(task)) ?? [];
      if (sample !== undefined) this.endMadeAs(task, sample);
    }
  }

  /** Those that a batch has made, whether listings show them yet or not, unless somebody took them away again. */
  async endMade(
    projectId: string,
    made: ReadonlyMap<string, string | undefined>,
    context: ApplyContext,
  ): Promise<void> {
    const unseen = this.left().filter((task) => made.has(nameOf(task)));
    await forEachBounded(unseen, context.concurrency, async (task) => {
      const id = made.get(nameOf(task));
      if (id === undefined) return this.end([task], { outcome: "done" });
      const sample = await sampleMade(projectId, id, context);
      if (sample !== undefined) this.endMadeAs(task, sample);
    });
  }

  /** What an apply has made that was killed may have been declared otherwise then. */
  private endMadeAs(task: CreateSample, sample: Sample): void {
    const error = "it was made as it had been declared before: apply again to bring it up to date";
    this.end([task], isAsDeclared(task, sample) ? { outcome: "done" } : { outcome: "skipped", error });
  }
}
