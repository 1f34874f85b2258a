import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AbortedError } from "../../src/core/errors.ts";
import { adaptiveGovernor, governed } from "../../src/ica/governor.ts";
import { eventLog, failure, get, handClock, scripted } from "./scripted.ts";

function governor(limits: { concurrency: number; requestsPerSecond?: number }, time = handClock()) {
  const { events, onEvent } = eventLog();
  return { ...adaptiveGovernor(limits, time, onEvent), time, events };
}

/** A call that ends when told to. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("concurrency", () => {
  it("is never exceeded, and callers are served in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 25 }), async (concurrency, calls) => {
        const { run } = governor({ concurrency });
        const started: number[] = [];
        const gates = Array.from({ length: calls }, gate);
        const done = gates.map(({ opened }, index) =>
          run(async () => {
            started.push(index);
            await opened;
          }),
        );
        for (const [index, { open }] of gates.entries()) {
          await settle();
          expect(started).toHaveLength(Math.min(calls, index + concurrency));
          open();
        }
        await Promise.all(done);
        expect(started).toEqual(gates.map((_, index) => index));
      }),
      { numRuns: 30 },
    );
  });

  it("survives calls that fail", async () => {
    const { run } = governor({ concurrency: 1 });
    await failure(run(() => Promise.reject(new Error("no"))));
    expect(await run(async () => "yes")).toBe("yes");
  });

  it("lets an interrupted caller leave the line", async () => {
    const { run } = governor({ concurrency: 1 });
    const { opened, open } = gate();
    const first = run(() => opened);
    const interrupt = new AbortController();
    const second = failure(run(async () => undefined, interrupt.signal));
    const third = run(async () => "third");
    interrupt.abort();
    expect(await second).toBeInstanceOf(AbortedError);
    open();
    await first;
    expect(await third).toBe("third");
    expect(await failure(run(async () => undefined, interrupt.signal))).toBeInstanceOf(AbortedError);
  });
});

describe("requests per second", () => {
  it("are spaced evenly", async () => {
    const { run, time } = governor({ concurrency: 1, requestsPerSecond: 4 });
    const starts: number[] = [];
    for (let call = 0; call < 4; call++) {
      await run(async () => starts.push(time.now));
    }
    expect(starts.map((start) => start - 1_000_000)).toEqual([0, 250, 500, 750]);
  });
});

describe("429", () => {
  it("holds all callers back together, for longer each time, until successes make up for it", async () => {
    const { run, report, time, events } = governor({ concurrency: 2 }, handClock(0, 0, 0, 0, 0, 0, 0, 0));
    report(429, {});
    await run(async () => undefined);
    report(429, {});
    await run(async () => undefined);
    report(429, {});
    expect(events).toMatchObject([
      { type: "pause", status: 429, waitMs: 250 },
      { type: "pause", waitMs: 500 },
      { type: "pause", waitMs: 1000 },
    ]);
    expect(time.waits).toEqual([250, 500]);
    time.now += 1000;
    for (let success = 0; success < 3; success++) {
      report(200, {});
    }
    report(429, {});
    expect(events[3]).toMatchObject({ waitMs: 250 });
  });

  it("counts answers to calls that were under way once", async () => {
    const { report, events } = governor({ concurrency: 8 }, handClock(0, 0, 0, 0));
    for (let answer = 0; answer < 4; answer++) {
      report(429, {});
    }
    expect(events).toHaveLength(1);
  });

  it("honours Retry-After for everyone, and spreads the return", async () => {
    const { run, report, time } = governor({ concurrency: 3 }, handClock(0.3));
    report(429, { "retry-after": "5" });
    await Promise.all([1, 2, 3].map(() => run(async () => undefined)));
    // One common jitter keeps other clients out of step; behind the pause the rate spreads the callers.
    expect(time.waits.map(Math.round)).toEqual([5300, 71, 71]);
  });

  it("holds back those as well who were already waiting", async () => {
    const { run, report, time } = governor({ concurrency: 1 }, handClock(0, 0, 0, 0));
    report(429, { "retry-after": "1" });
    let more = true;
    const { sleep } = time;
    time.sleep = async (ms) => {
      if (more) {
        more = false;
        report(429, { "retry-after": "9" });
      }
      await sleep(ms);
    };
    await run(async () => undefined);
    expect(time.waits).toEqual([1000, 8000]);
  });

  it("is told by the transport; 503 only with Retry-After", async () => {
    const { time, events, ...plain } = governor({ concurrency: 1 });
    const script = scripted({ status: 503 }, { status: 503, headers: { "retry-after": "2" } }, { status: 429 }, {});
    const transport = governed(script.transport, plain);
    for (let call = 0; call < 4; call++) {
      await transport(get());
    }
    expect(events.map(({ status }) => status)).toEqual([503, 429]);
    expect(time.waits.map(Math.round)).toEqual([2500, 750]);
  });
});
