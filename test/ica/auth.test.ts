import { describe, expect, it } from "vitest";
import { ApiError, mayHaveTakenEffect, NetworkError, ProtocolError, UsageError } from "../../src/core/errors.ts";
import { knownSecrets } from "../../src/core/redact.ts";
import { authenticated, type Credentials } from "../../src/ica/auth.ts";
import { typedErrors } from "../../src/ica/problem.ts";
import { eventLog, failure, get, handClock, jwt, post, type Step, scripted } from "./scripted.ts";

const key = { apiKey: "the-secret-key" };
const tokenCall = { method: "POST", path: "/api/tokens" };

function client(steps: Step[], credentials: Credentials = key, time = handClock()) {
  const script = scripted(...steps);
  const secrets = knownSecrets();
  const { events, onEvent } = eventLog();
  const transport = authenticated(typedErrors(script.transport, secrets), credentials, time.clock, onEvent, secrets);
  const calls = () => script.log.map(({ method, path, headers }) => [method, path, headers?.authorization]);
  return { transport, script, calls, time, events };
}

const token = (value: string, headers = {}): Step => ({ json: { token: value }, headers });
const ok: Step = { json: {} };

describe("API key", () => {
  it("is exchanged for a token once, and sent nowhere else", async () => {
    const { transport, script, calls, events } = client([token("t1"), ok, ok]);
    await transport(get());
    await transport(get());
    expect(calls()).toEqual([
      ["POST", "/api/tokens", undefined],
      ["GET", "/api/things", "Bearer t1"],
      ["GET", "/api/things", "Bearer t1"],
    ]);
    expect(script.log[0]).toMatchObject({
      accept: "application/vnd.illumina.v3+json",
      headers: { "x-api-key": "the-secret-key" },
      safe: true,
    });
    expect(JSON.stringify(script.log.slice(1))).not.toContain("the-secret-key");
    expect(events).toEqual([{ type: "token" }]);
  });

  it("serves all who wait with one token call", async () => {
    const { transport, calls } = client([token("t1"), ok, ok, ok]);
    await Promise.all([transport(get()), transport(get()), transport(get())]);
    expect(calls().filter(([, path]) => path === "/api/tokens")).toHaveLength(1);
  });

  it("is renewed before the token ends: a tenth of its lifetime or a minute before, whichever is less", async () => {
    const time = handClock();
    const iat = Math.floor(time.now / 1000);
    const long = jwt({ iat, exp: iat + 3600 });
    const short = jwt({ iat: iat + 3541, exp: iat + 3541 + 100 });
    const { transport, calls } = client([token(long), ok, ok, token(short), ok, ok, token("t3"), ok], key, time);
    await transport(get());
    time.now += 3539_000;
    await transport(get());
    time.now += 2_000;
    await transport(get());
    time.now += 89_000;
    await transport(get());
    time.now += 2_000;
    await transport(get());
    const used = calls().map(([, path, bearer]) => bearer ?? path);
    const [first, second] = [`Bearer ${long}`, `Bearer ${short}`];
    expect(used).toEqual(["/api/tokens", first, first, "/api/tokens", second, second, "/api/tokens", "Bearer t3"]);
  });

  it("counts the lifetime by the server's clock when this one is wrong", async () => {
    const time = handClock();
    const server = time.now + 86_400_000;
    const exp = Math.floor(server / 1000) + 600;
    const date = new Date(server).toUTCString();
    const { transport, calls } = client([token(jwt({ exp }), { date }), ok, token("t2"), ok], key, time);
    await transport(get());
    time.now += 560_000;
    await transport(get());
    expect(calls().filter(([, path]) => path === "/api/tokens")).toHaveLength(2);
  });

  it("uses a token that says nothing of its end, or is over already by its own word, until ICA refuses it", async () => {
    for (const odd of ["opaque", jwt({ exp: 1 }), "a.b.c", jwt({ exp: "soon" })]) {
      const { transport, script, time } = client([token(odd), ok, ok]);
      await transport(get());
      time.now += 10 ** 12;
      await transport(get());
      expect(script.left()).toBe(0);
    }
  });
});

