/** The whole client over real sockets that refuse, cut, dawdle or lie. */
import { connect, createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { mayHaveTakenEffect, ProtocolError } from "../../src/core/errors.ts";
import { eventLog, failure } from "./scripted.ts";
import { json, readerFor, serve, serveWithTokens, writerFor } from "./servers.ts";

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
const aws = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "very-secret-value" };

describe("the wire", () => {
  it("unpacks gzip and sends the media types", async () => {
    const server = await serveWithTokens((_received, response) => {
      response.writeHead(200, { "content-type": "application/vnd.illumina.v4+json", "content-encoding": "gzip" });
      response.end(gzipSync(JSON.stringify(analysis)));
    });
    const writer = writerFor(server);
    const body = '{"userReference":"ü",  "x":1}';
    expect(await writer.createAnalysis("p1", "analysis:nextflow", body, "key-1")).toMatchObject({ id: "an-1" });
    expect(server.received[1]).toMatchObject({
      method: "POST",
      url: "/ica/rest/api/projects/p1/analysis:nextflow",
      body,
      headers: {
        accept: "application/vnd.illumina.v4+json",
        "content-type": "application/vnd.illumina.v4+json",
        "accept-encoding": "gzip",
        "idempotency-key": "key-1",
      },
    });
  });

  it("knows that a refused connection sent nothing", async () => {
    const port = await freePort();
    const reader = readerFor(
      { url: new URL(`http://127.0.0.1:${port}/ica/rest`) },
      { retry: { tries: 2, floorMs: 1, baseMs: 1 } },
    );
    const error = await failure(reader.project("p1"));
    expect(error).toMatchObject({ name: "NetworkError", sent: false });
    expect(error.message).toMatch(/^POST \/api\/tokens: no connection: .*ECONNREFUSED.* \(after 2 tries\)$/);
  });

  it("knows that a failed TLS handshake sent nothing", async () => {
    const server = await serve(() => undefined);
    const url = new URL(server.url);
    url.protocol = "https:";
    const writer = writerFor({ url }, { credentials: { accessToken: "t" }, retry: { tries: 1 } });
    expect(await failure(writer.createCredential("lab", aws))).toMatchObject({ name: "NetworkError", sent: false });
    expect(server.received).toHaveLength(0);
  });

  it("takes an answer that is cut in the middle for a call that may have taken effect", async () => {
    const server = await serveWithTokens((_received, response, _count, socket) => {
      response.writeHead(201, { "content-type": "application/json", "content-length": "100" });
      response.write('{"id": "c1"', () => socket.destroy());
    });
    const error = await failure(writerFor(server).createCredential("lab", aws));
    expect(error).toMatchObject({ name: "NetworkError", sent: true });
    expect(mayHaveTakenEffect(error)).toBe(true);
    expect(server.received).toHaveLength(2);
    expect(error.message).not.toContain("very-secret-value");
  });

  it("reads again what was cut", async () => {
    const server = await serveWithTokens((_received, response, count, socket) => {
      if (count < 3) {
        socket.destroy();
      } else {
        json(response, 200, project);
      }
    });
    const reader = readerFor(server);
    expect(await reader.project("p1")).toMatchObject({ id: "p1" });
    expect(reader.stats().retries).toBe(2);
  });

  it("gives up on a slow answer", async () => {
    const server = await serveWithTokens(() => undefined);
    const writer = writerFor(server, { timeoutMs: 60 });
    const error = await failure(writer.createCredential("lab", aws));
    expect(error).toMatchObject({ name: "NetworkError", sent: true });
    expect(error.message).toBe("POST /api/storageCredentials: no whole answer within 0.06 s");
  });

  it("gives up on a body that trickles", async () => {
    const server = await serveWithTokens((_received, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => response.write(" "), 10);
      response.on("close", () => clearInterval(drip));
    });
    const reader = readerFor(server, { timeoutMs: 80, retry: { tries: 1 } });
    expect(await failure(reader.project("p1"))).toMatchObject({ name: "NetworkError", sent: true });
  });

  it("keeps to its concurrency, the token call included", async () => {
    let running = 0;
    let most = 0;
    const server = await serveWithTokens((_received, response) => {
      running++;
      most = Math.max(most, running);
      setTimeout(() => {
        running--;
        json(response, 200, project);
      }, 3);
    });
    const reader = readerFor(server, { concurrency: 3 });
    await Promise.all(Array.from({ length: 20 }, () => reader.project("p1")));
    expect(most).toBe(3);
    expect(server.received).toHaveLength(21);
  });
});

