import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AbortedError, NetworkError, ProtocolError } from "../../src/core/errors.ts";
import { DEFAULT_RETRY } from "../../src/ica/backoff.ts";
import { retried } from "../../src/ica/retry.ts";
import type { IcaRequest } from "../../src/ica/types.ts";
import { eventLog, failure, get, handClock, post, type Step, scripted } from "./scripted.ts";

const call = { method: "GET", path: "/api/things" };
const lost = () => new NetworkError(call, "no whole answer: other side closed", true);
const unsent = () => new NetworkError(call, "no connection: ECONNREFUSED", false);

function run(request: IcaRequest, steps: Step[], policy = {}, time = handClock()) {
  const script = scripted(...steps);
  const { events, onEvent } = eventLog();
  const transport = retried(
    script.transport,
    { ...DEFAULT_RETRY, connectTries: DEFAULT_RETRY.tries, ...policy },
    time,
    onEvent,
  );
  return { answer: transport(request), script, time, events };
}

describe("what is tried again", () => {
  it.each([429, 500, 502, 503, 504])("repeats a read after %i", async (status) => {
    const { answer, script } = run(get(), [{ status }, { status }, { json: {} }]);
    expect(await answer).toMatchObject({ status: 200, attempts: 3 });
    expect(script.log.map((request) => request.attempt)).toEqual([1, 2, 3]);
  });

  it.each([400, 401, 403, 404, 409, 422, 501])("answers %i at once", async (status) => {
    const { answer, script } = run(get(), [{ status }]);
    expect(await answer).toMatchObject({ status, attempts: 1 });
    expect(script.log).toHaveLength(1);
  });

  it("repeats a read after a lost connection and after none", async () => {
    const { answer } = run(get(), [lost(), unsent(), { json: {} }]);
    expect(await answer).toMatchObject({ status: 200, attempts: 3 });
  });

  it("repeats a POST with an idempotency key, the body and key unchanged", async () => {
    const request = post("/api/x", { idempotencyKey: "key", body: '{"a":1}' });
    const { answer, script } = run(request, [lost(), { status: 503 }, { status: 201, json: {} }]);
    expect(await answer).toMatchObject({ status: 201 });
    expect(script.log.map(({ idempotencyKey, body }) => [idempotencyKey, body])).toEqual(
      Array(3).fill(["key", '{"a":1}']),
    );
  });

  it("never repeats a POST without a key whose outcome is unknown", async () => {
    for (const step of [lost(), { status: 500 }, { status: 502 }, { status: 503 }, { status: 504 }]) {
      const { answer, script } = run(post(), [step]);
      await answer.catch(() => undefined);
      expect(script.log).toHaveLength(1);
    }
  });

  it("repeats a POST without a key after 429 and when it was not sent", async () => {
    const { answer } = run(post(), [{ status: 429 }, unsent(), { status: 201, json: {} }]);
    expect(await answer).toMatchObject({ status: 201, attempts: 3 });
  });

  it("does not repeat a protocol error", async () => {
    const { answer, script } = run(get(), [new ProtocolError(call, "answered HTML")]);
    expect(await failure(answer)).toBeInstanceOf(ProtocolError);
    expect(script.log).toHaveLength(1);
  });

  it("sends a POST without a key once, unless 429 or unsent, under any schedule of faults", async () => {
    const harmless = fc.constantFrom<() => Step>(() => ({ status: 429 }), unsent);
    const harmful = fc.constantFrom<() => Step>(
      lost,
      ...[200, 201, 400, 401, 404, 409, 422, 500, 502, 503, 504].map((status) => () => ({ status })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(harmless, { maxLength: 12 }), harmful, async (before, after) => {
        const steps = [...before, after].map((step) => step());
        const { answer, script } = run(post(), steps);
        const settled = await answer.then(
          () => "answered",
          (error) => (error instanceof NetworkError ? "lost" : "broken"),
        );
        expect(settled).not.toBe("broken");
        expect(script.log).toHaveLength(Math.min(before.length + 1, DEFAULT_RETRY.tries));
      }),
    );
  });
});

