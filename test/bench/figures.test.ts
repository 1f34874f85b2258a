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

describe("the rate", () => {
  it("is found with few 429s, and no run is lost", async () => {
    const switches = { rate: 40, burst: 40, lockout: { after: 20, seconds: 60 } };
    const { answers, refused, lost, runs, inARow } = await measureRate({ name: "", creates: 150, switches });
    expect({ lost, runs }).toEqual({ lost: 0, runs: 150 });
    expect(refused / answers).toBeLessThanOrEqual(0.05);
    expect(inARow).toBeLessThan(10);
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
