/** Issue 3, point 4: `rotateAfter` without trust in `timeModified`, which ICA may or may not move. */
import { describe, expect, it } from "vitest";
import type { FaultInput } from "../../src/simulator/faultRules.ts";
import { credential, run, runFromBucket, SECRETS, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";

const DUE = "rotateAfter: 2025-01-01T00:00:00Z";
const ADDRESS = "StorageCredential/lab-s3";

/** An ICA that has the credential since before it was due. */
const due = (moves: boolean, faults: FaultInput[] = []): Promise<Lab> =>
  lab({
    seed: {
      ...WORLD,
      credentials: [{ id: IDS.bucket, name: "lab-s3", timeModified: "2024-01-01T00:00:00Z" }],
      switches: { speed: 0, updateSecretsMovesTimeModified: moves },
    },
    faults,
  });

const tree = (more = DUE, documents = "") => treeOf({ "t.yaml": stack() + credential("lab-s3", more) + documents });

const updates = ({ sim }: Lab) => sim.requests.filter(({ path }) => path.endsWith(":updateSecrets"));

/** The calls about the credential, in their order. */
const callsOf = ({ sim }: Lab) =>
  sim.requests
    .filter(({ path }) => path.includes(IDS.bucket))
    .map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);

describe("ICA moves timeModified", () => {
  it("the secrets are updated once, read back, and the next plan is empty", async () => {
    const world = await due(true);
    const folder = tree();
    expect(actionsOf(await world.plan(folder))).toEqual([`update ${ADDRESS}`]);
    const { results } = await world.applied(folder, [], SECRETS);
    expect(results).toEqual([{ address: ADDRESS, action: "update", outcome: "done" }]);
    expect(callsOf(world)).toEqual([`GET ${IDS.bucket}`, `POST ${IDS.bucket}:updateSecrets`, `GET ${IDS.bucket}`]);
    expect(JSON.parse(updates(world)[0]?.body ?? "{}")).toEqual({
      awsCredentials: { accessKeyId: SECRETS.S3_KEY_ID, secretAccessKey: SECRETS.S3_SECRET },
    });
    expect((await world.plan(folder)).summary).toMatchObject({ update: 0, unchanged: 1 });
  });
});

describe("ICA does not move timeModified", () => {
  it.each(["json", "text"])("it is said, with `apply --rotate lab-s3` as the explicit way (%s)", async (format) => {
    const world = await due(false);
    const ran = await world.icaform(["apply", tree(), "--auto-approve", "--format", format], { env: SECRETS });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/secrets were updated, but ICA did not move timeModified.*apply --rotate lab-s3/);
  });

  it("it is read back, and not rotated again in the same apply", async () => {
    const world = await due(false);
    await world.applied(tree(DUE, runFromBucket("a", "lab-s3") + runFromBucket("b", "lab-s3")), [], SECRETS);
    expect(callsOf(world)).toEqual([`GET ${IDS.bucket}`, `POST ${IDS.bucket}:updateSecrets`, `GET ${IDS.bucket}`]);
    expect(world.sim.analyses()).toHaveLength(2);
  });

  it("the next plan says that it is still due, and why", async () => {
    const world = await due(false);
    const folder = tree();
    await world.applied(folder, [], SECRETS);
    const plan = await world.plan(folder);
    expect(actionsOf(plan)).toEqual([`update ${ADDRESS}`]);
    expect(plan.changes[0]?.reason).toContain("rotateAfter 2025-01-01");
    expect(plan.changes[0]?.fields).toMatchObject([
      { path: "secrets", before: expect.stringMatching(/^2024-01-01T/), sensitive: true },
    ]);
  });

  it("what it advises helps: without rotateAfter nothing is due, and --rotate rotates", async () => {
    const world = await due(false);
    await world.applied(tree(), [], SECRETS);
    const without = tree("");
    expect((await world.plan(without)).summary).toMatchObject({ update: 0, unchanged: 1 });
    const { results } = await world.applied(without, ["--rotate", "lab-s3"], SECRETS);
    expect(results).toMatchObject([{ address: ADDRESS, action: "update", outcome: "done" }]);
    expect(updates(world)).toHaveLength(2);
  });

  it("after --rotate a rotateAfter that is not there, or not due, is not said to stay due", async () => {
    for (const more of ["", "rotateAfter: 2023-06-01T00:00:00Z"]) {
      const world = await due(false);
      const { results } = await world.applied(tree(more), ["--rotate", "lab-s3"], SECRETS);
      expect(results[0]?.note ?? "").not.toContain("stays due");
    }
  });
});

