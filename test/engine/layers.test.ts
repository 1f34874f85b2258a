/**
 * The layers of the guarantee, one test each: without the layer its test fails, which `npm run reliability` tries out
 * (test/reliability/layers.ts).
 */
import { describe, expect, it } from "vitest";
import { refreshed } from "../../src/engine/refresh.ts";
import type { Switches } from "../../src/simulator/switches.ts";
import { applyStack, applyTree, planStackOf, planTree } from "../support/engine.ts";
import { credential, run, SECRETS, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, lab, tagOf } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { WORLD } from "../support/world.ts";

const CREATE = { method: "POST", path: "analysis:(nextflow|cwl)" } as const;
const BOB = { name: "bob", apiKey: "key-of-bob-for-the-tests" };
const SEED = { ...WORLD, users: [...WORLD.users, BOB] };
const EIGHT_DAYS = 8 * 24 * 3600;
const ABC = stack() + run("a") + run("b") + run("c");

/** Every attempt that goes on or has ended by itself. */
const going = (ica: Lab) =>
  ica.sim
    .analyses()
    .filter(({ status }) => !status.startsWith("ABORT"))
    .map(({ tags }) => `${tagOf(tags, "run")} ${tagOf(tags, "attempt")}`)
    .sort();

const bobAt = (ica: Lab) => ({ url: ica.sim.url, apiKey: BOB.apiKey });

/** A lab of two users; the waits of an apply move ICA's clock. */
async function shared(switches: Partial<Switches> = {}) {
  const ica = await lab({ seed: SEED, switches: { speed: 0, ...switches } });
  return { ica, onWait: (milliseconds: number) => ica.sim.control.advance(milliseconds / 1000) };
}

