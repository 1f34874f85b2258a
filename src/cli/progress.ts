import type { ClientOptions } from "../ica/client.ts";
import { counted, shortDuration } from "../render/amounts.ts";
import type { Io } from "./io.ts";
import type { Log } from "./log.ts";
import type { GlobalOptions } from "./options.ts";

export interface Progress {
  /** Listens to the client: calls, 429s and the rate that the governor goes on with. */
  onEvent: NonNullable<ClientOptions["onEvent"]>;
  /** From now on `total` actions are carried out; before that ICA is only read. */
  begin(total: number): void;
  /** One action is over. */
  tick(): void;
  /** Wipes the live line, which comes back with `begin`: something else is about to be printed. */
  pause(): void;
  /** Wipes it for good. */
  end(): void;
}

const REDRAW_MS = 200;
const LINE_EVERY_MS = 10_000;
/** A rate is what got through in the last seconds, not since the start. */
const WINDOW_MS = 10_000;
/** A line that wraps cannot be wiped. */
const WIDTH = 79;

/**
 * Where long work stands, on stderr: a live line on a terminal; elsewhere, and with `--log-format json`, an event named
 * `progress` every 10 s at most. Work of less than that stays silent there.
 */
export function createProgress(
  io: Io,
  log: Log,
  options: Pick<GlobalOptions, "logFormat" | "logLevel">,
  now: () => number = Date.now,
): Progress {
  // Log lines in between would tear a live line apart.
  const isLive = io.isErrTerminal && options.logFormat === "text" && options.logLevel === "info";
  const answered = createMeter(now);
  let calls = 0;
  let throttled = 0;
  let limit: number | undefined;
  let work: { total: number; finished: number; since: number } | undefined;
  let toldAt = now();
  let isShown = false;
  let isPaused = false;
  const timer = setInterval(tell, 1_000);
  // Progress keeps nobody alive: a command that ends by an error need not know of it.
  timer.unref();

  function tell(): void {
    const time = now();
    if (isPaused || time - toldAt < (isLive ? REDRAW_MS : LINE_EVERY_MS)) return;
    toldAt = time;
    const fields = { ...counts(), calls, throttled, requestsPerSecond: answered.rate(), limit };
    const text = progressText(fields);
    if (!isLive) log("info", "progress", text, fields);
    else {
      isShown = true;
      io.err(`\r\x1b[2K${text.slice(0, WIDTH)}`);
    }
  }

  function pause(): void {
    isPaused = true;
    if (isShown) io.err("\r\x1b[2K");
    isShown = false;
  }

  function counts(): { finished?: number; total?: number; etaSeconds?: number } {
    if (work === undefined) return {};
    const { total, finished, since } = work;
    if (finished === 0) return { finished, total };
    return { finished, total, etaSeconds: Math.ceil(((total - finished) * (now() - since)) / finished / 1000) };
  }

  return {
    onEvent(event) {
      if (event.type === "pause" && "requestsPerSecond" in event && typeof event.requestsPerSecond === "number") {
        if (event.status === 429) limit = rounded(event.requestsPerSecond);
      }
      if (event.type !== "request") return;
      calls += 1;
      if (event.status === 429) throttled += 1;
      else answered.count();
      // Once there are actions it is they that count, and the timer where none ends.
      if (work === undefined) tell();
    },
    begin(total) {
      isPaused = false;
      work = { total, finished: 0, since: now() };
    },
    tick() {
      if (work !== undefined) work.finished += 1;
      tell();
    },
    pause,
    end() {
      clearInterval(timer);
      pause();
    },
  };
}

interface Fields {
  finished?: number;
  total?: number;
  etaSeconds?: number;
  calls: number;
  throttled: number;
  requestsPerSecond: number;
  limit: number | undefined;
}

/** `120 of 1000 done, 24.6 calls/s, 36 s left, limit about 25/s, 3 × 429` */
export function progressText(fields: Fields): string {
  const { finished, total, etaSeconds, calls, throttled, requestsPerSecond, limit } = fields;
  const parts = [
    total === undefined ? `reading ICA: ${counted(calls, "call")}` : `${finished ?? 0} of ${total} done`,
    `${requestsPerSecond} calls/s`,
    etaSeconds === undefined || etaSeconds === 0 ? "" : `${shortDuration(etaSeconds)} left`,
    limit === undefined ? "" : `limit about ${limit}/s`,
    throttled === 0 ? "" : `${throttled} × 429`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** At the end: what the plan had estimated, and what it was. */
export function tellCalls(
  log: Log,
  estimated: { estimated: number; seconds: number },
  actual: { calls: number; throttled: number; seconds: number },
): void {
  const { calls, throttled } = actual;
  const seconds = rounded(actual.seconds);
  const refused = throttled === 0 ? "" : `, ${throttled} of them answered 429`;
  const text = `${counted(calls, "call")} in ${shortDuration(seconds)}${refused}`;
  const foreseen = `estimated: ${counted(estimated.estimated, "call")}, ${shortDuration(estimated.seconds)}`;
  const fields = {
    calls,
    throttled,
    seconds,
    estimatedCalls: estimated.estimated,
    estimatedSeconds: estimated.seconds,
  };
  log("info", "calls", `${text} (${foreseen})`, fields);
}

/** Counts in buckets of a second, so that a long run costs no more memory than a short one. */
function createMeter(now: () => number): { count(): void; rate(): number } {
  const start = now();
  const buckets: { second: number; count: number }[] = [];
  const forget = () => {
    while (buckets[0] !== undefined && (buckets[0].second + 1) * 1000 <= now() - WINDOW_MS) buckets.shift();
  };
  return {
    count() {
      const second = Math.floor(now() / 1000);
      const last = buckets.at(-1);
      if (last?.second === second) last.count += 1;
      else buckets.push({ second, count: 1 });
      forget();
    },
    rate() {
      forget();
      const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
      return rounded((total * 1000) / Math.max(1000, Math.min(WINDOW_MS, now() - start)));
    },
  };
}

function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}
