import { describe, expect, it } from "vitest";
import { decideAll } from "../../src/core/decide.ts";
import type { DecideOptions } from "../../src/core/decision.ts";
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

describe("a chain", () => {
  const behind = (name: string, upstream: string, onUpstream = false) =>
    desiredRun(
      name,
      {},
      {
        dependsOn: [`PipelineRun/${upstream}`],
        rerun: { onChange: true, onFailure: 0, onUpstream, ignoreChanges: [] },
      },
    );
  const again = (desired: Desired, more: Partial<Observed> = {}) =>
    observedRun(desired, { attempt: 2, timeCreated: "2026-11-02T00:00:00Z", ...more });
  const [first, second, third] = [desiredRun("first"), behind("second", "first"), behind("third", "second")];

  it("is blocked through all levels, each naming the run that did not succeed", () => {
    const { changes } = decide([
      [first, observedRun(first, { phase: "failed", status: "FAILED", failures: 1 })],
      [second],
      [third],
    ]);
    expect(changes.get("PipelineRun/second")).toMatchObject({ action: "wait", blockedBy: "PipelineRun/first" });
    expect(changes.get("PipelineRun/third")).toMatchObject({
      action: "wait",
      blockedBy: "PipelineRun/first",
      reason: "blocked: waits for PipelineRun/second, which PipelineRun/first blocks",
    });
  });

  it("tells of several causes the one that blocks", () => {
    const other = desiredRun("other");
    const both = desiredRun("both", {}, { dependsOn: ["PipelineRun/other", "PipelineRun/first"] });
    const { changes } = decide([
      [other, observedRun(other, { phase: "active", status: "QUEUED" })],
      [first, observedRun(first, { phase: "aborted", status: "ABORTED" })],
      [both],
    ]);
    expect(changes.get("PipelineRun/both")?.reason).toBe(
      "blocked: PipelineRun/first ended ABORTED; it must succeed first, and for 1 more",
    );
  });

  it("is outdated through all levels once its first run ran again", () => {
    const { changes, actions, codes } = decide([
      [first, again(first)],
      [second, observedRun(second)],
      [third, observedRun(third)],
    ]);
    expect(actions).toEqual({
      "PipelineRun/first": "no-op",
      "PipelineRun/second": "no-op",
      "PipelineRun/third": "no-op",
    });
    expect(codes).toEqual(["outdated", "outdated"]);
    expect(changes.get("PipelineRun/third")?.outdatedBy).toBe("PipelineRun/first");
  });

  it("is not outdated by an attempt that made nothing", () => {
    for (const phase of ["failed", "aborted"] as const) {
      const pairs: [Desired, Observed][] = [
        [first, again(first, { phase, status: phase.toUpperCase(), failures: 1 })],
        [second, observedRun(second)],
      ];
      expect(decide(pairs).codes).toEqual(["not-succeeded"]);
    }
  });

  it("stays outdated when an attempt after the one that made it so fails", () => {
    const timeCreated = "2026-11-02T00:00:00Z";
    const attempts = [{ id: "2", attempt: 2, phase: "succeeded" as const, status: "SUCCEEDED", timeCreated }];
    const { changes, codes } = decide([
      [first, again(first, { attempt: 3, phase: "failed", status: "FAILED", failures: 1, attempts })],
      [second, observedRun(second)],
    ]);
    expect(codes).toEqual(["not-succeeded", "outdated"]);
    expect(changes.get("PipelineRun/second")?.outdatedBy).toBe("PipelineRun/first");
  });

  it("says by whom it is outdated also where it is to run again", () => {
    const eager = behind("second", "first", true);
    const { changes } = decide([
      [first, again(first)],
      [eager, observedRun(eager)],
    ]);
    expect(changes.get("PipelineRun/second")).toMatchObject({ action: "rerun", outdatedBy: "PipelineRun/first" });
  });

  it("plans the rerun of what follows its upstream together with the upstream's: it waits", () => {
    const [eager, last] = [behind("second", "first", true), behind("third", "second", true)];
    const changed = desiredRun("first", { storage: "Large" });
    const { changes } = decide([
      [changed, observedRun(first)],
      [eager, observedRun(eager)],
      [last, observedRun(last)],
    ]);
    expect(changes.get("PipelineRun/first")).toMatchObject({ action: "rerun", attempt: 2 });
    expect(changes.get("PipelineRun/second")).toMatchObject({ action: "wait", attempt: 2 });
    expect(changes.get("PipelineRun/third")).toMatchObject({ action: "wait", attempt: 2 });
  });

  it("does not rerun on what is itself outdated and stays so", () => {
    const last = behind("third", "second", true);
    const { actions } = decide([
      [first, again(first)],
      [second, observedRun(second)],
      [last, observedRun(last)],
    ]);
    expect(actions["PipelineRun/third"]).toBe("no-op");
  });
});

describe("a rerun by hand", () => {
  const run = desiredRun("a");
  const rerun = new Map([["a", { reason: "the disk was full" }]]);

  it("is one more attempt of what ended, whatever its end, with the reason", () => {
    for (const phase of ["succeeded", "failed", "aborted"] as const) {
      expect(decide([[run, observedRun(run, { phase })]], { rerun }).changes.get("PipelineRun/a")).toMatchObject({
        action: "rerun",
        attempt: 2,
        reason: "asked for by --rerun: the disk was full",
        rerunReason: "the disk was full",
      });
    }
  });

  it("is refused while any attempt may still be active, and for what never started", () => {
    for (const phase of ["active", "unknown"] as const) {
      const attempts = [{ id: "i", attempt: 1, phase, status: "PONDERING", timeCreated: "2026-11-01T00:00:00Z" }];
      expect(decide([[run, observedRun(run, { phase, attempts })]], { rerun }).codes).toEqual(["rerun-active"]);
    }
    expect(decide([[run]], { rerun }).codes).toEqual(["rerun-not-started"]);
  });

  it("of a reviewed plan is fulfilled once that attempt is there", () => {
    const reviewed = new Map([["a", { reason: "again", attempt: 2 }]]);
    const actionAt = (attempt: number) =>
      decide([[run, observedRun(run, { attempt })]], { rerun: reviewed }).actions["PipelineRun/a"];
    expect([1, 2, 3].map(actionAt)).toEqual(["rerun", "no-op", "no-op"]);
  });

  it("waits for what it depends on, and says that it must be asked for again", () => {
    const down = desiredRun("a", {}, { dependsOn: ["PipelineRun/up"] });
    const up = desiredRun("up");
    const decided = decide(
      [
        [up, observedRun(up, { phase: "failed", status: "FAILED", failures: 1 })],
        [down, observedRun(down, { phase: "failed", status: "FAILED", failures: 1 })],
      ],
      { rerun },
    );
    expect(decided.actions["PipelineRun/a"]).toBe("wait");
    expect(decided.codes).toContain("rerun-waits");
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

  it("is told of each project, also where two projects have one name", () => {
    const inProject = (id: string) =>
      observedRun(desiredRun("gone"), { id: `in-${id}`, project: { id, name: "same" } });
    const { decisions } = decideAll([], new Map(), [inProject("1"), inProject("2")], OPTIONS);
    expect(decisions.map(({ change }) => change.analysisId).sort()).toEqual(["in-1", "in-2"]);
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
