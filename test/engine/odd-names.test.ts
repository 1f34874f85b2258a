/** Names that trip up queries, URLs, prototypes and look-ups. */
import { describe, expect, it } from "vitest";
import { TreeError } from "../../src/core/errors.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { credential, manifest, run, SECRETS, stack } from "../support/manifests.ts";
import { actionsOf, lab, tagOf } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";

const ODD_PATHS = [
  "/in/a+b & c=d?.gz",
  "/in/100%25.gz",
  "/in/ünï cødé 😀.gz",
  "/in/with#hash;semi,comma.gz",
  "/in/'quotes\".gz",
  "/in/..hidden/.x.gz",
  "/in/[brackets](parens).gz",
];

describe("data", () => {
  it("is found by paths with any characters, as often as it is named", async () => {
    const odd = ODD_PATHS.map((path, index) => ({
      id: `fil.${String(index).padStart(32, "0")}`,
      project: "prod",
      path,
    }));
    const ica = await lab({ seed: { ...WORLD, data: [...WORLD.data, ...odd] } });
    const refs = [...ODD_PATHS, ODD_PATHS[0] ?? ""];
    const text = stack() + run("r", `input: { custom: { text: "a: 1", files: ${JSON.stringify(refs)} } }`);
    await applyTree(treeOf({ "t.yaml": text }), ica.sim);
    const { analysisInput } = JSON.parse(ica.creates()[0]?.body ?? "{}") as { analysisInput: { dataIds: string[] } };
    expect(analysisInput.dataIds).toEqual([...odd.map(({ id }) => id), odd[0]?.id]);
  });

  it("below targets with any characters is counted", async () => {
    const data = [...WORLD.data, { project: "prod", path: "/o/a+b & 100%/x.gz", size: 5 }];
    const ica = await lab({ seed: { ...WORLD, data } });
    const text = stack() + run("r", 'outputs: [{ source: out/, target: "/o/a+b & 100%/", actionOnExist: Skip }]');
    const plan = await planTree(treeOf({ "t.yaml": text }), ica.sim);
    expect(plan.changes[0]?.effects).toMatchObject([{ files: 1, bytes: 5 }]);
  });
});

describe("projects, pipelines and storages", () => {
  it("are found by names with any characters", async () => {
    const name = 'R&D 100% +x "quoted" ü/slash';
    const ica = await lab({
      seed: {
        ...WORLD,
        projects: [...WORLD.projects, { name }],
        pipelines: [{ code: name, projects: [name] }],
        storages: [...WORLD.storages, { name }],
      },
    });
    const quoted = JSON.stringify(name);
    const text =
      manifest("Stack", "lab", `{ project: ${quoted} }`) + run("r", `pipeline: ${quoted}, storage: ${quoted}`);
    const { results } = await applyTree(treeOf({ "t.yaml": text }), ica.sim);
    expect(results).toMatchObject([{ outcome: "done" }]);
    expect(actionsOf(await planTree(treeOf({ "t.yaml": text }), ica.sim))).toEqual(["no-op PipelineRun/r"]);
  });
});

const PROTOTYPE = ["__proto__", "constructor", "hasOwnProperty", "toString"];

describe("names that JavaScript knows", () => {
  it("are names of parameters and keys like any other, but for the one that is refused", async () => {
    const ica = await lab();
    const known = PROTOTYPE.slice(1);
    const map = `{ ${known.map((name) => `"${name}": value-of-${name}`).join(", ")} }`;
    const text =
      stack() +
      run("form", `input: { form: { parameters: ${map} } }`) +
      run("custom", `input: { custom: { values: ${map} } }`);
    await applyTree(treeOf({ "t.yaml": text }), ica.sim);
    const bodies = ica.creates().map(({ body }) => body);
    for (const name of known) {
      expect(bodies.find((body) => body.includes('"parameters"'))).toContain(
        `{"code":"${name}","value":"value-of-${name}"}`,
      );
      expect(bodies.find((body) => body.includes('"customInput"'))).toContain(`\\"${name}\\":\\"value-of-${name}\\"`);
    }
  });

  it("are names of runs and credentials like any other", async () => {
    const ica = await lab();
    const text = stack() + PROTOTYPE.map((name) => run(name) + credential(name)).join("");
    const folder = treeOf({ "t.yaml": text });
    await applyTree(folder, ica.sim, { secrets: SECRETS });
    expect(
      ica.sim
        .analyses()
        .map(({ tags }) => tagOf(tags, "run"))
        .sort(),
    ).toEqual([...PROTOTYPE].sort());
    expect((await planTree(folder, ica.sim)).summary).toMatchObject({ create: 0, unchanged: 8 });
  });

  it("are statuses that nobody knows", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": stack() + run("r", "pipeline: constructor") });
    await expect(planTree(folder, ica.sim)).rejects.toThrow(TreeError);
  });
});

