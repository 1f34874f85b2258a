/** Following goes on, and its results are told, whatever happens to the next level or to ICA; on a clock of its own. */
import { describe, expect, it } from "vitest";
import { decideAll } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import { ApiError, TreeError, UsageError } from "../../src/core/errors.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { Observed } from "../../src/core/resource.ts";
import { type Followed, type Following, follow } from "../../src/engine/follow.ts";
import { followedResults } from "../../src/engine/follow-results.ts";
import type { PlannedStack } from "../../src/engine/plan.ts";
import { desiredRun, observedRun } from "../support/desired.ts";

const UP = desiredRun("up");
const DOWN = desiredRun("down", {}, { dependsOn: [UP.address] });
const unavailable = () => new ApiError({ method: "GET", path: "/api/x" }, { status: 503, title: "Unavailable" });

/** What would be planned of `up` and what waits for it. */
function decisionsOf(up: Partial<Observed> | undefined): Decision[] {
  const observed = new Map(up === undefined ? [] : [[UP.address, observedRun(UP, up)]]);
  const options = { prune: false, rotate: new Set<string>(), share: new Set<string>(), now: 0 };
  return decideAll([UP, DOWN], observed, [], options).decisions;
}

function planOf(decisions: readonly Decision[]): PlannedStack {
  const plan = { changes: decisions.map(({ change }) => change) } as Plan;
  return { plan, decisions, refusals: [], steps: new Map(), credentials: new Map(), locators: new Map() };
}

/** `up` was started and ends at the third look; then what the given parts do. */
async function followed(given: Partial<Following>): Promise<{ end: Followed; looks: number; troubles: number }> {
  let [looks, troubles, now] = [0, 0, 0];
  const decisionsNow = () =>
    decisionsOf(looks < 3 ? { phase: "active", status: "IN_PROGRESS" } : { phase: "succeeded", status: "SUCCEEDED" });
  const end = await follow({
    approved: planOf(decisionsOf(undefined)).plan,
    started: [{ address: UP.address, action: "create", outcome: "done", analysisId: "id-of-up" }],
    policy: undefined,
    mayRetry: true,
    observe: async () => {
      looks++;
      if (looks > 100) throw new Error("looked for ever");
      return decisionsNow();
    },
    plan: async () => planOf(decisionsNow()),
    apply: async () => [{ address: DOWN.address, action: "create", outcome: "failed", error: "ICA said no" }],
    clock: {
      now: () => now,
      sleep: async (milliseconds) => {
        now += milliseconds;
      },
    },
    intervalMs: 1000,
    signal: new AbortController().signal,
    onStatus: () => undefined,
    onTrouble: () => troubles++,
    ...given,
  });
  return { end, looks, troubles };
}

const toldOf = async (end: Followed) => {
  const results = await followedResults(end, { steps: async () => [] }, async () => undefined);
  return results.map(({ address, outcome, error }) => [address, outcome, error].join(" ").trim());
};

describe("follow", () => {
  it("starts what becomes ready, once", async () => {
    const { end, looks } = await followed({});
    expect(end).toMatchObject({ end: "final", fault: undefined });
    expect(looks).toBe(4);
    expect(await toldOf(end)).toEqual(["PipelineRun/down failed ICA said no", "PipelineRun/up done"]);
  });

  it("gives the next level up when it cannot be planned for ten looks, and tells how all ended", async () => {
    const { end, looks, troubles } = await followed({ plan: () => Promise.reject(unavailable()) });
    expect(end).toMatchObject({ end: "final", fault: { status: 503 } });
    expect([looks, troubles]).toEqual([13, 9]);
    expect(await toldOf(end)).toEqual([
      expect.stringContaining("PipelineRun/down skipped not started: GET /api/x: 503"),
      "PipelineRun/up done",
    ]);
  });

  it("tells of what the plan blocks, and asks for it no more", async () => {
    const wait = { action: "wait" as const, reason: "blocked: up wrote no x", blockedBy: UP.address };
    const planned = () => {
      const { plan, ...rest } = planOf(decisionsOf({ phase: "succeeded", status: "SUCCEEDED" }));
      const changes = plan.changes.map((change) => (change.address === DOWN.address ? { ...change, ...wait } : change));
      return { ...rest, plan: { ...plan, changes } };
    };
    const { end, looks } = await followed({ plan: async () => planned() });
    expect([end.end, end.fault, looks]).toEqual(["final", undefined, 4]);
    expect(await toldOf(end)).toEqual(["PipelineRun/down skipped blocked: up wrote no x", "PipelineRun/up done"]);
  });

  it("takes a level up again that could not be planned for a while", async () => {
    let tries = 0;
    const { end, troubles } = await followed({
      plan: () => (++tries < 9 ? Promise.reject(unavailable()) : Promise.resolve(planOf(decisionsOf({})))),
    });
    expect(end).toMatchObject({ end: "final", fault: undefined });
    expect(troubles).toBe(8);
  });

  it.each([new UsageError("nothing was sent: X is not set"), new TreeError([]), new TypeError("ours")])(
    "keeps what was started when the next level ends by %s",
    async (error) => {
      const { end } = await followed({ apply: () => Promise.reject(error) });
      expect(end).toMatchObject({ end: "final", fault: error });
      expect(await toldOf(end)).toEqual([
        expect.stringContaining("PipelineRun/down skipped not started:"),
        "PipelineRun/up done",
      ]);
    },
  );

  it("ends unseen when ICA cannot be read for ten looks, with what is known", async () => {
    const { end, troubles } = await followed({ observe: () => Promise.reject(unavailable()) });
    expect(end).toMatchObject({ end: "unseen", fault: { status: 503 } });
    expect(troubles).toBe(9);
    expect(await toldOf(end)).toEqual(["PipelineRun/up unknown started, and not seen since"]);
  });
});
