import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/digest.ts";
import { inDependencyOrder } from "../../src/core/graph.ts";
import type { Change } from "../../src/core/plan.ts";
import { policyViolations } from "../../src/core/policy.ts";
import type { Desired } from "../../src/core/resource.ts";
import { createSightings, type Sighting } from "../../src/core/sightings.ts";
import { grownBeyond } from "../../src/core/subset.ts";
import { desiredRun, PROJECT, sighting } from "../support/desired.ts";

function change(name: string, action: Change["action"], more: Partial<Change> = {}): Change {
  return {
    address: `PipelineRun/${name}`,
    action,
    reason: "",
    project: PROJECT.name,
    fields: [],
    patch: [],
    effects: [],
    attempt: 1,
    fingerprint: { pipeline: "0011223344" },
    ...more,
  };
}

describe("the digest", () => {
  const digest = (changes: Change[], stack = "s") => digestOf({ stack, server: "http://127.0.0.1", changes });

  it("does not depend on the order of changes, nor on words", () => {
    const one = change("a", "create", { reason: "not in ICA" });
    expect(digest([one, change("b", "rerun", { attempt: 2 })])).toBe(
      digest([change("b", "rerun", { attempt: 2 }), { ...one, reason: "" }]),
    );
  });

  it("changes with what is done, to what, and from what", () => {
    const digests = [
      digest([change("a", "create")]),
      digest([change("a", "create")], "other"),
      digest([change("b", "create")]),
      digest([change("a", "create", { attempt: 2 })]),
      digest([change("a", "create", { fingerprint: { pipeline: "ffffffffff" } })]),
      digest([change("a", "abort")]),
      digest([change("a", "create"), change("b", "create")]),
      digest([]),
    ];
    expect(new Set(digests).size).toBe(digests.length);
    expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("does not look at what is only reported", () => {
    expect(digest([change("a", "create"), change("b", "no-op"), change("c", "orphan")])).toBe(
      digest([change("a", "create")]),
    );
  });
});

describe("a fresh plan beside the reviewed one", () => {
  const reviewed = { changes: [change("a", "create"), change("b", "wait")] };

  it("may do less, and may start what waited", () => {
    expect(grownBeyond(reviewed, { changes: [change("a", "no-op"), change("b", "create")] })).toEqual([]);
  });

  it("may not do more", () => {
    expect(grownBeyond(reviewed, { changes: [change("c", "create", { reason: "not in ICA" })] })).toEqual([
      "PipelineRun/c: create (not in ICA)",
    ]);
    expect(
      grownBeyond(reviewed, { changes: [change("a", "create", { fingerprint: { pipeline: "ffffffffff" } })] }),
    ).toHaveLength(1);
    expect(grownBeyond(reviewed, { changes: [change("a", "rerun", { attempt: 2 })] })).toHaveLength(1);
  });
});

describe("policy", () => {
  const reruns = (count: number) => Array.from({ length: count }, (_, index) => change(`r${index}`, "rerun"));

  it("allows ten reruns when the stack says nothing, and no more", () => {
    expect(policyViolations(undefined, reruns(10))).toEqual([]);
    expect(policyViolations(undefined, reruns(11))).toEqual([
      "policy.maxReruns: the plan would rerun 11 runs, 10 allowed (PipelineRun/r0, PipelineRun/r1, PipelineRun/r2, PipelineRun/r3, PipelineRun/r4, and 6 more)",
    ]);
  });

  it("counts runs alone, and names every overwriting mapping", () => {
    const { project: _project, ...created } = change("c", "create");
    const credential = { ...created, address: "StorageCredential/c" };
    const sample = { ...change("s", "create"), address: "SampleBatch/b/s" };
    const effect = { target: "/x/", project: "archive", type: "FOLDER", files: 0, bytes: 0 } as const;
    const writing = change("w", "create", {
      effects: [
        { ...effect, action: "OVERWRITE" },
        { ...effect, action: "RENAME" },
      ],
    });
    expect(policyViolations({ maxCreates: 1, forbidOverwrite: true }, [credential, sample, writing])).toEqual([
      "policy.forbidOverwrite: PipelineRun/w may overwrite archive:/x/",
    ]);
    expect(policyViolations({ maxAborts: 0 }, [change("a", "abort")])).toEqual([
      "policy.maxAborts: the plan would abort 1 run, 0 allowed (PipelineRun/a)",
    ]);
  });

  it("tells of 2,000 overwriting mappings in one line", () => {
    const effects = [{ target: "/x/", project: "archive", type: "FOLDER", files: 0, bytes: 0, action: "OVERWRITE" }];
    const many = Array.from({ length: 2000 }, (_, index) =>
      change(`r${index}`, "create", { effects: effects as Change["effects"] }),
    );
    const named = [0, 1, 2, 3, 4].map((index) => `PipelineRun/r${index} may overwrite archive:/x/`);
    expect(policyViolations({ forbidOverwrite: true }, many)).toEqual([
      `policy.forbidOverwrite: ${named.join(", ")}, and 1995 more`,
    ]);
  });
});

describe("sightings", () => {
  const matchSightings = (desired: Desired[], seen: Sighting[]) => {
    const sightings = createSightings();
    for (const one of seen) sightings.add(one);
    return sightings.match(desired);
  };

  it("belong to the declared run of that name or former name in that project; the highest attempt counts", () => {
    const run = desiredRun("new", {}, { formerNames: ["old"] });
    const elsewhere = sighting("new", { id: "elsewhere", project: { id: "p2", name: "p2" } });
    const matched = matchSightings(
      [run],
      [sighting("old", { id: "1" }), sighting("new", { id: "2", attempt: 2 }), elsewhere],
    );
    expect(matched.observed.get("PipelineRun/new")).toMatchObject({ id: "2", attempt: 2 });
    expect(matched.orphans.map((orphan) => orphan.id)).toEqual(["elsewhere"]);
  });

  it("count failures of the newest spec over all names, and keep every attempt in order", () => {
    const run = desiredRun("new", {}, { formerNames: ["old"] });
    const failed = (name: string, attempt: number, spec: string) =>
      sighting(name, { id: `${name}-${attempt}`, attempt, phase: "failed", fingerprint: { input: spec } });
    const seen = [failed("new", 4, "b"), failed("old", 1, "a"), failed("new", 3, "b"), failed("old", 2, "b")];
    for (const order of [seen, seen.toReversed()]) {
      const observed = matchSightings([run], order).observed.get("PipelineRun/new");
      expect(observed).toMatchObject({ id: "new-4", failures: 3 });
      expect(observed?.attempts.map(({ id }) => id)).toEqual(["old-1", "old-2", "new-3", "new-4"]);
    }
  });

  it("of one identity twice are reported, and the earlier one counts", () => {
    const run = desiredRun("a");
    const later = sighting("a", { id: "later", timeCreated: "2026-11-02T00:00:00Z" });
    const matched = matchSightings([run], [later, sighting("a", { id: "first" })]);
    expect(matched.observed.get("PipelineRun/a")?.id).toBe("first");
    expect(matched.duplicates.map((duplicate) => duplicate.sightings.map((one) => one.id))).toEqual([
      ["first", "later"],
    ]);
  });

  it("of a race that was resolved are no duplicates: what was not aborted counts", () => {
    const run = desiredRun("a");
    const aborted = sighting("a", { id: "first", phase: "aborted", status: "ABORTED" });
    const left = sighting("a", { id: "later", timeCreated: "2026-11-02T00:00:00Z" });
    const matched = matchSightings([run], [aborted, left]);
    expect(matched.duplicates).toEqual([]);
    expect(matched.observed.get("PipelineRun/a")?.id).toBe("later");
  });

  it("of credentials that are not declared are nobody's business", () => {
    const foreign = sighting("someone-elses", { kind: "StorageCredential", attempt: 0 });
    expect(matchSightings([], [foreign]).orphans).toEqual([]);
  });
});

describe("dependency order", () => {
  it("puts everything after all that it depends on, whatever the order given", () => {
    const graph = fc.integer({ min: 1, max: 30 }).chain((size) =>
      fc.tuple(
        fc.shuffledSubarray(
          Array.from({ length: size }, (_, index) => index),
          { minLength: size, maxLength: size },
        ),
        fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 60 }),
      ),
    );
    fc.assert(
      fc.property(graph, ([order, pairs]) => {
        // Edges from larger to smaller numbers only: no cycles.
        const edges = pairs.filter(([from, to]) => from > to);
        const ordered = inDependencyOrder(order, String, (item) =>
          edges.filter(([from]) => from === item).map(([, to]) => String(to)),
        );
        expect([...ordered].sort()).toEqual([...order].sort());
        for (const [from, to] of edges) expect(ordered.indexOf(to)).toBeLessThan(ordered.indexOf(from));
      }),
    );
  });
});
