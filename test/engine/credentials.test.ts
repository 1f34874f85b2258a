/** Storage credentials: created, shared, rotated; their secrets go out and never come back. */
import { describe, expect, it } from "vitest";
import { TreeError } from "../../src/core/errors.ts";
import type { RequestLogEntry } from "../../src/simulator/middleware/log.ts";
import type { SeedCredential } from "../../src/simulator/seedTypes.ts";
import type { Switches } from "../../src/simulator/switches.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { credential, run, runFromBucket, SECRETS, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { WORLD } from "../support/world.ts";

const V3 = "application/vnd.illumina.v3+json";
const AWS = { accessKeyId: SECRETS.S3_KEY_ID, secretAccessKey: SECRETS.S3_SECRET };

const withCredentials = (credentials: SeedCredential[], switches: Partial<Switches> = {}) =>
  lab({
    seed: { ...WORLD, credentials, users: [...WORLD.users, { name: "bob" }] },
    switches: { speed: 0, ...switches },
  });

const apply = (ica: Lab, text: string, more: Parameters<typeof applyTree>[2] = {}) =>
  applyTree(treeOf({ "t.yaml": text }), ica.sim, { secrets: SECRETS, ...more });

const plan = (ica: Lab, text: string) => planTree(treeOf({ "t.yaml": text }), ica.sim);

const calls = (requests: RequestLogEntry[]) => requests.map(({ method, path }) => `${method} ${path}`);

describe("a credential that is not in ICA", () => {
  it("is created with its secrets, then shared, before the run that needs it", async () => {
    const ica = await lab();
    const { results } = await apply(ica, stack() + runFromBucket("r", "lab-s3") + credential("lab-s3", "share: true"));
    expect(results.map(({ address, outcome }) => `${outcome} ${address}`).sort()).toEqual([
      "done PipelineRun/r",
      "done StorageCredential/lab-s3",
    ]);
    const [made] = ica.sim.credentials();
    expect(made).toMatchObject({ name: "lab-s3", shared: true });
    const [create, share, start, ...others] = ica.writes();
    expect(others).toEqual([]);
    expect(create).toMatchObject({ method: "POST", path: "/api/storageCredentials" });
    expect(JSON.parse(create?.body ?? "")).toStrictEqual({ name: "lab-s3", type: "AWS_USER", awsCredentials: AWS });
    expect(create?.headers["content-type"]).toBe(V3);
    expect(create?.headers.accept).toBe(V3);
    // ICA has no Idempotency-Key here (ica-facts).
    expect(create?.headers["idempotency-key"]).toBeUndefined();
    expect(share).toMatchObject({ method: "POST", path: `/api/storageCredentials/${made?.id}:share`, body: "" });
    expect(start?.body).toContain(`"storageCredentialsId":"${made?.id}"`);
  });

  it("is not shared unless the manifest says so", async () => {
    const ica = await lab();
    await apply(ica, stack() + credential("a") + credential("b", "share: false"));
    expect(ica.sim.credentials().map(({ shared }) => shared)).toEqual([false, false]);
    expect(ica.writes().filter(({ path }) => path.endsWith(":share"))).toEqual([]);
  });

  it("is created once: the next plan is empty, and so is that of a tree without runs", async () => {
    const ica = await lab();
    const text = stack() + credential("lab-s3", "share: true");
    await apply(ica, text);
    expect(actionsOf(await plan(ica, text))).toEqual(["no-op StorageCredential/lab-s3"]);
    await apply(ica, text);
    expect(ica.sim.credentials()).toHaveLength(1);
    expect(actionsOf(await plan(ica, stack()))).toEqual([]);
  });

  it("whose answer is lost is looked for, and not created twice", async () => {
    for (const fault of ["lose-answer", "status-after", "broken-json", "reset-mid-body"] as const) {
      const ica = await lab({
        faults: [{ match: { method: "POST", path: "storageCredentials$", times: 1 }, fault }],
        switches: { speed: 0, duplicateCredentialNames: "second" },
      });
      const { results } = await apply(
        ica,
        stack() + credential("lab-s3", "share: true") + runFromBucket("r", "lab-s3"),
      );
      expect(
        results.map(({ outcome }) => outcome),
        fault,
      ).toEqual(["done", "done"]);
      expect(ica.sim.credentials(), fault).toMatchObject([{ name: "lab-s3", shared: true }]);
    }
  });

  it("whose request is lost is looked for, then created once", async () => {
    const ica = await lab({
      faults: [{ match: { method: "POST", path: "storageCredentials$", times: 1 }, fault: "lose-request" }],
    });
    const { results } = await apply(ica, stack() + credential("lab-s3"));
    expect(results).toMatchObject([{ outcome: "done" }]);
    expect(ica.sim.credentials()).toHaveLength(1);
  });

  it("that cannot be shared is a failure that says how to repeat it", async () => {
    const ica = await lab({ faults: [{ match: { path: ":share" }, fault: "status-before", status: 403 }] });
    const { results } = await apply(ica, stack() + credential("lab-s3", "share: true"));
    expect(results).toMatchObject([{ outcome: "failed", error: expect.stringContaining("--share lab-s3") }]);
    ica.sim.control.clearFaults();
    const again = await apply(ica, stack() + credential("lab-s3", "share: true"), { share: ["lab-s3"] });
    expect(again.results).toMatchObject([{ action: "update", outcome: "done" }]);
    expect(ica.sim.credentials()).toMatchObject([{ shared: true }]);
  });
});