describe("runs whose names are alike", () => {
  it("are told apart, also where ICA's search is loose", async () => {
    const ica = await lab({
      switches: { speed: 0, tagSearch: { combine: "or", match: "substring", caseSensitive: false } },
    });
    const names = ["a", "A", "aa", "a-1", "a_1", "a-10"];
    const folder = treeOf({ "t.yaml": stack() + names.map((name) => run(name)).join("") });
    await applyTree(treeOf({ "t.yaml": stack() + run("aa") }), ica.sim);
    // Lost answers make it look for single runs as well.
    ica.sim.control.addFaults({ match: { path: "analysis:nextflow", times: 3 }, fault: "broken-json" });
    await applyTree(folder, ica.sim);
    expect(
      ica.sim
        .analyses()
        .map(({ tags }) => tagOf(tags, "run"))
        .sort(),
    ).toEqual([...names].sort());
    expect((await planTree(folder, ica.sim)).summary).toMatchObject({ create: 0, unchanged: names.length });
  });
});

describe("a target that two runs name differently", () => {
  it("by the project's name and by its id, is the same file: an error unless both rename", async () => {
    const ica = await lab();
    const text = (action: string) =>
      stack() +
      run("a", `outputs: [{ source: out/r.html, target: /r.html, project: archive, actionOnExist: ${action} }]`) +
      run("b", `outputs: [{ source: out/r.html, target: /r.html, project: ${IDS.archive}, actionOnExist: ${action} }]`);
    const failure = await planTree(treeOf({ "t.yaml": text("Skip") }), ica.sim).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TreeError);
    expect((failure as TreeError).diagnostics).toMatchObject([
      // At the item, as the offline check has it.
      { severity: "error", code: "target-conflict", line: 15, column: 74 },
    ]);
    expect((await planTree(treeOf({ "t.yaml": text("Rename") }), ica.sim)).summary.create).toBe(2);
  });

  it("is an overlap of folders, told once: a warning, or an error by policy.forbidOverlap", async () => {
    const ica = await lab();
    const writes = (name: string, target: string, project: string) =>
      run(name, `outputs: [{ source: out/, target: ${target}, project: ${project} }]`);
    const tree = (policy: string, ...runs: string[]) => treeOf({ "t.yaml": stack(policy) + runs.join("") });
    const both = [writes("a", "/o/", "archive"), writes("b", "/o/deep/", IDS.archive)];
    expect((await planTree(tree("", ...both), ica.sim)).diagnostics).toMatchObject([
      {
        severity: "warning",
        code: "target-overlap",
        line: 15,
        message: expect.stringMatching(
          new RegExp(
            `^the runs a and b write .*: /o/deep/, inside /o/, in one project, named archive and ${IDS.archive}$`,
          ),
        ),
      },
    ]);
    const failure = await planTree(tree("policy: { forbidOverlap: true }", ...both), ica.sim).catch((error) => error);
    expect(failure).toBeInstanceOf(TreeError);
    expect((failure as TreeError).diagnostics).toMatchObject([
      { severity: "error", code: "target-overlap", message: expect.stringMatching(/ \(policy\.forbidOverlap\)$/) },
    ]);
    const apart = [writes("a", "/o/", "archive"), writes("b", "/p/", IDS.archive)];
    expect((await planTree(tree("", ...apart), ica.sim)).diagnostics).toEqual([]);
    const sameSpelling = [...apart, writes("c", "/p/x/", IDS.archive)];
    expect((await planTree(tree("", ...sameSpelling), ica.sim)).diagnostics).toEqual([]);
  });
});

describe("a tree without a project", () => {
  it("may hold credentials alone", async () => {
    const ica = await lab();
    const folder = treeOf({ "t.yaml": manifest("Stack", "lab", "{}") + credential("s3") });
    await applyTree(folder, ica.sim, { secrets: SECRETS });
    expect(actionsOf(await planTree(folder, ica.sim))).toEqual(["no-op StorageCredential/s3"]);
  });
});
