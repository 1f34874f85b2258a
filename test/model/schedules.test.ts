import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AbortedError, ApiError, NetworkError, RefusedError } from "../../src/core/errors.ts";
import { parseIdentity } from "../../src/core/identity.ts";
import { isWrite } from "../../src/core/plan.ts";
import type { Declared, PipelineRunSpec, Tree } from "../../src/core/spec.ts";
import { applyPlan } from "../../src/engine/apply.ts";
import { follow } from "../../src/engine/follow.ts";
import { observeStack } from "../../src/engine/observe.ts";
import { planStack } from "../../src/engine/plan.ts";
import { KINDS } from "../../src/kinds/index.ts";
import { FAULTS, FakeIca, type Fault } from "./fake-ica.ts";

/** More with ICAFORM_SCHEDULES, such as 10000. */
const SCHEDULES = Number(process.env.ICAFORM_SCHEDULES ?? 500);

const locate = () => ({ file: "tree.yaml", line: 1, column: 1 });

interface DeclaredRun {
  version: number;
  /** Earlier runs that it waits for. */
  waitsFor: number[];
}

function treeOf(runs: readonly DeclaredRun[]): Tree {
  const declared = (name: string, spec: PipelineRunSpec): Declared<PipelineRunSpec> => ({
    kind: "PipelineRun",
    name,
    formerNames: [],
    spec,
    locate,
  });
  return {
    stack: {
      kind: "Stack",
      name: "model",
      formerNames: [],
      spec: { project: "lab", policy: { maxReruns: 100 } },
      locate,
    },
    rules: [],
    credentials: [],
    mappings: [],
    sampleBatches: [],
    runs: runs.map(({ version, waitsFor }, index) =>
      declared(`run-${index}`, {
        pipeline: "p",
        input: { custom: { values: { version } } },
        dependsOn: waitsFor.map((other) => `PipelineRun/run-${other}`),
      }),
    ),
  };
}

/** After these the process lives on, and ICA has not refused anything. */
const HARMLESS: readonly Fault[] = ["none", "lose-request", "lose-answer", "fail-before", "fail-after", "in-flight"];

/** One apply by one process, however it ends; with `beat` it waits, and a beat passes between two looks at ICA. */
async function apply(
  ica: FakeIca,
  runs: readonly DeclaredRun[],
  user: string,
  faults: readonly Fault[],
  beat?: () => void,
) {
  const writer = ica.process(user, faults);
  const tree = treeOf(runs);
  const options = {
    server: "fake",
    prune: false,
    rotate: new Set<string>(),
    share: new Set<string>(),
    now: 0,
    targets: [],
  };
  const context = {
    stack: tree.stack.name,
    writer,
    reader: writer,
    secrets: { problem: async () => undefined, read: async () => "" },
    clock: { now: () => 0, sleep: async () => undefined },
    concurrency: 2,
    signal: new AbortController().signal,
    onResult: () => undefined,
  };
  try {
    const plan = () => planStack(tree, writer, KINDS, options);
    const planned = await plan();
    const results = await applyPlan(planned, context);
    if (beat === undefined) return { planned, results };
    const followed = await follow({
      approved: planned.plan,
      started: results,
      policy: tree.stack.spec.policy,
      mayRetry: true,
      observe: async () => (await observeStack(tree, writer, KINDS, options)).decisions,
      plan,
      apply: (ready) => applyPlan(ready, context),
      clock: { now: () => 0, sleep: async () => beat() },
      intervalMs: 1,
      signal: context.signal,
      onStatus: () => undefined,
      onTrouble: () => undefined,
    });
    return { planned, results: [...followed.started.values()], followed };
  } catch (error) {
    const isFault = [AbortedError, ApiError, NetworkError, RefusedError].some((kind) => error instanceof kind);
    if (!isFault) throw error;
    return undefined;
  }
}

