import { describe, expect, it } from "vitest";
import { simulatedClock } from "../../src/simulator/clock.ts";
import { seededIds } from "../../src/simulator/ids.ts";

describe("the clock", () => {
  it("runs the progress of analyses at its speed, and knows when a progress was reached", () => {
    let real = 1000;
    const clock = simulatedClock(() => real, 60);
    real += 10_000;
    expect([clock.now(), clock.progress()]).toEqual([11_000, 600]);
    clock.advance(30);
    expect([clock.now(), clock.progress()]).toEqual([41_000, 630]);
    real += 1000;
    expect([clock.now(), clock.progress()]).toEqual([42_000, 690]);
    expect([300, 600, 615, 630, 660].map((progress) => clock.timeOf(progress))).toEqual([
      6000, 11_000, 26_000, 41_000, 41_500,
    ]);
    expect(clock.timeOf(-1)).toBe(0);
  });

  it("stands still at speed 0 and goes on when it is set", () => {
    let real = 0;
    const clock = simulatedClock(() => real, 0);
    real += 5000;
    expect(clock.progress()).toBe(0);
    clock.setSpeed(10);
    real += 1000;
    expect(clock.progress()).toBe(10);
    expect(clock.timeOf(10)).toBe(6000);
  });
});

describe("ids", () => {
  it("look like those of ICA and come from the seed", () => {
    const ids = seededIds(7);
    expect(ids.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids.file()).toMatch(/^fil\.[0-9a-f]{32}$/);
    expect(ids.folder()).toMatch(/^fol\.[0-9a-f]{32}$/);
    expect(seededIds(7).named("a", "b")).toBe(ids.named("a", "b"));
    expect(seededIds(8).named("a", "b")).not.toBe(ids.named("a", "b"));
  });

  it("do not repeat", () => {
    const ids = seededIds(1);
    expect(new Set(Array.from({ length: 20_000 }, () => ids.uuid())).size).toBe(20_000);
  });
});