describe("layer", () => {
  it("listing: what is there is not started again, though its key is forgotten after seven days", async () => {
    const { ica } = await shared();
    const folder = treeOf({ "t.yaml": ABC });
    await applyTree(folder, ica.sim);
    ica.sim.control.advance(EIGHT_DAYS);
    await applyTree(folder, ica.sim);
    expect(ica.creates()).toHaveLength(3);
    expect(going(ica)).toEqual(["a 1", "b 1", "c 1"]);
  });

  it("tags: a run is known from the call that makes it, also when nobody lived to read the answer", async () => {
    const { ica } = await shared();
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    ica.sim.control.addFaults({ match: CREATE, fault: "lose-answer" });
    await applyTree(folder, ica.sim, { tries: 1 });
    ica.sim.control.clearFaults();
    ica.sim.control.advance(EIGHT_DAYS);
    expect(actionsOf(await planTree(folder, ica.sim))).toEqual(["no-op PipelineRun/a"]);
    expect(ica.writes().filter(({ method }) => method === "PUT")).toEqual([]);
  });

  it("key: two applies that both saw nothing get the same run from ICA", async () => {
    const { ica } = await shared({ listingLag: 3_600_000 });
    const folder = treeOf({ "t.yaml": ABC });
    const first = await applyTree(folder, ica.sim);
    const second = await applyTree(folder, ica.sim);
    expect(going(ica)).toEqual(["a 1", "b 1", "c 1"]);
    const ids = (applied: typeof first) => applied.results.map(({ analysisId }) => analysisId).sort();
    expect(ids(second)).toEqual(ids(first));
  });

  it("key: of stack, project, name and attempt, whatever else is declared", async () => {
    const keysOf = async (text: string, before?: string) => {
      const { ica } = await shared();
      const folder = treeOf({ "t.yaml": before ?? text });
      if (before !== undefined) await applyTree(folder, ica.sim);
      ica.forget();
      await applyTree(treeOf({ "t.yaml": text }), ica.sim);
      return ica.creates().map(({ headers }) => headers["idempotency-key"]);
    };
    const [key] = await keysOf(stack() + run("a"));
    expect(await keysOf(stack() + run("a", 'storage: Large, tags: { user: ["x"] }'))).toEqual([key]);
    const others = [
      ...(await keysOf(stack("", "other") + run("a"))),
      ...(await keysOf(stack() + run("a", "project: archive, pipeline: archive-only"))),
      ...(await keysOf(stack() + run("b"))),
      ...(await keysOf(stack() + run("a", "storage: Large"), stack() + run("a"))),
    ];
    expect(new Set([key, ...others]).size).toBe(5);
  });

  it("bodies: are the same to the last byte from any machine, at any time", async () => {
    const input = (pairs: string[]) => `input: { custom: { values: { ${pairs.join(", ")} } } }`;
    const tags = ", tags: { user: [z, a] }";
    const here = stack() + run("a", input(["x: 1", "y: { p: 1, q: [2, 1] }"]) + tags) + run("b");
    const there = run("b") + run("a", input(["y: { q: [2, 1], p: 1 }", "x: 1"]) + tags) + stack();
    const sent: string[][] = [];
    for (const text of [here, there]) {
      const { ica } = await shared();
      ica.sim.control.advance(sent.length * 86_400);
      await applyTree(treeOf({ "t.yaml": text }), sent.length === 0 ? ica.sim : bobAt(ica));
      sent.push(ica.creates().map(({ headers, body }) => `${headers["idempotency-key"]} ${body}`));
    }
    expect(sent[0]).toHaveLength(2);
    expect(sent[1]?.sort()).toEqual(sent[0]?.sort());
  });

  it("409: while the first call is in flight it is waited for, and its run is ours", async () => {
    const { ica, onWait } = await shared();
    ica.sim.control.addFaults({ match: { ...CREATE, times: 5 }, fault: "conflict" });
    const { results, waited } = await applyTree(treeOf({ "t.yaml": stack() + run("a") }), ica.sim, { onWait });
    expect(results).toMatchObject([{ outcome: "done", analysisId: ica.sim.analyses()[0]?.id }]);
    expect(waited.filter((milliseconds) => milliseconds >= 500)).toHaveLength(5);
    expect(going(ica)).toEqual(["a 1"]);
  });

  it("409: the run that the first call has made is read by its tag, though the key stays busy", async () => {
    const { ica } = await shared();
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const planned = await planStackOf(folder, ica.sim);
    await applyTree(folder, ica.sim);
    ica.sim.control.addFaults({ match: CREATE, fault: "conflict" });
    const { results, waited } = await applyStack(planned, folder, ica.sim);
    expect(results).toMatchObject([{ outcome: "done", analysisId: ica.sim.analyses()[0]?.id }]);
    expect(waited).toEqual([]);
  });

  it("422: another body under this identity starts nothing, and what differs is shown", async () => {
    const { ica, onWait } = await shared({ listingLag: 1_500 });
    await applyTree(treeOf({ "t.yaml": stack() + run("a", "storage: Small") }), ica.sim);
    const [first] = ica.sim.analyses();
    const edited = treeOf({
      "t.yaml": stack() + run("a", 'storage: Large, input: { custom: { text: "reads: 2" } }') + run("b"),
    });
    const { results } = await applyTree(edited, ica.sim, { onWait });
    expect(results).toMatchObject([
      { address: "PipelineRun/a", outcome: "failed", help: expect.stringContaining("plan again") },
      { address: "PipelineRun/b", outcome: "done" },
    ]);
    const error = results[0]?.error ?? "";
    expect(error).toContain(
      `attempt 1 is in ICA as ${first?.reference} (${first?.id}), started with another input, storage`,
    );
    expect(error).toContain("nothing was started");
    expect(going(ica)).toEqual(["a 1", "b 1"]);
  });

  it("422: a run that is there as declared is done, although what its names resolve to has changed", async () => {
    const { ica, onWait } = await shared({ listingLag: 1_500 });
    const folder = treeOf({ "t.yaml": stack() + run("a", "storage: Small") });
    await applyTree(folder, ica.sim);
    const storages = [...ica.sim.snapshot().storages.values()];
    const moved = storages.find(({ name }) => name === "Large")?.id ?? "";
    const planned = await planStackOf(folder, ica.sim);
    for (const step of planned.steps.values()) {
      if (step.type === "create-analysis") step.body = { ...(step.body as object), analysisStorageId: moved };
    }
    const { results } = await applyStack(planned, folder, ica.sim, { onWait });
    expect(results).toMatchObject([{ outcome: "done", analysisId: ica.sim.analyses()[0]?.id }]);
    expect(going(ica)).toEqual(["a 1"]);
  });

  it("422: a run that was sent with its parameters in another order is the one that is declared", async () => {
    const { ica, onWait } = await shared({ listingLag: 1_500 });
    const tree = (parameters: string) =>
      treeOf({ "t.yaml": stack() + run("a", `input: { form: { parameters: { ${parameters} } } }`) });
    await applyTree(tree("b: 1, a: 2"), ica.sim);
    const { results } = await applyTree(tree("a: 2, b: 1"), ica.sim, { onWait });
    expect(results).toMatchObject([{ outcome: "done", analysisId: ica.sim.analyses()[0]?.id }]);
    expect(ica.creates().map(({ status }) => status)).toEqual([201, 422]);
    expect(going(ica)).toEqual(["a 1"]);
  });

  it("re-listing: of a plan that is older than a minute nothing is started that somebody else has started since", async () => {
    const { ica } = await shared();
    const folder = treeOf({ "t.yaml": ABC });
    const plan = () => planStackOf(folder, ica.sim);
    const shown = await plan();
    await applyTree(folder, bobAt(ica));
    ica.forget();
    const fresh = await refreshed(shown, 0, { now: () => 60_001 }, plan);
    await applyStack(fresh, folder, ica.sim);
    expect(ica.creates()).toEqual([]);
    expect(going(ica)).toEqual(["a 1", "b 1", "c 1"]);
    expect(await refreshed(shown, 0, { now: () => 59_999 }, plan)).toBe(shown);
  });

  it("re-listing: what only the fresh plan would do is refused", async () => {
    const { ica } = await shared();
    const shown = await planStackOf(treeOf({ "t.yaml": stack() + run("a") }), ica.sim);
    const grown = () => planStackOf(treeOf({ "t.yaml": stack() + run("a") + run("b") }), ica.sim);
    await expect(refreshed(shown, 0, { now: () => 60_001 }, grown)).rejects.toMatchObject({
      lines: [expect.stringContaining("PipelineRun/b")],
    });
  });

  it("re-listing: what policy refuses by now is not done", async () => {
    const { ica } = await shared();
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const shown = await planStackOf(folder, ica.sim);
    const refused = async () => ({ ...(await planStackOf(folder, ica.sim)), refusals: ["policy.rules r.json: no"] });
    await expect(refreshed(shown, 0, { now: () => 60_001 }, refused)).rejects.toMatchObject({
      lines: ["policy.rules r.json: no"],
    });
  });

  it("settling: an unknown outcome is looked at until our own run shows, never settled by another user's", async () => {
    const { ica, onWait } = await shared({ listingLag: 2_500 });
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const planned = await planStackOf(folder, ica.sim);
    await applyTree(folder, bobAt(ica));
    ica.sim.control.advance(2);
    // Executed, but its answer never comes; the listing shows bob's half a second later, and ours after two more.
    ica.sim.control.addFaults({ match: { ...CREATE, user: "ada" }, fault: "lose-answer" });
    const { results } = await applyStack(planned, folder, ica.sim, { onWait, tries: 1 });
    expect(results).toMatchObject([{ outcome: "done", note: expect.stringMatching(/settled by reading.*is aborted/) }]);
    expect(results[0]?.analysisId).toBe(ica.sim.analyses()[0]?.id);
    expect(going(ica)).toEqual(["a 1"]);
    expect(ica.sim.analyses().map(({ status }) => status.startsWith("ABORT"))).toEqual([false, true]);
  });

  it("settling: what was never carried out is asked for again under its key", async () => {
    const { ica } = await shared();
    ica.sim.control.addFaults({ match: { ...CREATE, times: 2 }, fault: "lose-request" });
    const { results } = await applyTree(treeOf({ "t.yaml": stack() + run("a") }), ica.sim, { tries: 2 });
    expect(results).toMatchObject([{ outcome: "done", note: expect.stringContaining("under the same key") }]);
    expect(new Set(ica.creates().map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(going(ica)).toEqual(["a 1"]);
  });

  it("verifying: of two users' runs the later is aborted by who made it, and the summary says so", async () => {
    const { ica } = await shared();
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const planned = await planStackOf(folder, ica.sim);
    await applyTree(folder, bobAt(ica));
    ica.forget();
    const { results } = await applyStack(planned, folder, ica.sim);
    const [winner, later] = ica.sim.analyses();
    expect(ica.writes().filter(({ path }) => path.endsWith(":abort"))).toMatchObject([
      { user: "ada", path: expect.stringContaining(`${later?.id}:abort`) },
    ]);
    expect(results).toMatchObject([{ outcome: "done", analysisId: winner?.id, reference: winner?.reference }]);
    expect(results[0]?.note).toContain(`another apply was first with ${winner?.reference}`);
    expect(results[0]?.note).toContain(`${later?.reference} is aborted`);
    expect(going(ica)).toEqual(["a 1"]);
  });

  it("verifying: goes on until our own run is listed, so that a race is seen however late the listing is", async () => {
    const { ica, onWait } = await shared({ listingLag: 20_000 });
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const planned = await planStackOf(folder, ica.sim);
    const [first, second] = [
      await applyTree(folder, bobAt(ica)),
      await applyStack(planned, folder, ica.sim, { onWait }),
    ];
    expect(first.results[0]?.note).toMatch(/does not list it yet/);
    expect(second.results[0]?.note).toMatch(/is aborted/);
    expect(going(ica)).toEqual(["a 1"]);
  });

  it("verifying: a listing that fails is read again, not taken for a run that is there once", async () => {
    const { ica, onWait } = await shared();
    const folder = treeOf({ "t.yaml": stack() + run("a") });
    const planned = await planStackOf(folder, ica.sim);
    await applyTree(folder, bobAt(ica));
    ica.sim.control.addFaults({ match: { path: "analysis:search", times: 2 }, fault: "status-before", status: 400 });
    const { results } = await applyStack(planned, folder, ica.sim, { onWait });
    expect(results[0]?.note).toMatch(/is aborted/);
    expect(going(ica)).toEqual(["a 1"]);
  });

  it("credentials: have no key, so the list is read again before any second try", async () => {
    const { ica } = await shared({ duplicateCredentialNames: "second" });
    ica.sim.control.addFaults({ match: { method: "POST", path: "storageCredentials$", nth: 1 }, fault: "lose-answer" });
    const folder = treeOf({ "t.yaml": stack() + credential("lab-s3") });
    const { results } = await applyTree(folder, ica.sim, { secrets: SECRETS });
    expect(results).toMatchObject([{ outcome: "done" }]);
    expect(ica.sim.credentials()).toHaveLength(1);
    const calls = ica.sim.requests.filter(({ path }) => path === "/api/storageCredentials");
    expect(calls.map(({ method }) => method)).toEqual(["GET", "POST", "GET"]);
  });
});
