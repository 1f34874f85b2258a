import type { Clock } from "../core/clock.ts";
import { AbortedError } from "../core/errors.ts";
import { createPatience } from "./patience.ts";

/** What watching needs of its surroundings. */
export interface Watching<Seen> {
  read(): Promise<Seen>;
  /** Shows what was seen, and says whether there will be more to see. */
  show(seen: Seen): boolean;
  clock: Clock;
  /** Milliseconds between two looks, at least. */
  intervalMs: number;
  signal: AbortSignal;
  /** Told of trouble that passes. */
  onTrouble(message: string): void;
}

/** Reading takes at most a tenth of the time, however long the listing. */
const READING_SHARE = 10;

/**
 * Looks again and again until there is no more to see.
 *
 * @throws AbortedError when it was interrupted
 * @throws what a look threw, when it is the first one, not of the kind that passes, or does not pass
 */
export async function watch<Seen>(given: Watching<Seen>): Promise<void> {
  const { clock, signal } = given;
  const patience = createPatience(given.onTrouble);
  for (let isFirst = true; ; isFirst = false) {
    const since = clock.now();
    try {
      const goesOn = given.show(await given.read());
      patience.restore();
      if (!goesOn) return;
    } catch (error) {
      // A first look that fails is rather a wrong address than a bad minute.
      if (isFirst) throw error;
      patience.strain(error);
    }
    await clock.sleep(waitAfter(given.intervalMs, clock.now() - since, patience.isStrained), signal);
    if (signal.aborted) throw new AbortedError("interrupted while nothing was asked");
  }
}

/** Milliseconds until the next look. A look that failed has waited already, between its tries. */
export function waitAfter(intervalMs: number, tookMs: number, hasFailed: boolean): number {
  return hasFailed ? intervalMs : Math.max(intervalMs, (READING_SHARE - 1) * tookMs);
}
