import { describe, expect, it } from "vitest";
import { type DecideOptions, decideAll } from "../../src/core/decide.ts";
import type { Change } from "../../src/core/plan.ts";
import type { Desired, Observed } from "../../src/core/resource.ts";
import { desiredRun, observedRun } from "../support/desired.ts";

const OPTIONS: DecideOptions = {
  prune: false,
  rotate: new Set(),
  share: new Set(),
  now: Date.parse("2026-11-23T00:00:00Z"),
};

function decide(pairs: [Desired, Observed?][], options: Partial<DecideOptions> = {}, orphans: Observed[] = []) {
  const observed = new Map(pairs.flatMap(([desired, seen]) => (seen ? [[desired.address, seen] as const] : [])));
  const { decisions, diagnostics } = decideAll(
    pairs.map(([desired]) => desired),
    observed,
    orphans,
    { ...OPTIONS, ...options },
  );
  const changes = new Map<string, Change>(decisions.map(({ change }) => [change.address, change]));
  const actions = Object.fromEntries([...changes].map(([address, change]) => [address, change.action]));
  return { changes, actions, codes: diagnostics.map((diagnostic) => diagnostic.code) };
}

describe("what is decided", () => {
  it("creates what is not in ICA as attempt 1", () => {
    const { changes } = decide([[desiredRun("a")]]);
    expect(changes.get("PipelineRun/a")).toMatchObject({ action: "create", attempt: 1, reason: "not in ICA" });
  });

  it("does nothing for what is as declared", () => {
    const run = desiredRun("a");
    expect(decide([[run, observedRun(run)]]).actions).toEqual({ "PipelineRun/a": "no-op" });
  });

  it("reruns a changed section as the next attempt and names it", () => {
    const before = observedRun(desiredRun("a", { storage: "Medium" }), { attempt: 3, readable: { storage: "Medium" } });
    const { changes } = decide([[desiredRun("a", { storage: "Large" }), before]]);
    expect(changes.get("PipelineRun/a")).toMatchObject({
      action: "rerun",
      attempt: 4,
      reason: "storage changed since attempt 3",
      fields: [{ path: "storage", before: "Medium", after: "Large" }],
    });
  });

  it("warns that an active attempt goes on beside the new one", () => {
    const before = observedRun(desiredRun("a", { storage: "Medium" }), { phase: "active", status: "IN_PROGRESS" });
    expect(decide([[desiredRun("a", { storage: "Large" }), before]])).toMatchObject({ codes: ["still-active"] });
  });

  it("leaves ignored sections alone, silently", () => {
    const rerun = { onChange: true, onFailure: 0, onUpstream: false, ignoreChanges: ["outputs"] };
    const before = observedRun(desiredRun("a", { outputs: ["old"] }));
    expect(decide([[desiredRun("a", { outputs: ["new"] }, { rerun }), before]])).toMatchObject({
      actions: { "PipelineRun/a": "no-op" },
      codes: [],
    });
  });

  it("shows a change as a warning where onChange is false", () => {
    const rerun = { onChange: false, onFailure: 0, onUpstream: false, ignoreChanges: [] };
    const before = observedRun(desiredRun("a", { storage: "Medium" }));
    expect(decide([[desiredRun("a", { storage: "Large" }, { rerun }), before]])).toMatchObject({
      actions: { "PipelineRun/a": "no-op" },
      codes: ["change-ignored"],
    });
  });

  it("retries a failed run as often as onFailure allows, then warns", () => {
    const rerun = { onChange: true, onFailure: 1, onUpstream: false, ignoreChanges: [] };
    const run = desiredRun("a", {}, { rerun });
    const failed = (failures: number) => observedRun(run, { phase: "failed", status: "FAILED", failures });
    expect(decide([[run, failed(1)]]).changes.get("PipelineRun/a")).toMatchObject({ action: "rerun", attempt: 2 });
    expect(decide([[run, failed(2)]])).toMatchObject({
      actions: { "PipelineRun/a": "no-op" },
      codes: ["not-succeeded"],
    });
  });

  it("never reruns by itself what failed or was aborted", () => {
    const run = desiredRun("a");
    for (const phase of ["failed", "aborted"] as const) {
      expect(decide([[run, observedRun(run, { phase, status: phase.toUpperCase(), failures: 1 })]]).actions).toEqual({
        "PipelineRun/a": "no-op",
      });
    }
  });

  it("leaves alone what a newer icaform or a newer ICA has written", () => {
    const run = desiredRun("a");
    expect(decide([[run, observedRun(run, { fingerprint: undefined })]])).toMatchObject({
      actions: { "PipelineRun/a": "no-op" },
      codes: ["unknown-fingerprint"],
    });
    expect(
      decide([[run, observedRun(run, { phase: "unknown", status: "PONDERING" })]]).changes.get("PipelineRun/a"),
    ).toMatchObject({
      action: "no-op",
      reason: "as declared (PONDERING)",
    });
  });

  it("adds declared tags in place and keeps those that people added", () => {
    const tags = { technicalTags: [], userTags: ["cohort-7"], referenceTags: [] };
    const run = desiredRun("a", {}, { tags });
    const seen = observedRun(run, {
      tags: { technicalTags: ["icaform.run=a"], userTags: ["checked-by-ada"], referenceTags: [] },
    });
    expect(decide([[run, seen]]).changes.get("PipelineRun/a")).toMatchObject({
      action: "update",
      fields: [{ path: "tags.userTags", before: ["checked-by-ada"], after: ["checked-by-ada", "cohort-7"] }],
    });
  });

  it("takes a renamed run for the same run and renews its tag", () => {
    const run = desiredRun("new", {}, { formerNames: ["old"] });
    const seen = observedRun(run, { name: "old" });
    expect(decide([[run, seen]]).changes.get("PipelineRun/new")).toMatchObject({
      action: "update",
      reason: "renamed from old",
    });
  });
});

