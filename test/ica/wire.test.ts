import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { NetworkError, ProtocolError, UsageError } from "../../src/core/errors.ts";
import { parseServer } from "../../src/core/server.ts";
import { targetOf, withoutRedirects } from "../../src/ica/base-url.ts";
import { counted, observed } from "../../src/ica/events.ts";
import { gzipped } from "../../src/ica/gzip.ts";
import { jsonAnswers, jsonOf } from "../../src/ica/media-type.ts";
import { oneLine, reasonOf } from "../../src/ica/text.ts";
import type { IcaRequest, RawResponse } from "../../src/ica/types.ts";
import { answered, eventLog, failure, get, handClock, type Step, scripted } from "./scripted.ts";

describe("the server's address", () => {
  it.each([
    ["https://ica.illumina.com/ica/rest", "https://ica.illumina.com/ica/rest"],
    ["https://ica.illumina.com/ica/rest//", "https://ica.illumina.com/ica/rest"],
    ["http://localhost:8080/ica/rest", "http://localhost:8080/ica/rest"],
    ["http://127.1:8080", "http://127.0.0.1:8080/"],
    ["http://[::1]:8080/", "http://[::1]:8080/"],
  ])("%s is trusted", (given, href) => {
    expect(parseServer(given).href).toBe(href);
  });

  it.each([
    "http://ica.illumina.com/ica/rest",
    "http://127.0.0.1.evil.example/",
    "http://localhost.evil.example/",
    "http://128.0.0.1/",
    "ftp://ica.illumina.com/",
    "file:///etc/passwd",
    "https://user:secret@ica.illumina.com/ica/rest",
    "https://ica.illumina.com/ica/rest?x=1",
    "https://ica.illumina.com/ica/rest#x",
  ])("%s is refused", (given) => {
    expect(() => parseServer(given)).toThrow(UsageError);
    expect(() => parseServer(given)).not.toThrow(/secret/);
  });

  it("is where the target starts; the query is escaped", () => {
    const query: [string, string][] = [
      ["id", "a b&c"],
      ["id", "ü+/"],
    ];
    const server = parseServer("https://ica.illumina.com/ica/rest/");
    expect(targetOf(server, { path: "/api/x", query })).toBe("/ica/rest/api/x?id=a%20b%26c&id=%C3%BC%2B%2F");
    expect(targetOf(new URL("http://localhost"), { path: "/api/x" })).toBe("/api/x");
  });
});

describe("redirects", () => {
  const server = new URL("https://ica.illumina.com/ica/rest");
  const follow = (status: number, headers = {}) =>
    failure(withoutRedirects(scripted({ status, headers }).transport, server)(get()));

  it("are refused, and the message names the origin only", async () => {
    const error = await follow(307, { location: "https://evil.example:444/take?token=abc" });
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ status: 307 });
    expect(error.message).toContain("a redirect to https://evil.example:444, which is not followed");
    expect(error.message).not.toContain("token=abc");
  });

  it("are refused on the same server, to nowhere, and to what is no URL", async () => {
    expect((await follow(302, { location: "/login" })).message).toContain("elsewhere on the same server");
    expect((await follow(304)).message).toContain("to nowhere");
    expect((await follow(301, { location: "http://[" })).message).toContain("to nowhere");
  });
});

