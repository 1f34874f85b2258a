import { byCodeUnit } from "../core/address.ts";
import type { Reader } from "../core/ica.ts";
import type { Observed } from "../core/resource.ts";

/** Runs whose price is asked for at most, one call each: those that ended last. */
const MOST_PRICES = 200;
const CURRENCY = /^icredits?$/i;

/** What finished runs cost in iCredits, and of how many runs that is known. */
export interface StatusCost {
  credits: number;
  /** Runs that it is the sum of, by their newest attempts. */
  runs: number;
  /** Finished runs of which ICA has no price, or none yet. */
  unpriced: number;
  /** Finished runs beyond the calls that are made. */
  notAsked: number;
}

/**
 * The price of each finished run by its analysis' id, and their sum. ICA prices what succeeded or failed, some minutes
 * after its end (OpenAPI).
 */
export async function pricesOf(
  runs: readonly Observed[],
  reader: Reader,
): Promise<{ prices: Map<string, number>; cost: StatusCost }> {
  const finished = runs
    .filter(({ phase }) => phase === "succeeded" || phase === "failed")
    .sort((left, right) => byCodeUnit(right.endDate ?? "", left.endDate ?? ""));
  const asked = finished.slice(0, MOST_PRICES);
  const prices = new Map<string, number>();
  await Promise.all(
    asked.map(async ({ project, id }) => {
      const price = project && (await reader.price(project.id, id));
      if (price !== undefined && CURRENCY.test(price.currency)) prices.set(id, price.amount);
    }),
  );
  const sum = [...prices.values()].reduce((total, amount) => total + amount, 0);
  const cost: StatusCost = {
    credits: Math.round(sum * 100) / 100,
    runs: prices.size,
    unpriced: asked.length - prices.size,
    notAsked: finished.length - asked.length,
  };
  return { prices, cost };
}
