import http from "node:http";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ica, pick, text, V3, V4 } from "./ica.ts";

describe("keys and tokens", () => {
  it("takes an API key or a token made with it", async () => {
    const { ask, simulator } = await ica();
    const token = text((await ask("POST", "/api/tokens")).body, "token");
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as {
      exp: number;
      sub: string;
    };
    expect(claims.exp * 1000).toBeGreaterThan(Date.now());
    const listed = await fetch(`${simulator.url}/api/projects`, { headers: { authorization: `Bearer ${token}` } });
    expect(listed.status).toBe(200);
    expect((await ask("GET", "/api/projects")).status).toBe(200);
  });

  it("refuses a wrong key, a wrong token and none with 401", async () => {
    const { ask, simulator } = await ica();
    const wrong = await ask("GET", "/api/projects", { headers: { "x-api-key": "wrong" } });
    expect(wrong.status).toBe(401);
    expect(wrong.mediaType).toBe("application/problem+json");
    expect(text(wrong.body, "detail")).toMatch(/^ICA_SEC_002 : Unauthorized \(ref\. [0-9a-f]{8}\)$/);
    expect((await ask("POST", "/api/tokens", { headers: { "x-api-key": "wrong" } })).status).toBe(401);
    expect((await fetch(`${simulator.url}/api/projects`)).status).toBe(401);
    const forged = await fetch(`${simulator.url}/api/projects`, { headers: { authorization: "Bearer a.b.c" } });
    expect(forged.status).toBe(401);
  });

  it("lets tokens expire", async () => {
    const { ask, simulator } = await ica({ switches: { jwtLifetime: 100 } });
    const token = text((await ask("POST", "/api/tokens")).body, "token");
    const get = () => fetch(`${simulator.url}/api/projects`, { headers: { authorization: `Bearer ${token}` } });
    expect((await get()).status).toBe(200);
    simulator.control.advance(101);
    expect((await get()).status).toBe(401);
  });

  it("does not refresh a token that came from an API key", async () => {
    const { ask } = await ica();
    expect((await ask("POST", "/api/tokens:refresh")).status).toBe(400);
  });
});

describe("media types", () => {
  it("answers 400 to an Accept header of another version", async () => {
    const { ask, project } = await ica();
    const answer = await ask("GET", "/api/projects", { accept: V4 });
    expect(answer.status).toBe(400);
    expect(text(answer.body, "detail")).toContain("Invalid Accept Header");
    expect((await ask("GET", "/api/projects", { accept: "application/json" })).status).toBe(400);
    expect((await ask("GET", `${project()}/analysisStorages`, { accept: V3 })).status).toBe(400);
  });

  it("takes the first described type for */*, and the most wanted of several", async () => {
    const { ask, create, project } = await ica();
    const id = text((await create()).body, "id");
    const typeFor = async (accept: string) => (await ask("GET", `${project()}/analyses/${id}`, { accept })).mediaType;
    expect(await typeFor("*/*")).toBe(V4);
    expect(await typeFor(`${V3};q=0.5, ${V4}`)).toBe(V4);
    expect(await typeFor(`text/html, ${V3}`)).toBe(V3);
  });

  it("refuses a body of a type that is not described, and two versions in one call", async () => {
    const { ask, form, project } = await ica();
    const path = `${project()}/analysis:nextflow`;
    const body = await form();
    expect((await ask("POST", path, { body, type: "application/json", accept: V4 })).status).toBe(415);
    expect((await ask("POST", path, { body, type: V3, accept: V4 })).status).toBe(400);
    const answer = await ask("POST", path, { body, type: V3, accept: "*/*" });
    expect([answer.status, answer.mediaType]).toEqual([201, V3]);
    expect((await ask("POST", `${project()}/analysis:nextflowJson`, { body, type: V3 })).status).toBe(415);
  });

  it("says what is wrong with JSON that is none", async () => {
    const { ask, project } = await ica();
    const answer = await ask("POST", `${project()}/analysis:nextflow`, { body: "{", type: V4 });
    expect([answer.status, text(answer.body, "title")]).toEqual([400, expect.stringContaining("not JSON")]);
  });
});

describe("around the API", () => {
  it("describes its refusals as problems", async () => {
    const { ask } = await ica();
    const answer = await ask("GET", "/api/nothing");
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({
      status: 404,
      type: expect.stringMatching(/^https:/),
      title: expect.any(String),
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      parameters: {},
    });
    const method = await ask("DELETE", "/api/projects");
    expect([method.status, method.headers.get("allow")]).toEqual([405, "GET"]);
  });

  it("answers preflights without a key and lets pages read answers", async () => {
    const { ask, simulator } = await ica();
    const preflight = await fetch(`${simulator.url}/api/projects`, {
      method: "OPTIONS",
      headers: { origin: "https://lab.example", "access-control-request-headers": "x-api-key" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://lab.example");
    expect(preflight.headers.get("access-control-allow-headers")).toBe("x-api-key");
    expect(preflight.headers.get("access-control-allow-methods")).toContain("PUT");
    const answer = await ask("GET", "/api/projects", { headers: { origin: "https://lab.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://lab.example");
    expect(answer.headers.get("access-control-expose-headers")).toContain("ETag");
  });

  it("zips answers when asked, and only then", async () => {
    const { simulator } = await ica();
    const get = (encoding: string) =>
      new Promise<{ encoding: string | undefined; body: Buffer }>((resolve) => {
        const headers = { "x-api-key": simulator.apiKey, "accept-encoding": encoding };
        http.get(`${simulator.url}/api/projects`, { headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(chunks) }),
          );
        });
      });
    const zipped = await get("gzip");
    const plain = await get("identity");
    expect([zipped.encoding, plain.encoding]).toEqual(["gzip", undefined]);
    expect(gunzipSync(zipped.body).toString()).toBe(plain.body.toString());
  });

  it("records requests and their answers", async () => {
    const { ask, simulator } = await ica();
    await ask("GET", "/api/projects?search=x", { headers: { "idempotency-key": "k" } });
    expect(simulator.requestCount()).toBe(1);
    expect(simulator.requests[0]).toMatchObject({
      method: "GET",
      path: "/api/projects",
      query: "search=x",
      status: 200,
      user: "simulated-user",
    });
    expect(pick(simulator.requests[0], "headers.idempotency-key")).toBe("k");
  });
});