describe("gzip", () => {
  const unpack = (raw: Partial<RawResponse>, max = 1000) =>
    gzipped(
      async () => ({ status: 200, headers: { "content-encoding": "gzip" }, body: Buffer.alloc(0), ...raw }),
      max,
    )(get());

  it("is asked for and undone", async () => {
    const asked: IcaRequest[] = [];
    const exchange = async (request: IcaRequest) => {
      asked.push(request);
      return { status: 200, headers: { "content-encoding": "GZIP" }, body: gzipSync('{"ü":1}') };
    };
    expect(await gzipped(exchange, 1000)(get("/x", { headers: { a: "b" } }))).toMatchObject({ text: '{"ü":1}' });
    expect(asked[0]?.headers).toEqual({ a: "b", "accept-encoding": "gzip" });
  });

  it("is not needed", async () => {
    expect(await unpack({ headers: {}, body: Buffer.from("{}") })).toMatchObject({ text: "{}" });
    expect(await unpack({ body: Buffer.alloc(0), status: 204 })).toMatchObject({ text: "" });
  });

  it("does not let a small body fill the memory", async () => {
    const error = await failure(unpack({ body: gzipSync(Buffer.alloc(100_000)) }));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain("more than 1000 bytes");
  });

  it("that was cut is a network error; that is broken, or something else, a protocol error", async () => {
    const whole = gzipSync('{"items": []}');
    expect(await failure(unpack({ body: whole.subarray(0, -9) }))).toMatchObject({ name: "NetworkError", sent: true });
    expect(await failure(unpack({ body: Buffer.from("not gzip") }))).toBeInstanceOf(ProtocolError);
    expect(await failure(unpack({ headers: { "content-encoding": "br" }, body: whole }))).toBeInstanceOf(ProtocolError);
    expect(await failure(unpack({ headers: {}, body: Buffer.from([0xff]) }))).toBeInstanceOf(ProtocolError);
  });

  it("does not hide the status of an error answer", async () => {
    expect(await unpack({ status: 503, body: Buffer.from("not gzip") })).toMatchObject({ status: 503, text: "" });
  });
});

describe("JSON", () => {
  const check = (step: Step) => jsonAnswers(scripted(step).transport)(get());

  it.each(["application/json", "application/vnd.illumina.v4+json; charset=utf-8", "Application/Problem+JSON", ""])(
    "of type %j passes",
    async (type) => {
      expect(await check({ text: "{}", headers: { "content-type": type } })).toMatchObject({ text: "{}" });
    },
  );

  it("is not HTML, and the message asks for the server's URL", async () => {
    const error = await failure(check({ text: "<!DOCTYPE html><p>Login", headers: { "content-type": "text/html" } }));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ status: 200 });
    expect(error.message).toContain("answered HTML instead of JSON (is the server URL right?");
  });

  it("is no other type either; errors and empty answers pass", async () => {
    expect(await failure(check({ text: "x", headers: { "content-type": "text/plain" } }))).toBeInstanceOf(
      ProtocolError,
    );
    expect(await check({ status: 502, text: "x", headers: { "content-type": "text/html" } })).toBeTruthy();
    expect(await check({ status: 204, headers: { "content-type": "text/plain" } })).toBeTruthy();
  });

  it("that is broken or missing is a protocol error with the status", () => {
    for (const text of ["", '{"items": [', "nope"]) {
      expect(() => jsonOf(get(), answered({ status: 201, text }))).toThrow(ProtocolError);
      expect(() => jsonOf(get(), answered({ status: 201, text }))).toThrow(/answered 201 with/);
    }
  });
});

describe("events", () => {
  it("tell each exchange with its time, and are counted", async () => {
    const time = handClock();
    const { events, onEvent } = eventLog();
    const counter = counted(onEvent);
    const slow = async () => {
      time.now += 120;
      return answered({ status: 429 });
    };
    const transport = observed(slow, counter.onEvent, time.clock);
    await transport(get("/api/x", { attempt: 2, query: [["secret", "query"]] }));
    const broken = scripted(new NetworkError(get(), "gone", true));
    await failure(observed(broken.transport, counter.onEvent, time.clock)(get("/api/y")));
    expect(events).toEqual([
      { type: "request", method: "GET", path: "/api/x", attempt: 2, ms: 120, status: 429 },
      { type: "request", method: "GET", path: "/api/y", attempt: 1, ms: 0 },
    ]);
    expect(counter.stats()).toEqual({ requests: 2, retries: 0, tokens: 0, throttled: 1 });
  });
});

describe("words", () => {
  it("stay on one line", () => {
    expect(oneLine("  a\tb\r\n\u0007c\u2029d  ")).toBe("a b c d");
    expect(oneLine("x".repeat(2000))).toHaveLength(500);
  });

  it("are found in whatever was thrown", () => {
    expect(reasonOf(new AggregateError([new Error("refused"), new Error("refused"), new Error("down")], ""))).toBe(
      "refused; down",
    );
    expect(reasonOf("text")).toBe("text");
    expect(reasonOf(new Error(""))).toBe("Error");
  });
});
