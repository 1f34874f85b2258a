/** ICA's page, "CORS Support" and "Rate Limiting". */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createReader } from "../../src/ica/client.ts";
import { parseSeed } from "../../src/simulator/seed.ts";
import { ica, V3, V4 } from "../simulator/ica.ts";
import { ROOT } from "../support/cli.ts";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const ORIGIN = "https://dashboard.lab.example";

describe("“The APIs support Cross-origin resources sharing (CORS)”", () => {
  /** What a browser asks before a call with these headers, and whether it would then let the call go out. */
  async function preflight(url: string, method: string, headers: string): Promise<boolean> {
    const asked = {
      origin: ORIGIN,
      "access-control-request-method": method,
      "access-control-request-headers": headers,
    };
    const answer = await fetch(url, { method: "OPTIONS", headers: asked });
    const listed = (name: string) => (answer.headers.get(name) ?? "").toLowerCase().split(/\s*,\s*/);
    const origin = answer.headers.get("access-control-allow-origin");
    return (
      answer.ok &&
      (origin === ORIGIN || origin === "*") &&
      listed("access-control-allow-methods").includes(method.toLowerCase()) &&
      headers.split(",").every((name) => listed("access-control-allow-headers").includes(name))
    );
  }

  it.each([
    ["GET", "/api/projects", "accept,x-api-key"],
    ["GET", "/api/projects", "accept,authorization"],
    ["POST", "/api/tokens", "accept,x-api-key"],
    ["POST", "/analysis:nextflow", "accept,authorization,content-type,idempotency-key"],
    ["PUT", "/analyses/x", "accept,authorization,content-type,if-match"],
  ])("a preflight of %s %s with %s is answered, without a key", async (method, path, headers) => {
    const { simulator, project } = await ica();
    const url = `${simulator.url}${path.startsWith("/api") ? path : project() + path}`;
    expect(await preflight(url, method, headers)).toBe(true);
  });

  it("the answer itself may be read by the page, its ETag too; a refusal as well", async () => {
    const world = await ica();
    const created = await world.create({}, { origin: ORIGIN });
    const id = (created.body as { id: string }).id;
    const read = await world.ask("GET", `${world.project()}/analyses/${id}`, { type: V4, headers: { origin: ORIGIN } });
    const refused = await world.ask("GET", "/api/projects", { headers: { origin: ORIGIN, "x-api-key": "wrong" } });
    for (const { headers } of [created, read, refused]) {
      expect([ORIGIN, "*"]).toContain(headers.get("access-control-allow-origin"));
    }
    expect(read.headers.get("access-control-expose-headers")?.toLowerCase()).toContain("etag");
    expect(refused.status).toBe(401);
  });

  it("an answer differs by origin, and says so to caches", async () => {
    const { ask } = await ica();
    expect((await ask("GET", "/api/projects", { headers: { origin: ORIGIN } })).headers.get("vary")).toMatch(/origin/i);
  });
});

describe("“The ICA API contains a rate limiter to prevent excessive requests from interfering with normal operations”", () => {
  it("“error 429 Too many requests”: the simulator's limit speaks ICA's words", async () => {
    const { ask } = await ica({ switches: { rate: 1, burst: 1 } });
    const answers = [await ask("GET", "/api/projects"), await ask("GET", "/api/projects")];
    expect(answers.map(({ status }) => status)).toEqual([200, 429]);
    expect(answers[1]?.text).toMatch(/ICA_API_429 : Too many requests\. Please try again later! \(ref\. \w{8}\)/);
  });

  it.each(["none", "seconds", "date"] as const)(
    "“Implement exponential backoff instead of a fixed retry time”: the bound doubles (Retry-After: %s)",
    async (retryAfter) => {
      const { simulator } = await ica({ switches: { rate: 1000, burst: 1000, retryAfter } });
      const busy = { match: { method: "GET", path: "/api/projects", times: 6 }, fault: "status-before" } as const;
      simulator.control.addFaults({ ...busy, status: 429, ...(retryAfter === "none" ? {} : { retryAfter: 7 }) });
      const waits: number[] = [];
      const reader = createReader({
        server: new URL(simulator.url),
        credentials: { apiKey: simulator.apiKey },
        userAgent: "test",
        sleep: async () => undefined,
        random: () => 0.999_999,
        onEvent: ({ type, waitMs }) => {
          if (type === "retry") waits.push(Math.round(waitMs ?? 0));
        },
      });
      for await (const _ of reader.projects("x"));
      await reader.close();
      expect(waits).toHaveLength(6);
      if (retryAfter === "none") expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000]);
      else for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(7_000);
    },
  );

  it("“Exponential backoff increases the delay between each retry attempt to increase the chance of the retry attempt succeeding”: an apply ends well", async () => {
    const lab1 = await lab({ switches: { rate: 15, burst: 3, speed: 0 } });
    const runs = ["a", "b", "c"].map((name) => run(name)).join("");
    await lab1.applied(treeOf({ "t.yaml": stack() + runs }));
    expect(lab1.sim.requests.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    expect(lab1.sim.analyses()).toHaveLength(3);
  });

  it("“Determine for each API call in your design if it is really necessary”: a plan costs the same for 3 runs and for 60", async () => {
    const calls: number[] = [];
    for (const count of [3, 60]) {
      const { sim, plan } = await lab();
      const runs = Array.from({ length: count }, (_, index) =>
        run(`r${index}`, "outputs: [{ source: out/, target: /t/ }]"),
      );
      await plan(treeOf({ "t.yaml": stack() + runs.join("") }));
      calls.push(sim.requests.length);
    }
    expect(calls[1]).toBe(calls[0]);
    expect(calls[0]).toBeLessThan(12);
  });

  it("“If all else fails, contact Illumina technical support”: a limit that never lets go is told with its reference", async () => {
    const seedFile = join(ROOT, "examples/simulator-seed.yaml");
    const { icaform } = await lab({
      seed: parseSeed(readFileSync(seedFile, "utf8"), seedFile),
      faults: [{ match: { path: "/api/tokens" }, fault: "status-before", status: 429, retryAfter: 0 }],
    });
    const { code, stderr } = await icaform(["plan", "examples/quickstart"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/429 Too many requests.*ICA_API_429, ref\. \w{8}/);
    expect(stderr).toContain("limits.requestsPerSecond");
  });
});

it("the page's media type is ICA's V3", () => expect(V3).toBe("application/vnd.illumina.v3+json"));
