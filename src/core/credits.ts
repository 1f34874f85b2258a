/** What runs are likely to cost, told with the number of finished runs that it rests on. Amounts are iCredits. */
import type { Change, CreditsEstimate, CreditsTotal } from "./plan.ts";

/** @param prices of succeeded runs, in any order; undefined for none */
export function estimateFrom(prices: readonly number[]): CreditsEstimate | undefined {
  if (prices.length === 0) return undefined;
  const sorted = [...prices].sort((left, right) => left - right);
  return { median: rounded(quantile(sorted, 0.5)), p90: rounded(quantile(sorted, 0.9)), runs: sorted.length };
}

export function totalOf(changes: readonly Change[], calls: number): CreditsTotal {
  const starts = changes.filter(startsRun);
  const estimates = starts.flatMap(({ credits }) => credits ?? []);
  return {
    median: rounded(estimates.reduce((sum, { median }) => sum + median, 0)),
    p90: rounded(estimates.reduce((sum, { p90 }) => sum + p90, 0)),
    estimated: estimates.length,
    // Runs that are alike share one estimate.
    runs: [...new Set(estimates)].reduce((sum, { runs }) => sum + runs, 0),
    unknown: starts.length - estimates.length,
    waiting: changes.filter(({ action }) => action === "wait").length,
    calls,
  };
}

/** Whether a change starts something that costs credits: only runs have an endpoint. */
export function startsRun({ action, endpoint }: Change): boolean {
  return (action === "create" || action === "rerun") && endpoint !== undefined;
}

/** Linear between the two nearest values, as spreadsheets and numpy do it. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

function rounded(amount: number): number {
  return Math.round(amount * 100) / 100;
}
