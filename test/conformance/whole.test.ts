/** The same check as `npm run conformance`: CI, which runs that by itself, leaves this file out. */
import { describe, expect, it } from "vitest";
import { gapsOf, runConformance } from "./conformance.ts";
import { describeViolation } from "./exchange.ts";
import { hasDescription } from "./openapi.ts";
import { allScenarios } from "./scenarios.ts";

describe.runIf(hasDescription)("conformance with ICA's description", () => {
  it("holds for the command and the simulator, over every endpoint of both", { timeout: 300_000 }, async () => {
    const report = await runConformance(allScenarios());
    expect(report.failures).toEqual([]);
    expect([...new Set(report.violations.map(describeViolation))]).toEqual([]);
    expect(gapsOf(report)).toEqual([]);
    expect(report.exchanges).toBeGreaterThan(1000);
  });
});
