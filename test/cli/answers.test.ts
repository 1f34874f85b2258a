/** Answers that are broken, incomplete, or from a newer server: never read as "absent", never the cause of a run. */
import { describe, expect, it } from "vitest";
import type { FaultInput } from "../../src/simulator/faultRules.ts";
import { lab, proxy, serve, treeOf } from "../support/beside.ts";
import { expectClearError } from "../support/clear-error.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import { actionsOf, type Lab } from "../support/simulator.ts";

const RUNS = Array.from({ length: 6 }, (_, index) => run(`r${index}`)).join("");
const tree = (more = "") => treeOf({ "t.yaml": stack(more) + RUNS });

/** Six runs are in ICA; `plan` in pages of 2 needs three pages to see them. */
async function afterApply(): Promise<{ ica: Lab; folder: string }> {
  const ica = await lab();
  const folder = tree("limits: { pageSize: 2 }");
  await applyTree(folder, ica.sim);
  ica.forget();
  return { ica, folder };
}

describe.concurrent("a listing that fails on its second page", () => {
  it.each<[string, Partial<FaultInput> & Pick<FaultInput, "fault">, RegExp]>([
    ["403", { fault: "status-before", status: 403 }, /403/],
    ["404", { fault: "status-before", status: 404 }, /404/],
    ["HTML", { fault: "html", status: 200 }, /HTML/],
    ["broken JSON", { fault: "broken-json" }, /JSON/],
  ])("with %s is an error, never an absent run", async (_name, fault, what) => {
    const { ica, folder } = await afterApply();
    ica.sim.control.addFaults({ ...fault, match: { path: "analysis:search", nth: 2 } });
    const applied = await ica.icaform(["apply", folder, "--auto-approve"]);
    expectClearError(applied, what);
    expect(ica.writes()).toEqual([]);
    expect(ica.sim.analyses()).toHaveLength(6);
  });

  it.each<FaultInput["fault"]>(["lose-request", "lose-answer", "reset-mid-body"])(
    "with %s for ever is an error, after some tries",
    async (fault) => {
      const { ica, folder } = await afterApply();
      ica.sim.control.addFaults({ match: { path: "analysis:search", nth: 2 }, fault });
      // Lost once: asked again.
      expect((await planTree(folder, ica.sim)).summary).toMatchObject({ create: 0, unchanged: 6 });
      ica.sim.control.clearFaults();
      ica.sim.control.addFaults({ match: { path: "analysis:search" }, fault });
      await expect(planTree(folder, ica.sim, { tries: 3 })).rejects.toThrow(/after 3 tries/);
      expect(ica.writes()).toEqual([]);
    },
  );

  it("with a server that goes down there is an error, after some tries", async () => {
    const { ica, folder } = await afterApply();
    let pages = 0;
    const down = await proxy(ica.sim.url, ({ url }) => {
      if (!url.includes("analysis:search") || ++pages === 1) return undefined;
      return { status: 503, headers: { "content-type": "text/plain" }, body: "down" };
    });
    await expect(planTree(folder, { ...ica.sim, url: down.url })).rejects.toThrow(/503.*after 10 tries/);
    expect(pages).toBe(11);
    expect(ica.writes()).toEqual([]);
  });

  it("that says there is more than it gives is an error", async () => {
    const { ica, folder } = await afterApply();
    const short = await proxy(ica.sim.url, ({ url }, { body }) => {
      if (!url.includes("analysis:search")) return undefined;
      const page = JSON.parse(body) as Record<string, unknown>;
      return { body: JSON.stringify({ ...page, nextPageToken: null, remainingRecords: 4 }) };
    });
    const ran = await ica.icaform(["apply", folder, "--auto-approve"], { env: { ICA_SERVER: short.url } });
    expectClearError(ran, /incomplete/);
    expect(ica.writes()).toEqual([]);
  });

  it("that repeats a page token does not go on for ever", async () => {
    const { ica, folder } = await afterApply();
    const endless = await proxy(ica.sim.url, ({ url }, { body }) => {
      if (!url.includes("analysis:search")) return undefined;
      return { body: JSON.stringify({ ...(JSON.parse(body) as object), nextPageToken: "again" }) };
    });
    const ran = await ica.icaform(["plan", folder], { env: { ICA_SERVER: endless.url } });
    expect(ran.code).toBe(1);
    expect(endless.received.length).toBeLessThan(20);
  });
});

