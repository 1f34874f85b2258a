/** What long work tells on stderr, by a clock that the test turns. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { createLog } from "../../src/cli/log.ts";
import type { GlobalOptions } from "../../src/cli/options.ts";
import { createProgress, tellCalls } from "../../src/cli/progress.ts";
import { knownSecrets } from "../../src/core/redact.ts";
import type { PauseEvent } from "../../src/ica/governor.ts";
import { PLAIN } from "../../src/render/style.ts";

const WIPE = "\r\u001b[2K";

function watched(isErrTerminal: boolean, options: Partial<Pick<GlobalOptions, "logFormat" | "logLevel">> = {}) {
  const given = { logFormat: "text" as const, logLevel: "info" as const, ...options };
  const written: string[] = [];
  const io: Io = {
    out: () => expect.unreachable("results are not progress"),
    hasResult: () => false,
    err: (text) => void written.push(text),
    outStyle: PLAIN,
    errStyle: PLAIN,
    errFormat: given.logFormat,
    isInteractive: false,
    isErrTerminal,
    secrets: knownSecrets(),
  };
  const time = { now: 1_000_000 };
  const log = createLog(io, given);
  const progress = createProgress(io, log, given, () => time.now);
  onTestFinished(progress.end);
  return { written, progress, time, log, io };
}

const answered = (status: number) => ({ type: "request", method: "GET", path: "/api/things", status }) as const;

/** A hundred actions, 40 ms each. */
function work({ progress, time }: ReturnType<typeof watched>, seconds: number): void {
  progress.begin(1000);
  const pause: PauseEvent = { type: "pause", status: 429, waitMs: 100, requestsPerSecond: 24.96 };
  progress.onEvent(answered(429));
  progress.onEvent(pause);
  for (let call = 0; call < seconds * 25; call++) {
    time.now += 40;
    progress.onEvent(answered(200));
    progress.tick();
  }
}

describe("on a terminal", () => {
  it("one line is written over and over, with counts, rate, ETA and limit, and wiped", () => {
    const lab = watched(true);
    work(lab, 20);
    const last = lab.written.at(-1) ?? "";
    expect(last.startsWith(WIPE)).toBe(true);
    expect(last.slice(WIPE.length)).toMatch(
      /^500 of 1000 done, 2[45](\.\d)? calls\/s, 20 s left, limit about 25\/s, 1 × 429$/,
    );
    expect(lab.written.length).toBeLessThanOrEqual(5 * 20);
    for (const line of lab.written) expect(line).not.toContain("\n");
    lab.progress.end();
    expect(lab.written.at(-1)).toBe(WIPE);
  });

  it("says while reading how many calls there were, and nothing while something else is printed", () => {
    const { progress, time, written } = watched(true);
    time.now += 1000;
    progress.onEvent(answered(200));
    expect(written.join("")).toContain("reading ICA: 1 call");
    progress.pause();
    const before = written.length;
    time.now += 60_000;
    progress.onEvent(answered(200));
    expect(written).toHaveLength(before);
  });
});

describe("without a terminal", () => {
  it("a line every 10 s at most, without control characters", () => {
    const lab = watched(false);
    work(lab, 35);
    expect(lab.written).toHaveLength(3);
    for (const line of lab.written) {
      expect(line).toMatch(/^\d+ of 1000 done, .*\n$/);
      expect(JSON.stringify(line.trimEnd())).not.toContain("\\");
    }
  });

  it("short work is silent", () => {
    const lab = watched(false);
    work(lab, 9);
    lab.progress.end();
    expect(lab.written).toEqual([]);
  });
});

describe("--log-format json", () => {
  it.each([true, false])("has events named progress and calls (terminal: %s)", (isTerminal) => {
    const lab = watched(isTerminal, { logFormat: "json" });
    work(lab, 12);
    tellCalls(lab.log, { estimated: 3, seconds: 1 }, { calls: 4, throttled: 1, seconds: 0.52 });
    const events = lab.written.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toMatchObject([
      { level: "info", event: "progress", finished: 250, total: 1000, etaSeconds: 30, throttled: 1, limit: 25 },
      { level: "info", event: "calls", calls: 4, throttled: 1, seconds: 0.5, estimatedCalls: 3, estimatedSeconds: 1 },
    ]);
  });
});

describe("the last line", () => {
  const actual = { calls: 1019, throttled: 11, seconds: 40.84 };

  it("compares what was with what the plan had estimated", () => {
    const { log, written } = watched(false);
    tellCalls(log, { estimated: 1001, seconds: 101 }, actual);
    expect(written).toEqual(["1019 calls in 41 s, 11 of them answered 429 (estimated: 1001 calls, 101 s)\n"]);
  });

  it("is short where little was done", () => {
    const { log, written } = watched(false);
    tellCalls(log, { estimated: 2, seconds: 1 }, { calls: 2, throttled: 0, seconds: 0.1 });
    expect(written).toEqual(["2 calls in 1 s (estimated: 2 calls, 1 s)\n"]);
  });
});