describe("a credential past rotateAfter", () => {
  const DUE = [{ name: "lab-s3", timeModified: "2026-01-01T00:00:00Z" }];
  const text = stack() + credential("lab-s3", "rotateAfter: 2026-11-01T00:00:00Z");

  it("gets new secrets, once", async () => {
    const ica = await withCredentials(DUE);
    const planned = await plan(ica, text);
    expect(planned.changes).toMatchObject([
      { address: "StorageCredential/lab-s3", action: "update", fields: [{ path: "secrets", sensitive: true }] },
    ]);
    expect(planned.changes[0]?.reason).toContain("2026-11-01");
    const { results } = await apply(ica, text);
    expect(results).toMatchObject([{ outcome: "done" }]);
    expect(results[0]?.note).toBeUndefined();
    const [id] = ica.sim.credentials().map((one) => one.id);
    expect(calls(ica.writes())).toEqual([`POST /api/storageCredentials/${id}:updateSecrets`]);
    expect(JSON.parse(ica.writes()[0]?.body ?? "")).toStrictEqual({ awsCredentials: AWS });
    expect(actionsOf(await plan(ica, text))).toEqual(["no-op StorageCredential/lab-s3"]);
  });

  it("is not due before: a later change in ICA counts, in any time zone", async () => {
    for (const timeModified of ["2026-11-01T00:00:01Z", "2026-11-01T00:00:00Z"]) {
      const ica = await withCredentials([{ name: "lab-s3", timeModified }]);
      expect(actionsOf(await plan(ica, text))).toEqual(["no-op StorageCredential/lab-s3"]);
      const zoned = stack() + credential("lab-s3", "rotateAfter: 2026-11-01T02:00:00+02:00");
      expect(actionsOf(await plan(ica, zoned))).toEqual(["no-op StorageCredential/lab-s3"]);
      const later = stack() + credential("lab-s3", "rotateAfter: 2026-11-01T00:00:00-02:00");
      expect(actionsOf(await plan(ica, later))).toEqual(["update StorageCredential/lab-s3"]);
    }
  });

  it("on a server that does not move timeModified stays due, and the note says so", async () => {
    const ica = await withCredentials(DUE, { updateSecretsMovesTimeModified: false });
    const { results } = await apply(ica, text);
    expect(results).toMatchObject([{ outcome: "done", note: expect.stringMatching(/timeModified.*rotateAfter/) }]);
    expect(actionsOf(await plan(ica, text))).toEqual(["update StorageCredential/lab-s3"]);
  });

  it("fails when it belongs to somebody else, and says why", async () => {
    const ica = await withCredentials([
      { name: "lab-s3", owner: "bob", shared: true, timeModified: "2026-01-01T00:00:00Z" },
    ]);
    const { results } = await apply(ica, text);
    expect(results).toMatchObject([{ outcome: "failed", error: expect.stringContaining("404") }]);
  });
});