describe("dependencies", () => {
  const upstream = desiredRun("up");
  const downstream = desiredRun("down", {}, { dependsOn: ["PipelineRun/up"] });

  it("starts what has nothing to wait for, and waits for the rest through several levels", () => {
    const third = desiredRun("third", {}, { dependsOn: ["PipelineRun/down"] });
    const { actions, changes } = decide([[third], [downstream], [upstream]]);
    expect(actions).toEqual({ "PipelineRun/up": "create", "PipelineRun/down": "wait", "PipelineRun/third": "wait" });
    expect(changes.get("PipelineRun/third")?.reason).toBe("waits for PipelineRun/down, which waits itself");
  });

  it("waits while the upstream runs, starts once it succeeded, and is blocked when it failed", () => {
    const seen = (more: Partial<Observed>) =>
      decide([[downstream], [upstream, observedRun(upstream, more)]]).changes.get("PipelineRun/down");
    expect(seen({ phase: "active", status: "QUEUED" })).toMatchObject({
      action: "wait",
      reason: "waits for PipelineRun/up (QUEUED)",
    });
    expect(seen({})).toMatchObject({ action: "create" });
    expect(seen({ phase: "failed", status: "FAILED", failures: 1 })).toMatchObject({
      action: "wait",
      reason: "blocked: PipelineRun/up ended FAILED; it must succeed first",
    });
  });

  it("shows what is outdated by a newer upstream, and reruns it only when asked", () => {
    const again = observedRun(upstream, { attempt: 2, timeCreated: "2026-11-02T00:00:00Z" });
    expect(
      decide([
        [upstream, again],
        [downstream, observedRun(downstream)],
      ]).codes,
    ).toEqual(["outdated"]);
    const eager = desiredRun("down", {}, { ...downstream, rerun: { ...downstream.rerun, onUpstream: true } });
    expect(
      decide([
        [upstream, again],
        [eager, observedRun(eager)],
      ]).actions["PipelineRun/down"],
    ).toBe("rerun");
  });
});

describe("what is not declared", () => {
  it("is reported, and aborted only when active and asked for", () => {
    const orphan = observedRun(desiredRun("gone"), {
      phase: "active",
      status: "IN_PROGRESS",
      activeIds: ["id-of-gone"],
    });
    expect(decide([], {}, [orphan]).actions).toEqual({ "PipelineRun/gone": "orphan" });
    expect(decide([], { prune: true }, [orphan]).actions).toEqual({ "PipelineRun/gone": "abort" });
    expect(decide([], { prune: true }, [observedRun(desiredRun("gone"))]).actions).toEqual({
      "PipelineRun/gone": "orphan",
    });
  });
});

describe("credentials", () => {
  const credential = (freshAfter?: string) =>
    desiredRun(
      "lab-s3",
      {},
      {
        address: "StorageCredential/lab-s3",
        kind: "StorageCredential",
        fingerprint: {},
        ...(freshAfter === undefined ? {} : { freshAfter }),
      },
    );
  const seen = (timeModified: string) => observedRun(credential(), { attempt: 0, fingerprint: {}, timeModified });

  it("are rotated when they are older than rotateAfter, or when asked for by name", () => {
    const due = credential("2026-11-05T00:00:00Z");
    expect(decide([[due, seen("2026-11-01T00:00:00Z")]]).actions).toEqual({ "StorageCredential/lab-s3": "update" });
    expect(decide([[due, seen("2026-11-05T00:00:00.001Z")]]).actions).toEqual({ "StorageCredential/lab-s3": "no-op" });
    const future = credential("2027-01-01T00:00:00Z");
    expect(decide([[future, seen("2026-11-01T00:00:00Z")]]).codes).toEqual(["rotate-after-future"]);
    const options = { rotate: new Set(["lab-s3"]) };
    expect(decide([[credential(), seen("2026-11-01T00:00:00Z")]], options).actions).toEqual({
      "StorageCredential/lab-s3": "update",
    });
  });
});