describe("the explicit way, `apply --rotate CREDENTIAL`", () => {
  it("updates the secrets whatever the dates say, once", async () => {
    const world = await due(true);
    const folder = tree("rotateAfter: 2023-01-01T00:00:00Z");
    expect((await world.plan(folder)).summary.update).toBe(0);
    await world.applied(folder, ["--rotate", "lab-s3"], SECRETS);
    expect(updates(world)).toHaveLength(1);
  });

  it("of a credential that is not declared, or without its secrets, changes nothing", async () => {
    const world = await due(true);
    const unknown = await world.apply(tree(), ["--rotate", "lab-s4"], SECRETS);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("lab-s4")]);
    const unset = await world.apply(tree(), ["--rotate", "lab-s3"]);
    expect([unset.code, unset.stderr]).toEqual([1, expect.stringContaining("S3_KEY_ID")]);
    expect(world.writes()).toEqual([]);
  });
});

describe("what goes wrong on the way", () => {
  const at = (more: object, path = ":updateSecrets$"): FaultInput => ({
    match: { path, times: 1 },
    fault: "status-before",
    ...more,
  });

  it("429 is waited out: ICA did not execute it", async () => {
    const world = await due(true, [at({ status: 429, retryAfter: 0 })]);
    expect((await world.applied(tree(), [], SECRETS)).results).toMatchObject([{ outcome: "done" }]);
    expect(updates(world).map(({ status }) => status)).toEqual([429, 204]);
  });

  it("an answer that is lost is not sent again blindly", async () => {
    const world = await due(true, [at({ fault: "lose-answer" })]);
    const { code, applied } = await world.apply(tree(), [], SECRETS);
    expect(updates(world)).toHaveLength(1);
    expect(code === 0 ? "done" : applied.results[0]?.outcome).toMatch(/done|unknown/);
  });

  it("a credential that cannot be read back is not said to have failed: its secrets were updated", async () => {
    const unreadable: FaultInput = { match: { path: `${IDS.bucket}$`, nth: 2 }, fault: "status-before", status: 403 };
    const world = await due(true, [unreadable]);
    const { applied } = await world.apply(tree(), [], SECRETS);
    expect(updates(world)).toMatchObject([{ status: 204 }]);
    const [result] = applied.results;
    expect(`${result?.outcome}: ${result?.error ?? ""}${result?.note ?? ""}`).toMatch(/secrets were updated/);
  });

  it("a rotation that ICA refuses keeps back the runs that need it, says why, and starts the others", async () => {
    const world = await due(true, [{ match: { path: ":updateSecrets$" }, fault: "status-before", status: 403 }]);
    const { code, applied } = await world.apply(
      tree(DUE, runFromBucket("needy", "lab-s3") + run("other")),
      [],
      SECRETS,
    );
    expect(code).toBe(3);
    const outcomes = Object.fromEntries(applied.results.map(({ address, outcome }) => [address, outcome]));
    expect(outcomes).toEqual({ [ADDRESS]: "failed", "PipelineRun/needy": "skipped", "PipelineRun/other": "done" });
    const needy = applied.results.find(({ address }) => address === "PipelineRun/needy");
    expect(needy?.error).toContain(ADDRESS);
    // The credential is there: what failed is the update of its secrets.
    expect(needy?.error).not.toContain("not there");
  });
});
