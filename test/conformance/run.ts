import { readdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { bundle } from "../../src/build/bundle.ts";
import { COMMAND, ROOT } from "../support/cli.ts";
import { gapsOf, type Report, runConformance } from "./conformance.ts";
import { describeViolation } from "./exchange.ts";
import { hasDescription, SKIPPED } from "./openapi.ts";
import { allScenarios } from "./scenarios.ts";

/** `npm run conformance`: the real command and the simulator against ICA's own description; exit code 1 if they differ. */
async function main(): Promise<void> {
  if (!hasDescription) {
    say(SKIPPED);
    return;
  }
  if (isStale()) await bundle();
  const report = await runConformance(allScenarios());
  const gaps = gapsOf(report);
  print(report, gaps);
  if (report.violations.length + report.failures.length + gaps.length > 0) process.exitCode = 1;
}

function print({ exchanges, operations, violations, failures, notes }: Report, gaps: string[]): void {
  const width = Math.max(...operations.map(({ operation }) => operation.id.length));
  for (const { operation, count, statuses } of operations) {
    const { id, method, template } = operation;
    say(`${String(count).padStart(6)}  ${id.padEnd(width)}  ${statuses.join(" ").padEnd(23)}  ${method} ${template}`);
  }
  for (const note of notes) say(`note: ${note}`);
  for (const failure of [...failures, ...gaps]) say(`failed: ${failure}`);
  for (const [text, count] of counted(violations.map(describeViolation))) say(`violation: ${text} (${count}×)`);
  const exercised = operations.filter(({ count }) => count > 0).length;
  say(`conformance: ${exchanges} exchanges over ${exercised} operations, ${violations.length} violations`);
}

function counted(texts: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Whether `dist/` is missing or older than what it is made of. */
function isStale(): boolean {
  const built = statSync(COMMAND, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return ["src", "schemas", "package.json"].some((part) => newest(resolve(ROOT, part)) > built);
}

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(...readdirSync(path).map((name) => newest(resolve(path, name))));
}

await main();