describe("401", () => {
  it("renews once and repeats the call, a POST as well, byte for byte", async () => {
    const { transport, script, calls } = client([token("t1"), { status: 401 }, token("t2"), { status: 201, json: {} }]);
    expect(await transport(post("/api/x", { body: "{}" }))).toMatchObject({ status: 201 });
    expect(calls().map(([, path, bearer]) => bearer ?? path)).toEqual([
      "/api/tokens",
      "Bearer t1",
      "/api/tokens",
      "Bearer t2",
    ]);
    expect(script.log[3]?.body).toBe("{}");
  });

  it("goes up the second time", async () => {
    const problem = { title: "ICA_SEC_002 : Unauthorized (ref. 1234abcd)", status: 401 };
    const { transport, script } = client([
      token("t1"),
      { status: 401, json: problem },
      token("t2"),
      { status: 401, json: problem },
    ]);
    const error = await failure(transport(get()));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 401, code: "ICA_SEC_002", reference: "1234abcd", title: "Unauthorized" });
    expect(script.left()).toBe(0);
  });

  it("renews once for many calls that were refused together", async () => {
    const { transport, calls } = client([token("t1"), { status: 401 }, { status: 401 }, token("t2"), ok, ok]);
    await Promise.all([transport(get()), transport(get())]);
    expect(calls().filter(([, path]) => path === "/api/tokens")).toHaveLength(2);
  });

  it("for a wrong key is one clear error, and the key is not sent again", async () => {
    const { transport, script } = client([{ status: 401, json: { title: "ICA_SEC_002 : Unauthorized (ref. ab12)" } }]);
    const [first, second] = await Promise.all([failure(transport(get())), failure(transport(get()))]);
    expect(first?.message).toBe(
      "POST /api/tokens: 401 Unauthorized: the API key was refused; check ICA_API_KEY (ICA_SEC_002, ref. ab12)",
    );
    expect(second?.message).toBe(first?.message);
    expect((await failure(transport(get()))).message).toBe(first?.message);
    expect(script.log).toHaveLength(1);
  });

  it("for a given token says so, and when it ends", async () => {
    const accessToken = jwt({ exp: 1_700_000_000 });
    const { transport, calls } = client([{ status: 401 }], { accessToken });
    const error = await failure(transport(get()));
    expect(error.message).toContain("check ICA_ACCESS_TOKEN; it ends at 2023-11-14T22:13:20.000Z");
    expect(error.message).not.toContain(accessToken);
    expect(calls()).toEqual([["GET", "/api/things", `Bearer ${accessToken}`]]);
  });
});

describe("a token call that fails", () => {
  it.each([
    new NetworkError(tokenCall, "no whole answer", true),
    new ProtocolError(tokenCall, "answered HTML", 200),
    { status: 503 },
    { status: 200, text: '{"token": "half-of-a-secr' },
    { status: 200, json: { nothing: 1 } },
  ] satisfies Step[])("leaves no doubt that the call itself was not sent (%#)", async (step) => {
    const { transport } = client([step]);
    const error = await failure(transport(post()));
    expect(mayHaveTakenEffect(error)).toBe(false);
    expect(error.message).toContain("/api/tokens");
    expect(`${error.message} ${String(error.cause)}`).not.toContain("half-of");
  });

  it("keeps the doubt when an earlier try of the call was lost", async () => {
    const { transport } = client([token("t1"), { status: 401, unsettled: true }, { status: 503 }]);
    expect(mayHaveTakenEffect(await failure(transport(post())))).toBe(true);
  });

  it("is made again for the next call", async () => {
    const { transport } = client([{ status: 503 }, token("t1"), ok]);
    await failure(transport(get()));
    expect(await transport(get())).toMatchObject({ status: 200 });
  });
});

describe("keys that cannot be sent", () => {
  it("are refused without being shown", () => {
    for (const apiKey of ["", "two words", "with\nnewline", "ümlaut-key"]) {
      expect(() => client([], { apiKey })).toThrow(UsageError);
      expect(() => client([], { apiKey })).toThrow(/^ICA_API_KEY is empty, or has spaces/);
    }
  });

  it("may end with the newline that a file has", async () => {
    const { transport, script } = client([token("t1"), ok], { apiKey: "good-key\n" });
    await transport(get());
    expect(script.log[0]?.headers).toEqual({ "x-api-key": "good-key" });
  });
});
