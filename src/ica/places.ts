/** Bounded concurrency with a fair line. */
import { AbortedError } from "../core/errors.ts";
import { refuseAborted } from "./time.ts";

export interface Places {
  /**
   * Waits for a place, first come, first served; resolves with the function that gives it back.
   *
   * @throws AbortedError when the signal aborts before that
   */
  enter(signal: AbortSignal | undefined): Promise<() => void>;
}

/** `count` places; who finds none waits in line. */
export function places(count: number): Places {
  const line = new Set<() => void>();
  let free = count;

  function leave(): void {
    const [first] = line;
    if (first === undefined) {
      free++;
    } else {
      line.delete(first);
      first();
    }
  }

  return {
    enter(signal) {
      refuseAborted(signal);
      if (free > 0) {
        free--;
        return Promise.resolve(leave);
      }
      return new Promise((resolve, reject) => {
        const give = () => {
          signal?.removeEventListener("abort", giveUp);
          resolve(leave);
        };
        const giveUp = () => {
          line.delete(give);
          reject(new AbortedError("interrupted", { cause: signal?.reason }));
        };
        line.add(give);
        signal?.addEventListener("abort", giveUp, { once: true });
      });
    },
  };
}
