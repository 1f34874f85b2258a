import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateFrom, totalOf } from "../../src/core/credits.ts";
import { digestOf } from "../../src/core/digest.ts";
import type { Change, CreditsEstimate } from "../../src/core/plan.ts";
import { policyViolations } from "../../src/core/policy.ts";

const change = (name: string, credits?: CreditsEstimate, more: Partial<Change> = {}): Change => ({
  address: `PipelineRun/${name}`,
  action: "create",
  reason: "not in ICA",
  project: "prod",
  fields: [],
  patch: [],
  effects: [],
  endpoint: "analysis:nextflow",
  pipeline: "nf",
  storage: "Small",
  ...(credits === undefined ? {} : { credits }),
  ...more,
});

describe("an estimate", () => {
  it("is the median and the 90th percentile, of so many runs; of none there is none", () => {
    expect(estimateFrom([])).toBeUndefined();
    expect(estimateFrom([4])).toEqual({ median: 4, p90: 4, runs: 1 });
    expect(estimateFrom([9, 1, 5])).toEqual({ median: 5, p90: 8.2, runs: 3 });
    expect(estimateFrom([10, 1, 2, 9, 3, 8, 4, 7, 5, 6])).toEqual({ median: 5.5, p90: 9.1, runs: 10 });
  });

  it("lies among the prices, whatever their order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1 }), (prices) => {
        const estimate = estimateFrom(prices);
        expect(estimate).toEqual(estimateFrom([...prices].reverse()));
        expect(estimate?.median).toBeGreaterThanOrEqual(Math.min(...prices));
        expect(estimate?.p90).toBeGreaterThanOrEqual(estimate?.median ?? Number.NaN);
        expect(estimate?.p90).toBeLessThanOrEqual(Math.max(...prices));
      }),
    );
  });
});

const estimate = { median: 2, p90: 3, runs: 20 };
const other = { median: 1, p90: 1.5, runs: 4 };
const changes = [
  change("a", estimate),
  change("b", estimate, { action: "rerun" }),
  change("c", other),
  change("d"),
  change("waits", undefined, { action: "wait" }),
  change("is", undefined, { action: "no-op" }),
];

describe("the total of a plan", () => {
  it("sums what starts now, and says what it leaves out and what it rests on", () => {
    expect(totalOf(changes, 25)).toEqual({
      median: 5,
      p90: 7.5,
      estimated: 3,
      runs: 24,
      unknown: 1,
      waiting: 1,
      calls: 25,
    });
  });

  it("is no part of the digest", () => {
    const bare = changes.map(({ credits: _credits, ...rest }) => rest);
    const of = (some: Change[]) => digestOf({ stack: "s", server: "https://ica.illumina.com/ica/rest", changes: some });
    expect(of(changes)).toBe(of(bare));
  });
});

describe("policy.maxCredits", () => {
  const known = changes.filter(({ address }) => address !== "PipelineRun/d");
  it("holds the 90th percentile against the limit, and says on how many runs it rests", () => {
    const total = totalOf(known, 0);
    expect(policyViolations({ maxCredits: 7.5 }, known, total)).toEqual([]);
    const [refusal, ...more] = policyViolations({ maxCredits: 7.4 }, known, total);
    expect(more).toEqual([]);
    expect(refusal).toContain("may cost 7.5 iCredits, 7.4 allowed");
    expect(refusal).toContain("24 succeeded runs");
  });

  it("refuses what has no price to go by, however high the limit, and says the way out", () => {
    const [refusal, ...more] = policyViolations({ maxCredits: 1e9 }, changes, totalOf(changes, 0));
    expect(more).toEqual([]);
    expect(refusal).toContain("PipelineRun/d: nf on Small");
    expect(refusal).toContain("with maxCredits left out");
  });
});