describe("apply --rotate and --share", () => {
  const text = stack() + credential("lab-s3") + credential("other");

  it("act on the credential named, whatever the dates say", async () => {
    const ica = await withCredentials([{ name: "lab-s3" }, { name: "other" }]);
    const folder = treeOf({ "t.yaml": text });
    const applied = await ica.applied(folder, ["--rotate", "lab-s3", "--share", "lab-s3"], SECRETS);
    expect(applied.results).toMatchObject([{ address: "StorageCredential/lab-s3", action: "update", outcome: "done" }]);
    const id = ica.sim.credentials().find(({ name }) => name === "lab-s3")?.id;
    expect(calls(ica.writes()).sort()).toEqual([
      `POST /api/storageCredentials/${id}:share`,
      `POST /api/storageCredentials/${id}:updateSecrets`,
    ]);
    ica.forget();
    await ica.applied(folder, ["--share", "other"]);
    expect(ica.writes()).toHaveLength(1);
  });

  it("of an undeclared name is an error", async () => {
    const ica = await withCredentials([{ name: "foreign" }]);
    for (const flag of ["--rotate", "--share"]) {
      const ran = await ica.icaform(["apply", treeOf({ "t.yaml": text }), "--auto-approve", flag, "foreign"]);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain("foreign");
    }
    expect(ica.writes()).toEqual([]);
  });
});

describe("a name that ICA has twice", () => {
  it("is an error at the manifest's line that lists both ids", async () => {
    const ica = await withCredentials([
      { id: "55555555-5555-4555-8555-555555555551", name: "lab-s3" },
      { id: "55555555-5555-4555-8555-555555555552", name: "lab-s3" },
    ]);
    const text = stack() + credential("lab-s3") + runFromBucket("r", "lab-s3");
    const failure = await plan(ica, text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TreeError);
    const { diagnostics } = failure as TreeError;
    expect(diagnostics).toMatchObject([{ severity: "error", file: "t.yaml", line: 9 }]);
    expect(diagnostics[0]?.message).toContain("55555555-5555-4555-8555-555555555551");
    expect(diagnostics[0]?.message).toContain("55555555-5555-4555-8555-555555555552");
    expect((await ica.icaform(["apply", treeOf({ "t.yaml": text }), "--auto-approve"], { env: SECRETS })).code).toBe(1);
    expect(ica.writes()).toEqual([]);
  });

  it("is nobody's business when the tree does not declare it", async () => {
    const ica = await withCredentials([{ name: "twin" }, { id: "55555555-5555-4555-8555-555555555552", name: "twin" }]);
    expect(actionsOf(await plan(ica, stack() + credential("lab-s3") + run("r")))).toEqual([
      "create PipelineRun/r",
      "create StorageCredential/lab-s3",
    ]);
  });

  it("differs in case: ICA's names are compared exactly", async () => {
    const ica = await withCredentials([{ name: "LAB-S3" }]);
    expect(actionsOf(await plan(ica, stack() + credential("lab-s3")))).toEqual(["create StorageCredential/lab-s3"]);
  });
});

describe("a renamed credential", () => {
  it("keeps the one in ICA, for it has no rename: a former name is the same credential", async () => {
    const ica = await withCredentials([{ name: "old-s3" }]);
    const text = stack() + credential("new-s3").replace("name: new-s3", "name: new-s3, formerNames: [old-s3]");
    const ran = await ica.icaform(["plan", treeOf({ "t.yaml": text }), "--format", "json"]);
    // Either credentials have no former names, which is said at the key, or the name leads to the old one.
    if (ran.code === 1) expect(ran.stdout).toContain("formerNames");
    else expect(ran.stdout).toContain("no-op");
  });
});