describe("how long it waits", () => {
  it("jitters fully between 0 and a bound that doubles up to the cap, but never below the floor", async () => {
    const time = handClock(0, 0.999999, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
    const { answer } = run(get(), Array(10).fill({ status: 503 }), {}, time);
    await answer;
    expect(time.waits.map(Math.round)).toEqual([200, 1000, 1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  });

  it("stays within its bounds for every randomness", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 0.9999999, noNaN: true }), { minLength: 9, maxLength: 9 }),
        async (random) => {
          const time = handClock(...random);
          await run(get(), Array(10).fill({ status: 503 }), {}, time).answer;
          for (const [index, wait] of time.waits.entries()) {
            expect(wait).toBeGreaterThanOrEqual(DEFAULT_RETRY.floorMs);
            expect(wait).toBeLessThanOrEqual(Math.min(DEFAULT_RETRY.capMs, DEFAULT_RETRY.baseMs * 2 ** index));
          }
          expect(time.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(DEFAULT_RETRY.budgetMs);
        },
      ),
    );
  });

  it("honours Retry-After in seconds: never sooner, a little later", async () => {
    const { answer, time } = run(get(), [{ status: 429, headers: { "retry-after": "7" } }, { json: {} }]);
    await answer;
    expect(time.waits[0]).toBeGreaterThan(7000);
    expect(time.waits[0]).toBeLessThanOrEqual(7500);
  });

  it("honours Retry-After as a date, by the server's clock when it tells it", async () => {
    const date = "Wed, 21 Oct 2026 07:28:00 GMT";
    const later = "Wed, 21 Oct 2026 07:28:09 GMT";
    const { answer, time } = run(get(), [{ status: 503, headers: { date, "retry-after": later } }, { json: {} }]);
    await answer;
    expect(time.waits[0]).toBeGreaterThan(9000);
    expect(time.waits[0]).toBeLessThanOrEqual(9500);
  });

  it("honours Retry-After as a date by its own clock otherwise; a past date means now", async () => {
    const time = handClock();
    const inFive = new Date(time.now + 5000).toUTCString();
    const past = new Date(time.now - 5000).toUTCString();
    const steps = [inFive, past].map((when) => ({ status: 429, headers: { "retry-after": when } }));
    await run(get(), [...steps, { json: {} }], {}, time).answer;
    expect(time.waits).toEqual([5250, 250]);
  });

  it("caps Retry-After and ignores nonsense", async () => {
    const headers = (value: string) => ({ status: 429, headers: { "retry-after": value } });
    const { answer, time } = run(get(), [headers("86400"), headers("soon"), headers("-3"), { json: {} }]);
    await answer;
    expect(time.waits).toEqual([120_250, 500, 1000]);
  });
});

describe("when it gives up", () => {
  it("stops after the tries, and returns the last answer with their number", async () => {
    const { answer, script, events } = run(get(), Array(10).fill({ status: 429 }));
    expect(await answer).toMatchObject({ status: 429, attempts: 10 });
    expect(script.left()).toBe(0);
    expect(events).toHaveLength(9);
    expect(events[0]).toMatchObject({ type: "retry", method: "GET", path: "/api/things", status: 429, attempt: 1 });
  });

  it("gives up sooner on a server that was never reached, but not once it was", async () => {
    const never = run(get(), Array(4).fill(unsent()), { connectTries: 4 });
    expect((await failure(never.answer)).message).toContain("(after 4 tries)");
    const lost = new NetworkError(get(), "no whole answer", true);
    const reached = run(get(), [lost, ...Array(8).fill(unsent()), { json: {} }], { connectTries: 4 });
    expect(await reached.answer).toMatchObject({ status: 200, attempts: 10 });
  });

  it("says after how many tries the network failed, with the cause", async () => {
    const error = await failure(run(get(), [unsent(), unsent(), unsent()], { tries: 3 }).answer);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.message).toBe("GET /api/things: no connection: ECONNREFUSED (after 3 tries)");
    expect(error).toMatchObject({ sent: false, cause: { sent: false } });
  });

  it("begins no wait beyond its budget", async () => {
    const { answer, time } = run(get(), Array(10).fill({ status: 429, headers: { "retry-after": "60" } }), {
      budgetMs: 130_000,
    });
    expect(await answer).toMatchObject({ status: 429, attempts: 3 });
    expect(time.waits).toHaveLength(2);
  });

  it("keeps in mind that an earlier try may have taken effect", async () => {
    const request = post("/api/x", { idempotencyKey: "key" });
    const network = await failure(run(request, [lost(), unsent()], { tries: 2 }).answer);
    expect(network).toMatchObject({ sent: true });
    const answer = await run(request, [{ status: 503 }, { status: 429 }], { tries: 2 }).answer;
    expect(answer).toMatchObject({ status: 429, unsettled: true });
    const clean = await run(request, [{ status: 429 }, unsent(), { status: 429 }], { tries: 3 }).answer;
    expect(clean).toMatchObject({ status: 429, unsettled: false });
  });
});

describe("interruption", () => {
  it("ends a wait with AbortedError while nothing can have happened", async () => {
    const interrupt = new AbortController();
    const time = handClock();
    time.sleep = async () => interrupt.abort();
    const request = post("/api/x", { idempotencyKey: "key", signal: interrupt.signal });
    expect(await failure(run(request, [{ status: 429 }], {}, time).answer)).toBeInstanceOf(AbortedError);
  });

  it("ends it with an unknown outcome after a lost try", async () => {
    const interrupt = new AbortController();
    const time = handClock();
    time.sleep = async () => interrupt.abort();
    const request = post("/api/x", { idempotencyKey: "key", signal: interrupt.signal });
    expect(await failure(run(request, [lost()], {}, time).answer)).toMatchObject({ name: "NetworkError", sent: true });
  });
});
