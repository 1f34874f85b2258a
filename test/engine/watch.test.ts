import { describe, expect, it } from "vitest";
import { AbortedError, ApiError, ListingError, NetworkError, UsageError } from "../../src/core/errors.ts";
import { waitAfter, watch } from "../../src/engine/watch.ts";

const CALL = { method: "POST", path: "/api/x" };
const unavailable = () => new ApiError(CALL, { status: 503, title: "Service Unavailable" });

/** Watches a list of looks, each a status or what it throws; tells what was shown, in trouble, and slept. */
async function watched(looks: readonly (string | Error)[], intervalMs = 100) {
  const [shown, troubles, slept]: [string[], string[], number[]] = [[], [], []];
  const left = [...looks];
  const abort = new AbortController();
  const ended = await watch({
    read: async () => {
      const look = left.shift();
      if (left.length === 0 && look === undefined) throw new Error("looked once too often");
      if (look instanceof Error) throw look;
      if (look === "Ctrl-C") abort.abort();
      return look ?? "";
    },
    show: (look) => {
      shown.push(look);
      return look !== "SUCCEEDED";
    },
    clock: {
      now: () => 0,
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
      },
    },
    intervalMs,
    signal: abort.signal,
    onTrouble: (message) => troubles.push(message),
  }).then(
    () => "done",
    (error: unknown) => error,
  );
  return { shown, troubles, slept, ended };
}

describe("watch", () => {
  it("looks again after each interval until there is no more to see", async () => {
    expect(await watched(["QUEUED", "IN_PROGRESS", "SUCCEEDED"])).toEqual({
      shown: ["QUEUED", "IN_PROGRESS", "SUCCEEDED"],
      troubles: [],
      slept: [100, 100],
      ended: "done",
    });
  });

  it("survives nine looks in a row that fail, again and again, and tells each", async () => {
    const bad = [unavailable(), new ListingError(CALL, "cut"), new NetworkError(CALL, "no answer", true)];
    const nine = [...bad, ...bad, ...bad];
    const { shown, troubles, ended } = await watched(["QUEUED", ...nine, "IN_PROGRESS", ...nine, "SUCCEEDED"]);
    expect(ended).toBe("done");
    expect(shown).toEqual(["QUEUED", "IN_PROGRESS", "SUCCEEDED"]);
    expect(troubles).toHaveLength(18);
    expect(troubles[0]).toContain("503");
  });

  it("waits longer after a long look, but not after a long one that failed", () => {
    expect(waitAfter(1_000, 2_000, false)).toBe(18_000);
    expect(waitAfter(30_000, 2_000, false)).toBe(30_000);
    expect(waitAfter(1_000, 60_000, true)).toBe(1_000);
  });

  it("gives up at the tenth in a row", async () => {
    const { ended, troubles } = await watched(["QUEUED", ...Array.from({ length: 10 }, unavailable)]);
    expect(ended).toMatchObject({ status: 503 });
    expect(troubles).toHaveLength(9);
  });

  it.each([
    new ApiError(CALL, { status: 401, title: "Unauthorized" }),
    new UsageError("no key"),
    new TypeError("ours"),
  ])("does not sit out what does not pass: %s", async (error) => {
    expect(await watched(["QUEUED", error])).toMatchObject({ ended: error, troubles: [] });
  });

  it("does not wait where the first look fails", async () => {
    expect(await watched([unavailable()])).toMatchObject({ ended: { status: 503 }, slept: [] });
  });

  it("ends by an interrupt between two looks", async () => {
    expect((await watched(["Ctrl-C"])).ended).toBeInstanceOf(AbortedError);
  });
});
