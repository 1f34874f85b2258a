import { describe, expect, it } from "vitest";
import { AbortedError, ApiError, ListingError, UsageError } from "../../src/core/errors.ts";
import { knownSecrets } from "../../src/core/redact.ts";
import { createReader } from "../../src/ica/client.ts";
import { failure } from "./scripted.ts";
import { collect, json, readerFor, serve, serveWithTokens, writerFor } from "./servers.ts";

const project = { id: "p1", name: "prod", brandNew: true };
const analysis = {
  id: "an-1",
  reference: "r",
  userReference: "u",
  status: "REQUESTED",
  timeCreated: "2026-01-01T00:00:00Z",
  timeModified: "2026-01-01T00:00:00Z",
  pipeline: { id: "pl", code: "c" },
  tags: { technicalTags: [], userTags: [], referenceTags: [] },
};
describe("authentication", () => {
  it("changes the key for a token, and renews it after a 401", async () => {
    const server = await serveWithTokens((received, response) => {
      const expired = received.headers.authorization === "Bearer token-1" && server.received.length > 2;
      json(response, expired ? 401 : 200, expired ? { title: "ICA_SEC_002 : Unauthorized" } : project);
    });
    const reader = readerFor(server);
    expect(await reader.project("p1")).toEqual({ id: "p1", name: "prod" });
    expect(await reader.project("p1")).toEqual({ id: "p1", name: "prod" });
    expect(server.received.map(({ url, headers }) => [url, headers.authorization, headers["x-api-key"]])).toEqual([
      ["/ica/rest/api/tokens", undefined, "key-of-the-test"],
      ["/ica/rest/api/projects/p1", "Bearer token-1", undefined],
      ["/ica/rest/api/projects/p1", "Bearer token-1", undefined],
      ["/ica/rest/api/tokens", undefined, "key-of-the-test"],
      ["/ica/rest/api/projects/p1", "Bearer token-2", undefined],
    ]);
    expect(server.received[0]?.headers).toMatchObject({ "user-agent": "icaform-test", "content-length": "0" });
    expect(reader.stats()).toEqual({ requests: 5, retries: 0, tokens: 2, throttled: 0 });
  });

  it("with a wrong key is one clear error", async () => {
    const server = await serve((received, response) => {
      json(response, 401, { title: `ICA_SEC_002 : Unauthorized ${received.headers["x-api-key"]} (ref. 12ab34cd)` });
    });
    const reader = readerFor(server);
    const errors = await Promise.all([1, 2, 3, 4].map(() => failure(reader.project("p1"))));
    expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
    expect(errors[0]).toBeInstanceOf(ApiError);
    expect(errors[0]?.message).toBe(
      "POST /api/tokens: 401 Unauthorized [secret]: the API key was refused; check ICA_API_KEY (ICA_SEC_002, ref. 12ab34cd)",
    );
    expect(server.received).toHaveLength(1);
  });

  it("uses a given token as it is", async () => {
    const server = await serve((_received, response) => json(response, 200, project));
    await readerFor(server, { credentials: { accessToken: "given" } }).project("p1");
    expect(server.received).toMatchObject([{ headers: { authorization: "Bearer given" } }]);
  });
});

describe("listings", () => {
  it("stream every page", async () => {
    const server = await serveWithTokens((received, response) => {
      const at = Number(new URL(received.url, server.url).searchParams.get("pageToken") ?? 0);
      const items = [0, 1].map((index) => ({ id: `p${at + index}`, name: "x" }));
      json(response, 200, { items, nextPageToken: at < 8 ? String(at + 2) : "", remainingRecords: 8 - at });
    });
    const ids = (await collect(readerFor(server, { pageSize: 2 }).projects("x & y"))).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 10 }, (_, index) => `p${index}`));
    expect(server.received[2]?.url).toBe("/ica/rest/api/projects?search=x%20%26%20y&pageSize=2&pageToken=2");
  });

  it("are never short: a repeated token and missing rows are errors", async () => {
    const looping = await serveWithTokens((_received, response) =>
      json(response, 200, { items: [], nextPageToken: "again" }),
    );
    expect(await failure(collect(readerFor(looping).projects("x")))).toBeInstanceOf(ListingError);
    const short = await serveWithTokens((_received, response) =>
      json(response, 200, { items: [project], remainingRecords: 3 }),
    );
    expect(await failure(collect(readerFor(short).projects("x")))).toBeInstanceOf(ListingError);
  });
});

describe("interruption", () => {
  it("ends reads at once", async () => {
    const interrupt = new AbortController();
    const server = await serveWithTokens(() => interrupt.abort());
    expect(await failure(readerFor(server, { signal: interrupt.signal }).project("p1"))).toBeInstanceOf(AbortedError);
  });

  it("settles a write under way, and begins no other", async () => {
    const interrupt = new AbortController();
    const server = await serveWithTokens((_received, response) => {
      interrupt.abort();
      setTimeout(() => json(response, 201, analysis), 20);
    });
    const writer = writerFor(server, { signal: interrupt.signal });
    expect(await writer.createAnalysis("p1", "analysis:cwl", "{}", "k")).toMatchObject({ id: "an-1" });
    expect(await failure(writer.createAnalysis("p1", "analysis:cwl", "{}", "k2"))).toBeInstanceOf(AbortedError);
    expect(server.received).toHaveLength(2);
  });
});

describe("options", () => {
  const options = { server: new URL("http://localhost/ica/rest"), credentials: { apiKey: "abcdefgh" }, userAgent: "t" };

  it.each([
    { concurrency: 0 },
    { concurrency: 1.5 },
    { requestsPerSecond: -1 },
    { pageSize: 0 },
    { timeoutMs: Number.NaN },
  ])("%j cannot work", (wrong) => {
    expect(() => createReader({ ...options, ...wrong })).toThrow(UsageError);
  });

  it("may hide more secrets", async () => {
    const server = await serveWithTokens((_received, response) => json(response, 400, { title: "no lab-token-value" }));
    const secrets = knownSecrets();
    const reader = readerFor(server, { secrets });
    secrets.add("lab-token-value");
    const error = await failure(reader.project("p1"));
    expect(error).toMatchObject({ title: "no [secret]" });
  });

  it("two clients of one process may have one governor: the rate is for both together", async () => {
    let now = 1_000_000;
    const starts: number[] = [];
    const server = await serveWithTokens((_received, response) => {
      starts.push(now);
      json(response, 200, project);
    });
    const time = {
      clock: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const writer = writerFor(server, { requestsPerSecond: 4, ...time });
    const reader = readerFor(server, { governor: writer.governor, ...time });
    for (const client of [writer, reader, writer, reader]) await client.project("p1");
    // The two token calls took their turns as well.
    expect(starts.map((start) => start - 1_000_000)).toEqual([250, 750, 1000, 1250]);
  });

  it("closes twice, and unused", async () => {
    const reader = createReader(options);
    await reader.close();
    await reader.close();
  });
});
