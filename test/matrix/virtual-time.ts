/**
 * Time that passes only while everybody sleeps: a wait of two minutes costs nothing, calls cost no time, and a busy
 * machine changes nothing. It serves client and simulator alike.
 */
import { subscribe } from "node:diagnostics_channel";

export interface VirtualTime {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

interface Sleeper {
  until: number;
  wake(): void;
}

/** Calls of undici that are under way, in this whole process. */
const underWay = new Set<unknown>();

const requestOf = (message: unknown): unknown =>
  typeof message === "object" && message !== null && "request" in message ? message.request : undefined;

subscribe("undici:request:create", (message) => underWay.add(requestOf(message)));
subscribe("undici:request:trailers", (message) => underWay.delete(requestOf(message)));
subscribe("undici:request:error", (message) => underWay.delete(requestOf(message)));

/** @param start milliseconds since 1970 */
export function virtualTime(start: number): VirtualTime {
  let now = start;
  let isTurning = false;
  const sleepers = new Set<Sleeper>();

  async function turn(): Promise<void> {
    isTurning = true;
    while (sleepers.size > 0) {
      await quiet();
      const [first] = [...sleepers].sort((left, right) => left.until - right.until);
      if (first === undefined) continue;
      sleepers.delete(first);
      now = Math.max(now, first.until);
      first.wake();
    }
    isTurning = false;
  }

  return {
    now: () => now,
    async sleep(milliseconds, signal) {
      if (milliseconds <= 0 || signal?.aborted) return;
      await new Promise<void>((wake) => {
        sleepers.add({ until: now + milliseconds, wake });
        if (!isTurning) void turn();
      });
    },
  };
}

/** Until no call has been under way for some turns of the event loop. */
async function quiet(): Promise<void> {
  for (let calm = 0; calm < 4; calm += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (underWay.size > 0) calm = 0;
  }
}