describe.concurrent("what is not ICA's answer", () => {
  it("HTML instead of JSON hints at the server's address", async () => {
    const page = await serve((_request, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Please log in</body></html>"),
    );
    const ica = await lab();
    const ran = await ica.icaform(["plan", tree()], { env: { ICA_SERVER: page.url } });
    expectClearError(ran, /HTML instead of JSON/);
    expect(ran.stderr).toContain("/ica/rest");
    expect(ran.stderr).not.toContain("Please log in");
    expect(page.received).toHaveLength(1);
  });

  it.each([
    ["half a body", '{"items": [{"id": "11111111-1111', /JSON/],
    ["no items", "{}", /items/],
    ["items that are no list", '{"items": "none"}', /items/],
    ["an item without a name", '{"items": [{"id": "11111111-1111-4111-8111-111111111111"}]}', /name/],
    ["an empty body", "", /empty|JSON/],
    ["another JSON", "[]", /items/],
  ])("a 200 with %s is an error that says so, asked for once", async (_name, body, what) => {
    const ica = await lab();
    const broken = await proxy(ica.sim.url, ({ url }) =>
      url.startsWith("/ica/rest/api/projects?") ? { body } : undefined,
    );
    const failure = await planTree(tree(), { ...ica.sim, url: broken.url }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).toMatch(what);
    expect((failure as Error).message).not.toContain("\n");
    expect(broken.received.filter(({ url }) => url.includes("/api/projects?"))).toHaveLength(1);
  });

  it("a 200 with half a body ends the command with one line", async () => {
    const ica = await lab({ faults: [{ match: { path: "/api/projects" }, fault: "broken-json" }] });
    expectClearError(await ica.icaform(["plan", tree()]), /JSON/);
  });

  it("a run without its tags is an error, not a run that is nobody's", async () => {
    const { ica, folder } = await afterApply();
    const bare = await proxy(ica.sim.url, ({ url }, { body }) =>
      url.includes("analysis:search") ? { body: body.replaceAll('"technicalTags"', '"tags2"') } : undefined,
    );
    const ran = await ica.icaform(["apply", folder, "--auto-approve"], { env: { ICA_SERVER: bare.url } });
    expectClearError(ran, /technicalTags/);
    expect(ica.writes()).toEqual([]);
  });

  it("a broken answer to a create is looked up, not sent again under another name", async () => {
    const ica = await lab({ faults: [{ match: { path: "analysis:nextflow", times: 1 }, fault: "broken-json" }] });
    const folder = treeOf({ "t.yaml": stack() + run("r") });
    const { summary, results } = await ica.applied(folder);
    expect(summary).toMatchObject({ done: 1 });
    expect(ica.sim.analyses().map(({ id }) => id)).toEqual([results[0]?.analysisId]);
  });
});

describe.concurrent("a newer server", () => {
  it("may send fields that are unknown today", async () => {
    const ica = await lab();
    const newer = await proxy(ica.sim.url, (_request, { body }) => {
      if (!body.startsWith("{")) return undefined;
      const added = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.map(added);
        if (value === null || typeof value !== "object") return value;
        const members = Object.entries(value).map(([key, member]) => [key, added(member)] as const);
        return { aNewField: { deep: [1, null, "x"] }, ...Object.fromEntries(members) };
      };
      return { body: JSON.stringify(added(JSON.parse(body))) };
    });
    const env = { ICA_SERVER: newer.url };
    const folder = tree();
    expect((await ica.icaform(["apply", folder, "--auto-approve"], { env })).code).toBe(0);
    const again = await ica.icaform(["plan", folder, "--detailed-exitcode"], { env });
    expect(again.code, again.stderr).toBe(0);
    expect(ica.sim.analyses()).toHaveLength(6);
  });

  it("may know other statuses: shown, left alone, and waited for", async () => {
    const ica = await lab();
    const chain = run("next", "dependsOn: [PipelineRun/r]");
    const folder = treeOf({ "t.yaml": stack() + run("r") + chain });
    await applyTree(folder, ica.sim);
    const newer = await proxy(ica.sim.url, (_request, { body }) => ({
      body: body.replaceAll('"status":"REQUESTED"', '"status":"DEFROSTING"'),
    }));
    const env = { ICA_SERVER: newer.url };
    const { stdout } = await ica.icaform(["plan", folder, "--format", "json"], { env });
    const plan = JSON.parse(stdout) as Parameters<typeof actionsOf>[0];
    expect(actionsOf(plan)).toEqual(["wait PipelineRun/next", "no-op PipelineRun/r"]);
    expect(plan.changes.map(({ reason }) => reason).join()).toContain("DEFROSTING");
    expect((await ica.icaform(["plan", folder], { env })).stdout).toContain("DEFROSTING");
    expect((await ica.icaform(["apply", folder, "--auto-approve"], { env })).code).toBe(0);
    expect(ica.sim.analyses()).toHaveLength(1);
  });

  it("an orphan in an unknown status is not taken for an active one", async () => {
    const ica = await lab();
    await applyTree(treeOf({ "t.yaml": stack() + run("r") }), ica.sim);
    const newer = await proxy(ica.sim.url, (_request, { body }) => ({
      body: body.replaceAll('"status":"REQUESTED"', '"status":"DEFROSTING"'),
    }));
    const ran = await ica.icaform(["apply", treeOf({ "t.yaml": stack() }), "--prune", "--auto-approve"], {
      env: { ICA_SERVER: newer.url },
    });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain("DEFROSTING");
    expect(ica.sim.analyses().map(({ status }) => status)).toEqual(["REQUESTED"]);
  });
});