/** Every (run, attempt) that is not aborted, with how often it is there. */
function attemptsIn(ica: FakeIca): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { tags, status } of ica.analyses) {
    const identity = parseIdentity(tags.technicalTags);
    if (identity === undefined) throw new Error("an analysis without identity");
    if (status === "ABORTED") continue;
    const key = `${identity.run} attempt ${identity.attempt}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** No run was started before all that it waits for had succeeded: what came later in a chain came later in ICA. */
function expectOrder(ica: FakeIca, declared: readonly DeclaredRun[]): void {
  const born = new Map(ica.analyses.map(({ userReference, endedBefore }) => [userReference, endedBefore]));
  for (const [index, { waitsFor }] of declared.entries()) {
    const before = born.get(`run-${index}`);
    if (before === undefined) continue;
    for (const other of waitsFor) expect(before, `run-${index} waits for run-${other}`).toContain(`run-${other}`);
  }
}

/** The runs that can never start: something that they wait for, through all levels, has failed. */
function blockedIn(ica: FakeIca, declared: readonly DeclaredRun[]): Set<number> {
  const failed = new Set(
    ica.analyses.filter(({ status }) => status === "FAILED").map(({ userReference }) => userReference),
  );
  const blocked = new Set<number>();
  for (const [index, { waitsFor }] of declared.entries())
    if (waitsFor.some((other) => failed.has(`run-${other}`) || blocked.has(other))) blocked.add(index);
  return blocked;
}

/** What an apply says of a run that it started must be so in ICA, whatever it could or could not see. */
function expectTruth(ica: FakeIca, applied: Awaited<ReturnType<typeof apply>>, lag = 0): void {
  for (const result of applied?.results ?? []) {
    const change = applied?.planned.plan.changes.find(({ address }) => address === result.address);
    const name = result.address.slice("PipelineRun/".length);
    const there = attemptsIn(ica).get(`${name} attempt ${change?.attempt}`) ?? 0;
    if (result.outcome === "done") expect(there, JSON.stringify(result)).toBe(1);
    // While listings lag, an earlier apply may have started what this one could not see and was refused.
    if (lag > 0) continue;
    // A failure may be that another body is there under this identity (422), which the result says.
    if (result.outcome === "failed" && !/422/.test(result.error ?? "")) expect(there, JSON.stringify(result)).toBe(0);
  }
}

const runs = fc
  .array(fc.record({ version: fc.nat(2), waitsFor: fc.uniqueArray(fc.nat(5), { maxLength: 2 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((list) => list.map((run, index) => ({ ...run, waitsFor: run.waitsFor.filter((other) => other < index) })));

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 14 }) }) },
    { weight: 1, arbitrary: fc.record({ edit: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ finish: fc.constantFrom("SUCCEEDED", "FAILED") }) },
  ),
  { minLength: 1, maxLength: 5 },
);

describe("any schedule of faults, crashes and edits", () => {
  it(`leaves every declared run exactly once after a quiet apply (${SCHEDULES} schedules)`, async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.nat(30), fc.boolean(), steps, async (declared, lag, tellsOwners, schedule) => {
        const ica = new FakeIca(lag, tellsOwners);
        let current: DeclaredRun[] = declared;
        for (const step of schedule) {
          if ("faults" in step) expectTruth(ica, await apply(ica, current, "ada", step.faults), lag);
          else if ("finish" in step) ica.finishAll(step.finish);
          else
            current = current.map((run, index) => (index === step.edit ? { ...run, version: run.version + 10 } : run));
          for (const [attempt, count] of attemptsIn(ica)) expect(count, attempt).toBe(1);
        }
        ica.catchUp();
        // Chains need a round for each level; what failed on the way is edited so that it may run again.
        ica.finishAll("SUCCEEDED");
        current = current.map((run) => ({ ...run, version: run.version + 100 }));
        for (let round = 0; round <= current.length; round++) {
          const quiet = await apply(ica, current, "ada", []);
          expect(quiet?.results.filter((result) => result.outcome !== "done")).toEqual([]);
          ica.finishAll("SUCCEEDED");
        }
        const last = await apply(ica, current, "ada", []);
        expect(last?.planned.plan.changes.filter(({ action }) => isWrite(action) || action === "wait")).toEqual([]);
        expect(last?.planned.plan.summary.unchanged).toBe(current.length);
        for (const [attempt, count] of attemptsIn(ica)) expect(count, attempt).toBe(1);
      }),
      { numRuns: SCHEDULES },
    );
  }, 600_000);

  it("settles every lost answer by reading, before it says how it ended", async () => {
    const lossy = fc.array(fc.constantFrom<Fault>("none", "lose-answer", "fail-after"), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(runs, lossy, async (declared, faults) => {
        const ica = new FakeIca(0, true);
        // The project and the first listing are read before anything is started.
        const applied = await apply(ica, declared, "ada", [
          "none",
          "none",
          ...faults.flatMap((fault): Fault[] => [fault, "none"]),
        ]);
        expectTruth(ica, applied);
        // Open is only what could be neither read nor asked for again, and what waits for it.
        const open = (applied?.results ?? []).filter(({ outcome }) => outcome !== "done" && outcome !== "skipped");
        for (const result of open) expect(result.note, JSON.stringify(result)).toMatch(/could not be settled/);
      }),
      { numRuns: Math.min(SCHEDULES, 300) },
    );
  });

  it("leaves one run of each when two users apply at once, by aborting the later one", async () => {
    const faults = fc.array(fc.constantFrom(...HARMLESS), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        runs,
        fc.boolean(),
        fc.nat(3),
        faults,
        faults,
        async (declared, tellsOwners, lag, ada, grace) => {
          const ica = new FakeIca(lag, tellsOwners);
          const both = await Promise.all([apply(ica, declared, "ada", ada), apply(ica, declared, "grace", grace)]);
          for (const [attempt, count] of attemptsIn(ica)) expect(count, attempt).toBe(1);
          const results = both.flatMap((one) => one?.results ?? []);
          expect(results.filter(({ outcome }) => outcome !== "done")).toEqual([]);
        },
      ),
      { numRuns: SCHEDULES },
    );
  });

  it("follows chains to their end: each run once, in its order, and nothing beside what was planned", async () => {
    const waits = fc.array(
      fc.record({
        faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 20 }),
        ends: fc.array(fc.constantFrom("SUCCEEDED", "FAILED", "IN_PROGRESS"), { maxLength: 12 }),
      }),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(runs, fc.nat(5), fc.boolean(), waits, async (declared, lag, tellsOwners, schedule) => {
        const ica = new FakeIca(lag, tellsOwners);
        for (const { faults, ends } of schedule) {
          await apply(ica, declared, "ada", faults, () => ica.finishNext(ends.shift() ?? "SUCCEEDED"));
          for (const [attempt, count] of attemptsIn(ica)) expect(count, attempt).toBe(1);
        }
        ica.catchUp();
        const quiet = await apply(ica, declared, "ada", [], () => ica.finishNext("SUCCEEDED"));
        expect(quiet?.followed?.end).toBe("final");
        expect(quiet?.results.filter(({ outcome }) => outcome !== "done")).toEqual([]);
        expectOrder(ica, declared);
        // A run that failed for good is not started again, and what waits for it is not started at all.
        const blocked = blockedIn(ica, declared);
        const there = [...attemptsIn(ica)].map(([attempt]) => attempt).sort();
        const free = declared.map((_run, index) => index).filter((index) => !blocked.has(index));
        expect(there).toEqual(free.map((index) => `run-${index} attempt 1`).sort());
        for (const [attempt, count] of attemptsIn(ica)) expect(count, attempt).toBe(1);
        expect(ica.analyses.filter(({ status }) => status === "IN_PROGRESS")).toEqual([]);
      }),
      { numRuns: SCHEDULES },
    );
  }, 600_000);
});
