/** A rate-limited server and many callers in virtual time: events in order of their time, no real second passes. */
import { adaptiveGovernor, type Governor } from "../../src/ica/governor.ts";
import type { Time } from "../../src/ica/time.ts";

/** The same numbers for the same seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface EventTime extends Time {
  /** Passes time until the work has ended. */
  during<T>(work: Promise<T>): Promise<T>;
}

/** Time that goes from one sleeper's end to the next. */
export function eventTime(random: () => number): EventTime {
  const sleepers: { until: number; wake(): void }[] = [];
  let now = 1_000_000;
  return {
    clock: () => now,
    random,
    sleep: (ms) => new Promise((wake) => void sleepers.push({ until: now + Math.max(0, ms), wake })),
    async during(work) {
      let isOver = false;
      const over = work.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        // Callers need some turns of promises between two events, and no more.
        for (let turn = 0; turn < 24; turn++) await Promise.resolve();
        const next = sleepers.reduce(
          (best, one, index) => (one.until < (sleepers[best]?.until ?? 0) ? index : best),
          0,
        );
        const [sleeper] = sleepers.splice(next, 1);
        if (sleeper === undefined) await new Promise((resolve) => setImmediate(resolve));
        else {
          now = Math.max(now, sleeper.until);
          sleeper.wake();
        }
      }
      return over;
    },
  };
}

export interface ServerOptions {
  rate: number;
  burst: number;
  /** Half of it there, half of it back, each of them up to a fifth more or less. */
  latencyMs: number;
  /** From this request on the rate is another. */
  change?: { afterRequests: number; rate: number };
  lockout?: { after: number; seconds: number };
  headers?: (refused: boolean, tokens: number) => Record<string, string>;
}

export interface Tally {
  answers: number;
  refused: number;
  /** Seconds from the first start to the last answer. */
  seconds: number;
  lockouts: number;
  /** The same for what came after the change. */
  after: { answers: number; refused: number };
  /** Longest row of 429s. */
  inARow: number;
}

/** `calls` calls by each of `clients`, every one repeated until it is answered with other than 429. */
export async function simulate(
  options: ServerOptions,
  {
    calls,
    clients = 1,
    concurrency = 8,
    seed = 1,
  }: { calls: number; clients?: number; concurrency?: number; seed?: number },
): Promise<Tally> {
  const random = dice(seed);
  const time = eventTime(random);
  const tally: Tally = {
    answers: 0,
    refused: 0,
    seconds: 0,
    lockouts: 0,
    after: { answers: 0, refused: 0 },
    inARow: 0,
  };
  const ask = server(options, time, tally);
  const begin = time.clock();
  const call = async (governor: Governor) => {
    for (let attempt = 1; ; attempt++) {
      const status = await governor.run(async (turn) => {
        await time.sleep((options.latencyMs / 2) * (0.8 + 0.4 * random()));
        const answer = ask();
        await time.sleep((options.latencyMs / 2) * (0.8 + 0.4 * random()));
        governor.report(answer.status, answer.headers, turn);
        return answer.status;
      });
      if (status !== 429) return;
      await time.sleep(Math.max(200, random() * Math.min(30_000, 500 * 2 ** (attempt - 1))));
    }
  };
  const everyone = Array.from({ length: clients }, async () => {
    const governor = adaptiveGovernor({ concurrency }, time, () => undefined);
    let left = calls;
    const worker = async () => {
      while (left-- > 0) await call(governor);
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  });
  await time.during(Promise.all(everyone));
  tally.seconds = (time.clock() - begin) / 1000;
  return tally;
}

/** A token bucket, as the simulator's. */
function server(options: ServerOptions, time: Time, tally: Tally) {
  const { burst, change, lockout, headers = () => ({}) } = options;
  let tokens = burst;
  let filledAt = time.clock();
  let lockedUntil = 0;
  let row = 0;
  let violations = 0;
  return (): { status: number; headers: Record<string, string> } => {
    const now = time.clock();
    const isAfter = change !== undefined && tally.answers >= change.afterRequests;
    const rate = isAfter ? change.rate : options.rate;
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * rate);
    filledAt = now;
    const isRefused = now < lockedUntil || tokens < 1;
    tally.answers += 1;
    tally.refused += isRefused ? 1 : 0;
    if (isAfter) {
      tally.after.answers += 1;
      tally.after.refused += isRefused ? 1 : 0;
    }
    row = isRefused ? row + 1 : 0;
    violations = isRefused ? violations + 1 : 0;
    tally.inARow = Math.max(tally.inARow, row);
    if (lockout !== undefined && violations >= lockout.after) {
      violations = 0;
      lockedUntil = now + lockout.seconds * 1000;
      tally.lockouts += 1;
    }
    if (!isRefused) tokens -= 1;
    return { status: isRefused ? 429 : 200, headers: headers(isRefused, tokens) };
  };
}