describe("answers that are no answers", () => {
  it("HTML instead of JSON, once, without retries", async () => {
    const server = await serveWithTokens((_received, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>");
    });
    const error = await failure(readerFor(server).project("p1"));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain("answered HTML instead of JSON (is the server URL right?");
    expect(server.received).toHaveLength(2);
  });

  it("a 200 with a broken body", async () => {
    const server = await serveWithTokens((_received, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"id": "p1", "na');
    });
    expect(await failure(readerFor(server).project("p1"))).toMatchObject({ name: "ProtocolError", status: 200 });
  });

  it("a redirect to another origin, which receives nothing", async () => {
    const other = await serve((_received, response) => json(response, 200, project));
    const server = await serve((_received, response) => {
      response.writeHead(307, { location: `${other.url.href}/api/tokens` }).end();
    });
    const error = await failure(readerFor(server).project("p1"));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain(`a redirect to ${other.url.origin}, which is not followed`);
    expect(other.received).toHaveLength(0);
    expect(server.received).toHaveLength(1);
  });
});

describe("429", () => {
  it("storms pass, on every call and on the token call", async () => {
    let calls = 0;
    const server = await serve((received, response) => {
      calls++;
      if (calls % 3 !== 0) {
        json(response, 429, { title: "ICA_API_429 : Too many requests. Please try again later! (ref. b59769f6)" });
      } else {
        json(response, 200, received.url.endsWith("/tokens") ? { token: "t" } : project);
      }
    });
    const { events, onEvent } = eventLog();
    const time = fastTime();
    const reader = readerFor(server, { onEvent, retry: { tries: 50 }, ...time });
    const projects = await Promise.all(Array.from({ length: 30 }, () => reader.project("p1")));
    expect(projects).toHaveLength(30);
    expect(reader.stats().throttled).toBe(events.filter(({ type }) => type === "retry").length);
    expect(events.some(({ type, waitMs = 0 }) => type === "pause" && waitMs > 0)).toBe(true);
  });

  it("goes up in the end, with what ICA said", async () => {
    const server = await serveWithTokens((_received, response) => {
      json(response, 429, { title: "ICA_API_429 : Too many requests. Please try again later! (ref. b59769f6)" });
    });
    const error = await failure(readerFor(server, { ...fastTime(), retry: { tries: 4 } }).project("p1"));
    expect(error).toMatchObject({ status: 429, code: "ICA_API_429", reference: "b59769f6", unsettled: false });
    expect(error.message).toBe(
      "GET /api/projects/p1: 429 Too many requests. Please try again later!: after 4 tries (ICA_API_429, ref. b59769f6)",
    );
  });

  it("with a Retry-After date is honoured", async () => {
    const server = await serveWithTokens((_received, response, count) => {
      const later = new Date(Date.now() + 30_000).toUTCString();
      json(
        response,
        count === 1 ? 429 : 200,
        count === 1 ? { title: "wait" } : project,
        count === 1 ? { "retry-after": later } : {},
      );
    });
    const { events, onEvent } = eventLog();
    await readerFor(server, { ...fastTime(), onEvent }).project("p1");
    const wait = events.find(({ type }) => type === "retry")?.waitMs ?? 0;
    expect(wait).toBeGreaterThan(28_000);
    expect(wait).toBeLessThan(32_000);
  });
});

/** Time that passes with its waits, in no time. */
function fastTime() {
  let skipped = 0;
  return {
    clock: () => Date.now() + skipped,
    sleep: async (ms: number) => {
      skipped += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((resolve) => connect(port, "127.0.0.1").on("error", resolve));
  return port;
}
