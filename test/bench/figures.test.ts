/** A small version of each figure of `bench/`: calls, and ratios of counts, never seconds. */
import { describe, expect, it } from "vitest";
import { measureCalls } from "../../bench/calls.ts";
import { measurePeer, PEERS } from "../../bench/peers.ts";
import { measureRate } from "../../bench/rate.ts";
import { logLogPlot } from "../../bench/svg.ts";

describe("calls of a plan", () => {
  it("depend on the stack's analyses and the files, not on the project's size", async () => {
    const small = await measureCalls({ declared: 300, own: 100, foreign: 0, data: 200 });
    const large = await measureCalls({ declared: 300, own: 100, foreign: 5_000, data: 200 });
    expect(small).toMatchObject({ create: 200, unchanged: 100 });
    expect(small.calls).toBeLessThanOrEqual(small.bound);
    expect(large.calls).toBe(small.calls);
  });

  it("are few when nothing changed", async () => {
    const { calls, unchanged } = await measureCalls({ declared: 2_000, own: 2_000, foreign: 0, data: 0 });
    expect(unchanged).toBe(2_000);
    expect(calls).toBeLessThanOrEqual(12);
  });
});

describe.concurrent("the rate", () => {
  it("is found with few 429s, never enough of them for a lock-out, and no run is lost", async ({ expect }) => {
    const switches = { rate: 40, burst: 40, lockout: { after: 20, seconds: 60 } };
    const { answers, refused, lost, runs, inARow } = await measureRate({ name: "", creates: 150, switches });
    expect({ lost, runs }).toEqual({ lost: 0, runs: 150 });
    expect(refused / answers).toBeLessThanOrEqual(0.05);
    expect(inARow).toBeLessThan(10);
  });

  it("follows a limit that drops to a fifth", async ({ expect }) => {
    const switches = { rate: 50, burst: 50, rateChange: { afterRequests: 100, rate: 10 } };
    const given = { name: "", creates: 180, switches, from: 100 };
    const { lost, runs, inARow, shareAfter } = await measureRate(given);
    expect({ lost, runs }).toEqual({ lost: 0, runs: 180 });
    // So few answers still bear the marks of the drop itself: the long run has 5 %.
    expect(shareAfter).toBeLessThanOrEqual(0.12);
    expect(inARow).toBeLessThan(15);
  });

  it("is shared by two applies side by side", async ({ expect }) => {
    const switches = { rate: 40, burst: 40 };
    const { answers, refused, lost, runs } = await measureRate({ name: "", creates: 75, switches, applies: 2 });
    expect({ lost, runs }).toEqual({ lost: 0, runs: 150 });
    expect(refused / answers).toBeLessThanOrEqual(0.08);
  });
});

describe("peers", () => {
  it("start the same runs; after a kill the command has each of them once", async () => {
    const results = await Promise.all(PEERS.map((peer) => measurePeer(peer, 40, 50)));
    expect(results.map(({ missing, missingAfterKill }) => [missing, missingAfterKill])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(results[0]?.duplicates).toBe(0);
  });
});

describe("plots", () => {
  it("are straight lines for what grows linearly", () => {
    const svg = logLogPlot("T <1>", "x", "y", [
      {
        name: "linear",
        points: [
          [1, 1],
          [10, 10],
          [100, 100],
        ],
      },
    ]);
    expect(svg).toContain('<polyline points="70,350 275,195 480,40"');
    expect(svg).toContain("T &lt;1>");
  });
});
