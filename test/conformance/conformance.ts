import { allRoutes } from "../../src/simulator/routes/index.ts";
import { type Check, checker } from "./check.ts";
import type { Violation } from "./exchange.ts";
import { type Description, loadDescription, type Operation } from "./openapi.ts";
import type { Coverage } from "./proxy.ts";
import type { Scenario } from "./scenarios.ts";
import { onStage } from "./stage.ts";

export interface Report {
  exchanges: number;
  /** With the operations of the simulator that nothing asked for at count 0. */
  operations: { operation: Operation; count: number; statuses: number[] }[];
  violations: Violation[];
  /** Commands that ended otherwise than expected, answers of another status. */
  failures: string[];
  notes: string[];
}

/** Plays scenarios, two at a time, each before a simulator and a proxy of its own. */
export async function runConformance(
  scenarios: readonly Scenario[],
  description: Description = loadDescription(),
): Promise<Report> {
  const check = checker(description);
  const report: Report = { exchanges: 0, operations: [], violations: [], failures: [], notes: [] };
  const coverage = new Map<string, Coverage>();
  const waiting = [...scenarios];
  const work = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
      await play(scenario, check, report, coverage);
    }
  };
  await Promise.all([work(), work()]);
  return { ...report, operations: operationsOf(description, coverage), notes: [...new Set(report.notes)] };
}

async function play(
  { name, tree, options, play: act }: Scenario,
  check: Check,
  report: Report,
  coverage: Map<string, Coverage>,
): Promise<void> {
  const setting = {
    options,
    check,
    note: (text: string) => report.notes.push(text),
    ...(tree === undefined ? {} : { tree }),
  };
  const proxy = await onStage(setting, async (stage) => {
    try {
      await act(stage);
    } catch (error) {
      report.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  report.exchanges += proxy.exchanges();
  // Direct requests are refused on purpose; the command should know better.
  if (tree !== undefined) for (const refusal of proxy.refused) report.notes.push(`${name} was refused ${refusal}`);
  report.violations.push(...proxy.violations);
  for (const [operation, { count, statuses }] of proxy.coverage) {
    const entry = coverage.get(operation) ?? { count: 0, statuses: new Set<number>() };
    entry.count += count;
    for (const status of statuses) entry.statuses.add(status);
    coverage.set(operation, entry);
  }
}

function operationsOf({ operations }: Description, coverage: Map<string, Coverage>): Report["operations"] {
  const served = new Set(simulatorRoutes().map(({ method, path }) => `${method} ${path}`));
  return operations
    .filter(({ id, method, template }) => coverage.has(id) || served.has(`${method} ${template}`))
    .map((operation) => {
      const { count = 0, statuses = [] } = coverage.get(operation.id) ?? {};
      return { operation, count, statuses: [...statuses].sort() };
    });
}

/** All endpoints that the simulator has. */
export function simulatorRoutes(): { method: string; path: string }[] {
  const nobody = { identify: () => ({ user: null, token: null }), newToken: () => "", expire: () => undefined };
  return allRoutes(nobody);
}

/** What fails the check beside violations: endpoints of the simulator that are not described, or not exercised. */
export function gapsOf({ operations }: Report): string[] {
  const known = new Set(operations.map(({ operation: { method, template } }) => `${method} ${template}`));
  const strangers = simulatorRoutes().filter(({ method, path }) => !known.has(`${method} ${path}`));
  return [
    ...strangers.map(({ method, path }) => `${method} ${path} of the simulator is not described`),
    ...operations
      .filter(({ count }) => count === 0)
      .map(({ operation }) => `${operation.id} of the simulator was not exercised`),
  ];
}