describe.concurrent("a wrong key", () => {
  it.each(["plan", "apply"])("%s ends with one line and asks once", async (command) => {
    const ica = await lab();
    const ran = await ica.icaform([command, tree()], { env: { ICA_API_KEY: "wrong-key-of-somebody" } });
    expectClearError(ran, /401.*ICA_SEC_002/);
    expect(ran.stderr).toContain("ICA_API_KEY");
    expect(ran.stderr).not.toContain("wrong-key-of-somebody");
    expect(ica.sim.requests.map(({ path }) => path)).toEqual(["/api/tokens"]);
  });

  it("a token that has expired cannot be renewed: said once", async () => {
    const ica = await lab();
    const env = { ICA_API_KEY: "", ICA_ACCESS_TOKEN: "e30.e30.e30" };
    expectClearError(await ica.icaform(["plan", tree()], { env }), /401/);
    expect(ica.sim.requests.length).toBeLessThan(5);
  });

  it("a token that ICA drops in the middle is renewed once and nobody notices", async () => {
    const ica = await lab({ faults: [{ match: { path: "analysis:search", times: 1 }, fault: "expire-token" }] });
    const { results } = await ica.applied(tree());
    expect(results).toHaveLength(6);
    expect(ica.sim.requests.filter(({ path }) => path === "/api/tokens")).toHaveLength(2);
    expect(ica.sim.analyses()).toHaveLength(6);
  });

  it("no right to read the project is said with what to do", async () => {
    const ica = await lab({ faults: [{ match: { path: "/api/projects" }, fault: "status-before", status: 403 }] });
    expectClearError(await ica.icaform(["plan", tree()]), /403/);
  });
});
