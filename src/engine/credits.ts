import { byCodeUnit } from "../core/address.ts";
import { estimateFrom, startsRun, totalOf } from "../core/credits.ts";
import { grouped } from "../core/grouped.ts";
import type { Analysis, Reader } from "../core/ica.ts";
import type { Change, CreditsTotal } from "../core/plan.ts";
import { whereTold } from "../core/where-told.ts";

/** Succeeded runs of a project that are looked through, in one call. */
const LOOKED_THROUGH = 1000;
/** Runs of one pipeline and storage whose price is told, the newest ones. */
const SAMPLE = 20;
/** Prices that are asked for in all; with many pipelines and storages each has a smaller sample. */
const MOST_PRICES = 200;
const CURRENCY = /^icredits?$/i;

/** A change, and the project that it would start a run in. */
export interface Start {
  change: Change;
  projectId: string;
}

/**
 * Estimates each start from the prices of the newest succeeded runs with its pipeline and storage. One call for each
 * project, and one for each price, 200 at most. Failed runs do not count: they end early, and cheap. ICA prices a run
 * some minutes after its end, so that the newest may not have a price yet: older ones are asked for then.
 */
export async function estimateCredits(
  reader: Reader,
  starts: readonly Start[],
  changes: readonly Change[],
): Promise<CreditsTotal> {
  const groups = grouped(
    starts.filter(({ change }) => startsRun(change)),
    ({ change: { pipeline, storage }, projectId }) => JSON.stringify([projectId, pipeline, storage]),
  );
  const projects = new Set(groups.map(([{ projectId }]) => projectId));
  const finished = new Map<string, Analysis[]>();
  await Promise.all(
    [...projects].map(async (id) => {
      finished.set(id, newestFirst((await whereTold(reader.newestSucceeded(id, LOOKED_THROUGH))) ?? []));
    }),
  );
  let calls = projects.size;
  const budget = Math.max(1, Math.floor(MOST_PRICES / Math.max(1, groups.length)));
  await Promise.all(
    groups.map(async (group) => {
      const [first] = group;
      const alike = (finished.get(first.projectId) ?? []).filter((run) => isLike(run, first.change)).slice(0, budget);
      const told: number[] = [];
      while (told.length < SAMPLE && alike.length > 0) {
        const asked = alike.splice(0, SAMPLE - told.length);
        calls += asked.length;
        const prices = await Promise.all(asked.map(({ id }) => reader.price(first.projectId, id)));
        told.push(
          ...prices.flatMap((price) => (price !== undefined && CURRENCY.test(price.currency) ? [price.amount] : [])),
        );
      }
      const credits = estimateFrom(told);
      if (credits !== undefined) for (const { change } of group) change.credits = credits;
    }),
  );
  return totalOf(changes, calls);
}

function isLike({ pipeline, analysisStorage, status }: Analysis, change: Change): boolean {
  return status === "SUCCEEDED" && pipeline.code === change.pipeline && analysisStorage?.name === change.storage;
}

/** ICA was asked to sort; what it answers is not taken for granted. */
function newestFirst(analyses: readonly Analysis[]): Analysis[] {
  return [...analyses].sort((left, right) => byCodeUnit(right.endDate ?? "", left.endDate ?? ""));
}
