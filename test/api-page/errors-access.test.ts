/** Issue 3, point 5: a wrong key, an expired token, no access to the project. */
import { describe, expect, it } from "vitest";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS } from "../support/world.ts";
import { expectTold, type Problem, refusing } from "./refusing.ts";

const tree = (documents: string) => treeOf({ "t.yaml": stack() + documents });

/** A JWT that nobody signed, which ends at that time. */
const tokenUntil = (time: string) => {
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${part({ alg: "HS256" })}.${part({ iat: Date.parse(time) / 1000 - 3600, exp: Date.parse(time) / 1000 })}.c2ln`;
};

describe("who is asking", () => {
  it("a wrong key", async () => {
    const world = await lab();
    const ran = await world.icaform(["plan", tree(run("r"))], { env: { ICA_API_KEY: "somebody-elses-key" } });
    expectTold(
      ran,
      /POST \/api\/tokens: 401 Unauthorized.*ICA_API_KEY.*\(ICA_SEC_002, ref\. \w{8}\)/,
      /.*make a new one in the Illumina portal/,
    );
    expect(ran.stderr).not.toContain("somebody-elses-key");
  });

  it("an expired token (ICA_ACCESS_TOKEN): when it ended, and that a fresh one or the key helps", async () => {
    const world = await lab();
    const env = { ICA_API_KEY: "", ICA_ACCESS_TOKEN: tokenUntil("2026-01-02T03:04:05Z") };
    const ran = await world.icaform(["plan", tree(run("r"))], { env });
    expectTold(
      ran,
      /GET \/api\/projects: 401 Unauthorized.*2026-01-02T03:04:05.*\(ICA_SEC_002, ref\. \w{8}\)/,
      /.*fresh ICA_ACCESS_TOKEN/,
    );
    expect(ran.stderr).toContain("ICA_API_KEY");
  });

  it.each([
    [{ ICAV2_ACCESS_TOKEN: "e30.e30.e30" }, "ICAV2_ACCESS_TOKEN", /\bICA_ACCESS_TOKEN/],
    [{ ICA_ACCESS_TOKEN: "", ICAV2_ACCESS_TOKEN: "e30.e30.e30" }, "ICAV2_ACCESS_TOKEN", /\bICA_ACCESS_TOKEN/],
    [{ ICA_ACCESS_TOKEN: "e30.e30.e30", ICAV2_ACCESS_TOKEN: "x" }, "ICA_ACCESS_TOKEN", /ICAV2/],
  ])("a refused token is told by the variable that it came from: %j", async (env, variable, other) => {
    const world = await lab();
    const ran = await world.icaform(["plan", tree(run("r"))], { env: { ICA_API_KEY: "", ...env } });
    expectTold(ran, new RegExp(`.*401 Unauthorized.*check ${variable}`), new RegExp(`.*fresh ${variable}`));
    expect(ran.stderr).not.toMatch(other);
  });

  it("a token that ends in the middle of an apply: each run that was not started says so", async () => {
    const world = await lab();
    const made = await fetch(`${world.sim.url}/api/tokens`, {
      method: "POST",
      headers: { "x-api-key": world.sim.apiKey },
    });
    const { token } = (await made.json()) as { token: string };
    world.sim.control.addFaults({ match: { path: "analysis:nextflow", times: 1 }, fault: "expire-token" });
    const env = { ICA_API_KEY: "", ICA_ACCESS_TOKEN: token };
    const { code, applied } = await world.apply(tree(run("a") + run("b")), ["--concurrency", "1"], env);
    expect(code).toBe(3);
    expect(applied.results.map(({ outcome }) => outcome)).toEqual(["failed", "failed"]);
    for (const result of applied.results) {
      expect(result.error).toMatch(/POST \S+analysis:nextflowWithCustomInput: 401 Unauthorized.*ICA_SEC_002/);
      expect(result.help).toContain("fresh ICA_ACCESS_TOKEN");
      expect(result.line).toEqual(expect.any(Number));
    }
    expect(world.sim.analyses()).toEqual([]);
  });

  it("a 401 with the API key does not tell to set the key that is set", async () => {
    const world = await lab();
    const { url } = await refusing(world.sim.url, /GET \/api\/projects$/, {
      status: 401,
      code: "ICA_SEC_002",
      message: "Unauthorized",
    });
    const { stderr } = await world.icaform(["plan", tree(run("r")), "--server", url]);
    expect(stderr).toMatch(/help: /);
    expect(stderr).not.toMatch(/help: .*(set ICA_API_KEY, or|ICA_ACCESS_TOKEN)/);
  });
});

describe("no access to the project", () => {
  const byId = `project: ${IDS.prod}`;
  const forbidden: Problem = { status: 403, code: "ICA_SEC_003", message: "No access to the project" };
  const missing: Problem = { status: 404, code: "ICA_API_404", message: "Project was not found" };

  it("by name: it is not in the list, said at its line", async () => {
    const world = await lab();
    const ran = await world.icaform(["plan", tree(run("r", "project: prod-of-others"))]);
    expectTold(ran, /no project prod-of-others/, /.*the API key's user has access to it/);
    expect(ran.stderr).toMatch(/t\.yaml:\d+:\d+: error: no project prod-of-others/);
  });

  it.each([
    ["404", missing],
    ["403", forbidden],
  ])("by id, answered %s: said at its line", async (_status, problem) => {
    const world = await lab();
    const { url } = await refusing(world.sim.url, new RegExp(`GET /api/projects/${IDS.prod}$`), problem);
    const ran = await world.icaform(["plan", tree(run("r", byId)), "--server", url]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/t\.yaml:\d+:\d+: error: /);
    expect(ran.stderr).toMatch(/help: .*access/);
  });
});

describe("wrong media type", () => {
  it("400 Invalid Accept Header of a read: update icaform", async () => {
    const world = await lab();
    const problem = { status: 400, code: "ICA_API_400", message: "Invalid Accept Header" };
    const { url } = await refusing(world.sim.url, /GET \/api\/storageCredentials$|GET \S+\/pipelines$/, problem);
    const ran = await world.icaform(["plan", tree(run("r")), "--server", url]);
    expectTold(
      ran,
      /project prod: GET \S+\/pipelines: 400 Invalid Accept Header.*\(ICA_API_400, ref\. \w{8}\)/,
      /.*update icaform/,
    );
  });
});
