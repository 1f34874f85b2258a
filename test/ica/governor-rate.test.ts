/** The rate law against a server in virtual time: seconds are computed, none passes, and a seed decides all dice. */
import { describe, expect, it } from "vitest";
import { allowanceOf } from "../../src/ica/rate-headers.ts";
import { simulate, type Tally } from "./virtual-server.ts";

const SEEDS = [1, 2, 3, 4];

/** How long it took, over how long the limit makes it take at least. */
const span = ({ answers, seconds }: Tally, rate: number) => (seconds * rate) / answers;
const shareRefused = ({ answers, refused }: Pick<Tally, "answers" | "refused">) => refused / answers;

describe("a fixed limit", () => {
  it.each([5, 50, 200])(
    "of 25/s, %d ms away: 1,000 calls in 1.10 × the least time, 2 %% refused",
    async (latencyMs) => {
      for (const seed of SEEDS) {
        const tally = await simulate({ rate: 25, burst: 25, latencyMs }, { calls: 1000, seed });
        expect(span(tally, 25), `seed ${seed}`).toBeLessThan(1.1);
        expect(shareRefused(tally), `seed ${seed}`).toBeLessThan(0.02);
      }
    },
  );

  it.each([
    { rate: 1, latencyMs: 50 },
    { rate: 2, latencyMs: 500 },
    { rate: 5, latencyMs: 500 },
    { rate: 10, latencyMs: 5 },
    { rate: 50, latencyMs: 100 },
    { rate: 100, latencyMs: 20 },
    { rate: 200, latencyMs: 5 },
  ])("of $rate/s, $latencyMs ms away: 0.92 of it in the long run, 2 % refused", async ({ rate, latencyMs }) => {
    for (const seed of SEEDS) {
      const tally = await simulate({ rate, burst: Math.max(2, rate), latencyMs }, { calls: 4000, seed });
      expect(1 / span(tally, rate), `seed ${seed}`).toBeGreaterThan(0.92);
      expect(shareRefused(tally), `seed ${seed}`).toBeLessThan(0.02);
    }
  });

  it("with a small burst costs no more", async () => {
    for (const seed of SEEDS) {
      const tally = await simulate({ rate: 25, burst: 5, latencyMs: 50 }, { calls: 4000, seed });
      expect(1 / span(tally, 25)).toBeGreaterThan(0.92);
      expect(shareRefused(tally)).toBeLessThan(0.02);
    }
  });
});

describe("a limit that changes", () => {
  it.each([5, 50, 200])("from 25/s to 5/s, %d ms away: 5 %% refused afterwards", async (latencyMs) => {
    for (const seed of SEEDS) {
      const change = { afterRequests: 500, rate: 5 };
      const { after } = await simulate({ rate: 25, burst: 25, latencyMs, change }, { calls: 1000, seed });
      expect(shareRefused(after), `seed ${seed}`).toBeLessThan(0.05);
    }
  });

  it("from a small share to all of it, as when another client ends, is taken up soon", async () => {
    const spans: number[] = [];
    for (let seed = 1; seed <= 7; seed++) {
      const change = { afterRequests: 150, rate: 20 };
      const { seconds } = await simulate({ rate: 2, burst: 2, latencyMs: 20, change }, { calls: 650, seed });
      spans.push(seconds / (150 / 2 + 500 / 20));
    }
    expect(spans.sort((left, right) => left - right)[3]).toBeLessThan(1.35);
  });

  it("from 5/s to 50/s is found out", async () => {
    for (const seed of SEEDS) {
      const change = { afterRequests: 200, rate: 50 };
      const { seconds } = await simulate({ rate: 5, burst: 5, latencyMs: 50, change }, { calls: 5200, seed });
      expect(seconds, `seed ${seed}`).toBeLessThan(1.5 * (200 / 5 + 5000 / 50));
    }
  });
});

describe("others", () => {
  it.each([1, 5, 25])("who lock out after 20 refusals in a row never do, at %d/s", async (rate) => {
    for (const latencyMs of [5, 50, 200, 500]) {
      for (const seed of SEEDS) {
        const lockout = { after: 20, seconds: 60 };
        const tally = await simulate({ rate, burst: rate, latencyMs, lockout }, { calls: 300, seed });
        expect(tally, `${latencyMs} ms, seed ${seed}`).toMatchObject({ lockouts: 0 });
      }
    }
  });

  it("who share the limit: two clients together take 1.25 × the least time, as the median of seeds", async () => {
    const spans: number[] = [];
    for (let seed = 1; seed <= 9; seed++) {
      const tally = await simulate({ rate: 25, burst: 25, latencyMs: 20 }, { calls: 1000, clients: 2, seed });
      expect(shareRefused(tally), `seed ${seed}`).toBeLessThan(0.025);
      spans.push(span(tally, 25));
    }
    expect(spans.sort((left, right) => left - right)[4]).toBeLessThan(1.25);
  });
});

describe("RateLimit headers", () => {
  const at = Date.UTC(2026, 0, 1);

  it.each([
    [
      { "ratelimit-remaining": "3", "ratelimit-reset": "2" },
      { remaining: 3, resetMs: 2000 },
    ],
    [
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1.5" },
      { remaining: 0, resetMs: 1500 },
    ],
    [
      { "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(at / 1000 + 7) },
      { remaining: 0, resetMs: 7000 },
    ],
    [
      { "ratelimit-remaining": "0", "ratelimit-reset": "99999" },
      { remaining: 0, resetMs: 120_000 },
    ],
    [{ ratelimit: "limit=100, remaining=50, reset=5" }, { remaining: 50, resetMs: 5000 }],
    [{ ratelimit: '"default";r=50;t=30' }, { remaining: 50, resetMs: 30_000 }],
    [{ ratelimit: '"a, b;r=0;t=9";r=10;t=1, "day";r=100;t=90, "late";r=5;t=3600' }, { remaining: 5, resetMs: 120_000 }],
    [{ ratelimit: '"default";r=50' }, undefined],
    [
      { "x-ratelimit-remaining": "1", "x-ratelimit-reset": String(at + 7000) },
      { remaining: 1, resetMs: 7000 },
    ],
    [{ "ratelimit-remaining": "0" }, undefined],
    [{ "ratelimit-remaining": "many", "ratelimit-reset": "1" }, undefined],
    [{}, undefined],
  ])("%j", (headers, allowance) => {
    expect(allowanceOf(headers, at)).toEqual(allowance);
  });

  it("keep the client from ever being refused", async () => {
    const headers = (_refused: boolean, tokens: number) => ({
      "ratelimit-remaining": String(Math.floor(tokens)),
      "ratelimit-reset": String(1 / 5),
    });
    const tally = await simulate({ rate: 5, burst: 10, latencyMs: 20, headers }, { calls: 500, concurrency: 2 });
    expect(tally.refused).toBeLessThanOrEqual(2);
    expect(span(tally, 5)).toBeLessThan(1.2);
  });
});
