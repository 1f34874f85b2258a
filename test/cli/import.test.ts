/** `import` from the outside: what a project has becomes manifests, and with --adopt the stack's own runs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { STAND_IN_TEXT } from "../../src/core/stand-in.ts";
import { loadTree } from "../../src/manifest/load.ts";
import type { SeedAnalysis } from "../../src/simulator/seedTypes.ts";
import { lab, treeOf } from "../support/beside.ts";
import { COMMAND } from "../support/cli.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { credential, run, SECRETS, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, tagOf } from "../support/simulator.ts";
import { IDS, WORLD } from "../support/world.ts";

const PIPELINES = [
  ...WORLD.pipelines,
  {
    code: "nf-declared",
    language: "NEXTFLOW" as const,
    inputFormType: "XML" as const,
    parameters: [
      { code: "reads", type: "DATA", multiValue: true },
      { code: "reference", type: "REFERENCE" },
      { code: "callers", type: "STRING", multiValue: true },
      { code: "threads", type: "INTEGER" },
    ],
  },
  {
    code: "nf-input",
    language: "NEXTFLOW" as const,
    inputFormType: "XML" as const,
    parameters: [{ code: "input", type: "DATA", multiValue: true }],
  },
];

const FORM = `{ data: [{ parameter: reads, files: [${IDS.a}, ${IDS.b}], mounts: [{ file: ${IDS.c}, path: regions/c.bed }],
  external: [{ url: "https://data.example.org/x.vcf.gz", mountPath: in/x.vcf.gz }] }],
  parameters: { callers: [snv, "$\${each.x}"], threads: "16" }, referenceData: { reference: ${IDS.reference} } }`;
const FIELDS = `{ fields: [{ id: sample, values: ["S1"] }, { id: reads, data: [${IDS.a}, { file: ${IDS.c}, path: c.bed }] },
  { id: far, external: [{ url: "s3://bucket/S1 R2.bam", mountPath: in/a.bam, credential: { id: ${IDS.bucket} } }] }],
  groups: [{ id: lanes, values: [{ fields: [{ id: lane, values: ["1", "2"] }, { id: file, data: [${IDS.b}] }] }] }] }`;

/** A run of each input that ICA tells, and what the body of its create call holds of it. */
const TOLD = {
  "nf-form": `pipeline: nf-declared, input: { form: ${FORM} }`,
  "nf-fields": `pipeline: nf-json, input: { formValues: ${FIELDS} }`,
  "cwl-form": `pipeline: cwl, input: { form: { parameters: { threads: "8" } } }`,
  "cwl-values": `pipeline: cwl, input: { json: { values: { reads: { class: File }, n: [1, 0.5, null, true] }, files: [${IDS.a}] } }`,
  "cwl-text": `pipeline: cwl, input: { json: { text: '{ "b": 1, "a": "$\${x}" }' } }`,
  "cwl-fields": `pipeline: cwl-json, storage: Large, tags: { technical: [t], user: ["a: b", "#c"], reference: [r] },
    userReference: cohort 7/S1, input: { formValues: { fields: [{ id: sample, values: ["true"] }] } }`,
};
const UNTOLD = {
  "nf-custom": `pipeline: nf, input: { custom: { text: "reads: 1", files: [${IDS.a}] } }`,
};
const ALL = Object.entries({ ...TOLD, ...UNTOLD });

/** A project in which people have started runs by themselves: nobody's tags are on them. */
async function project(runs: readonly (readonly [string, string])[] = ALL): Promise<Lab> {
  const credentials = [{ id: IDS.bucket, name: "s3" }];
  const ica = await lab({ seed: { ...WORLD, pipelines: PIPELINES, credentials } });
  const folder = treeOf({ "t.yaml": stack("", "by-hand") + runs.map(([name, spec]) => run(name, spec)).join("") });
  await applyTree(folder, ica.sim, { secrets: SECRETS });
  for (const { tags } of ica.sim.analyses()) {
    tags.technicalTags.splice(
      0,
      tags.technicalTags.length,
      ...tags.technicalTags.filter((tag) => !/^icaform\./.test(tag)),
    );
  }
  ica.forget();
  return ica;
}

const empty = () => treeOf({});
const bodiesOf = (ica: Lab) =>
  ica.creates().map(({ body }) => {
    const { tags: _tags, ...sent } = JSON.parse(body ?? "{}");
    return sent;
  });

describe.concurrent("import", () => {
  it("changes nothing, prints valid manifests, and says that they are not yet the stack's", async () => {
    const ica = await project();
    const { code, stdout, stderr } = await ica.icaform(["import", "prod"], { cwd: empty() });
    expect(stderr).toMatch(
      /^7 analyses to read, by about \d+ calls\nwarn: not yet stack prod's: an apply is refused \(maxCreates: 0\) until they are adopted; icaform import --adopt/,
    );
    expect(code).toBe(0);
    expect(ica.writes()).toEqual([]);
    const folder = treeOf({ "all.yaml": stdout });
    expect((await ica.icaform(["validate", folder])).stdout).toBe(
      "Valid: stack prod, 7 runs, 0 credentials, 0 output mappings in 1 file.\n",
    );
    expect(stdout).toMatch(/^# yaml-language-server: \$schema=\S*schemas\/manifest\.json\n/);
    expect(stdout).toMatch(
      /\n {2}# what is imported has run already: raise maxCreates to start new runs\n {2}policy:\n {4}maxCreates: 0\n/,
    );
    // A stack that import founds starts nothing by mistake, be it filled in.
    writeFileSync(join(folder, "all.yaml"), stdout.replace(/text: stand-in .*/, 'text: "reads: 1"'));
    expect(await ica.icaform(["apply", folder, "--auto-approve"])).toMatchObject({ code: 4 });
  });

  it("and adopts every kind of input so that the plan right after is empty", async () => {
    const ica = await project();
    const folder = empty();
    const adopted = await ica.icaform(["import", "prod", "--out", "m", "--adopt", "--auto-approve"], { cwd: folder });
    expect(adopted).toMatchObject({ code: 0, stdout: expect.stringMatching(/Adopted: 7 runs\.\n$/) });
    expect(ica.writes().map(({ method }) => method)).toEqual(Array(7).fill("PUT"));
    expect(ica.writes().every(({ headers }) => headers["if-match"] !== undefined)).toBe(true);
    const plan = await planTree(join(folder, "m"), ica.sim);
    expect(plan.changes.filter(({ action }) => action !== "no-op")).toEqual([]);
    expect(plan.summary.unchanged).toBe(7);
    // What people wrote stays.
    const tags = ica.sim.analyses().find(({ userReference }) => userReference === "cohort 7/S1")?.tags;
    expect(tags).toMatchObject({ userTags: ["a: b", "#c"], referenceTags: ["r"] });
    expect(tags?.technicalTags).toEqual(expect.arrayContaining(["t", "icaform.stack=prod", "icaform.attempt=1"]));
    // Again: nothing is left to do, and nothing is written.
    ica.forget();
    const again = await ica.icaform(["import", "prod", "--out", "m", "--adopt", "--auto-approve"], { cwd: folder });
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("this stack owns it already") });
    expect(ica.writes()).toEqual([]);
  });

  it("writes what a run was started with: started again from its manifest it is the same call", async () => {
    const told = Object.entries(TOLD);
    const ica = await project(told);
    const first = await project(told);
    const folder = empty();
    await ica.icaform(["import", "prod", "--out", "m", "--stack", "again"], { cwd: folder });
    const stackFile = join(folder, "m/icaform.yaml");
    writeFileSync(stackFile, readFileSync(stackFile, "utf8").replace("maxCreates: 0", "maxCreates: 9"));
    await applyTree(join(folder, "m"), ica.sim);
    const byReference = (left: { userReference: string }, right: { userReference: string }) =>
      left.userReference < right.userReference ? -1 : 1;
    first.forget();
    const source = treeOf({ "t.yaml": stack("", "other") + told.map(([name, spec]) => run(name, spec)).join("") });
    await applyTree(source, first.sim, { secrets: SECRETS });
    const [expected, sent] = [bodiesOf(first).sort(byReference), bodiesOf(ica).sort(byReference)];
    expect(sent).toHaveLength(6);
    for (const [index, body] of expected.entries()) {
      // The storage is written out, also where it is the pipeline's own; an empty form has no data either way.
      expect(sent[index]).toEqual({ ...body, analysisStorageId: sent[index].analysisStorageId });
    }
  });
});

describe.concurrent("texts and forms", () => {
  it("are not taken for each other: a text is a text or said to be unknown, an empty form is an empty form", async () => {
    const files = `files: [${IDS.a}]`;
    const ica = await project([
      ["json-of-form", `pipeline: cwl-json, input: { json: { values: { n: 1 }, ${files} } }`],
      ["custom-of-form", `pipeline: nf-json, input: { custom: { text: "n: 1", ${files} } }`],
      ["custom-input", `pipeline: nf-input, input: { custom: { text: "n: 1", ${files} } }`],
      ["nothing", "pipeline: nf-input, input: { custom: { text: 'n: 1' } }"],
      ["no-fields", "pipeline: nf-json, input: { formValues: { fields: [] } }"],
      ["cwl-no-fields", "pipeline: cwl-json, input: { formValues: { fields: [] } }"],
      ["no-rows", "pipeline: nf-json, input: { formValues: { groups: [{ id: lanes, values: [] }] } }"],
    ]);
    const folder = empty();
    const adopted = await ica.icaform(["import", "prod", "--out", "m", "--adopt", "--auto-approve"], { cwd: folder });
    expect(adopted).toMatchObject({ code: 0, stdout: expect.stringContaining("Adopted: 7 runs.") });
    const { tree } = await loadTree({ paths: ["m"], cwd: folder });
    const inputs = Object.fromEntries((tree?.runs ?? []).map(({ name, spec }) => [name, spec.input]));
    const standIn = { text: STAND_IN_TEXT };
    expect(inputs).toEqual({
      "json-of-form": { json: { values: { n: 1 }, files: [IDS.a] } },
      "custom-of-form": { custom: { ...standIn, files: [IDS.a] } },
      "custom-input": { form: { data: [{ parameter: "input", files: [IDS.a] }] } },
      nothing: { custom: standIn },
      "no-fields": { custom: standIn },
      "cwl-no-fields": { formValues: {} },
      "no-rows": { formValues: { groups: [{ id: "lanes", values: [] }] } },
    });
    const certain = (tree?.runs ?? []).filter(({ spec }) => !spec.rerun?.ignoreChanges?.includes("input"));
    expect(certain.map(({ name }) => name).sort()).toEqual(["cwl-no-fields", "json-of-form"]);
    const said = (name: string) => readFileSync(join(folder, "m", `${name}.yaml`), "utf8");
    expect(said("custom-input")).toContain("# ICA does not tell whether the run was started by this form or by a text");
    expect(said("no-fields")).toContain("; put formValues here if the run was started by its form");
    expect((await planTree(join(folder, "m"), ica.sim)).summary).toMatchObject({ create: 0, rerun: 0, unchanged: 7 });
  });
});

describe.concurrent("what ICA does not return", () => {
  it("is said where it belongs, and filling it in starts nothing", async () => {
    const ica = await project([["nf-custom", UNTOLD["nf-custom"]]]);
    const folder = empty();
    await ica.icaform(["import", "prod", "--out", "m", "--adopt", "--auto-approve"], { cwd: folder });
    const file = join(folder, "m/nf-custom.yaml");
    const text = readFileSync(file, "utf8");
    expect(text).toContain(
      "# ICA does not return the custom input: what stands here is not what the run was started with",
    );
    expect(text).toContain("# ICA does not return outputs, activationCode, outputFolder, logs");
    writeFileSync(
      file,
      text.replace("text: stand-in of icaform import, to be filled in", 'text: "reads: 1"') +
        "  outputs: [{ source: out/, target: /x/ }]\n  logs: { path: /logs/ }\n",
    );
    const plan = await planTree(join(folder, "m"), ica.sim);
    expect(actionsOf(plan)).toEqual(["no-op PipelineRun/nf-custom"]);
  });

  it("starts nothing before it is filled in: no create, and no rerun of what was adopted", async () => {
    const external = `[{ url: "s3://b/x", mountPath: x, credential: { id: ${IDS.bucket} } }]`;
    const form = `{ parameters: { a: b }, data: [{ parameter: r, external: ${external} }] }`;
    const ica = await project([
      ["custom", UNTOLD["nf-custom"]],
      ["key", "pipeline: cwl, input: { json: { values: { token: hush } } }"],
      ["s3", `pipeline: nf, input: { form: ${form} }`],
    ]);
    const folder = empty();
    await ica.icaform(["import", "prod", "--out", "m"], { cwd: folder });
    const refusal = (kind: string, name: string) =>
      new RegExp(`${name}\\.yaml:\\d+:\\d+: .*the ${kind} of PipelineRun/${name} is not known: a stand-in`);
    const create = await ica.icaform(["apply", "m", "--auto-approve"], { cwd: folder });
    expect(create.code).toBe(1);
    const refusals = [refusal("input", "custom"), refusal("input", "key"), refusal("credential", "s3")];
    for (const line of refusals) expect(create.stderr).toMatch(line);
    await ica.icaform(["import", "m", "--adopt", "--auto-approve"], { cwd: folder });
    expect((await planTree(join(folder, "m"), ica.sim)).summary).toMatchObject({ create: 0, rerun: 0, unchanged: 3 });
    ica.finish();
    for (const name of ["custom", "key", "s3"]) {
      const again = ["apply", "m", "--rerun", name, "--reason", "once more", "--auto-approve"];
      expect(await ica.icaform(again, { cwd: folder })).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(refusal(name === "s3" ? "credential" : "input", name)),
      });
    }
    expect(ica.creates()).toEqual([]);
  });

  it("credentials of S3 inputs are named where ICA tells them, and asked for where it does not", async () => {
    const ica = await project([
      ["told", `pipeline: nf-json, input: { formValues: ${FIELDS} }`],
      [
        "untold",
        `pipeline: nf, input: { form: { parameters: { a: b }, data: [{ parameter: r, external: [{ url: "s3://b/x", mountPath: x, credential: { id: ${IDS.bucket} } }] }] } }`,
      ],
    ]);
    const declared = treeOf({ "t.yaml": stack() + credential("s3") });
    const [plain, named, given] = await Promise.all([
      ica.icaform(["import", "prod"], { cwd: empty() }),
      ica.icaform(["import"], { cwd: declared }),
      ica.icaform(["import", "prod", "--credential", IDS.bucket], { cwd: empty() }),
    ]);
    expect(plain.stdout).toContain(`credential:\n                id: ${IDS.bucket}`);
    expect(plain.stdout).toContain("# ICA does not return the credential: put its name or id here");
    expect(plain.stdout).toContain("ignoreChanges: [ input, outputs");
    expect(named.stdout).toContain("credential: s3");
    expect(named.stderr).toContain(
      "warn: not yet stack lab's: an apply would start them again; icaform import --adopt",
    );
    expect(named.stdout).not.toContain("kind: Stack");
    expect(given.stdout).not.toContain("does not return the credential");
    expect(given.stdout.match(new RegExp(IDS.bucket, "g"))).toHaveLength(2);
  });
});

describe.concurrent("what no manifest can hold", () => {
  it("is said, and ends the import as incomplete, but keeps nobody else's run from being imported", async () => {
    const form = `{ data: [{ parameter: reads, external: [{ url: "https://h.org/x", mountPath: x }] }] }`;
    const ica = await project([
      ["bad", `pipeline: nf-declared, input: { form: ${form} }`],
      ["good", "pipeline: nf, input: { form: { parameters: { a: b } } }"],
    ]);
    const [external] = ica.sim.analyses().flatMap(({ input }) => input.data.flatMap((data) => data.external));
    if (external !== undefined) external.url = "https://h.org/a b";
    const { code, stdout, stderr } = await ica.icaform(["import", "prod"], { cwd: empty() });
    expect(stderr).toMatch(/passed over: 1 analysis, since no manifest can hold it: .*without spaces/);
    expect(code).toBe(3);
    expect(stdout.match(/^metadata: \{ name: .*$/gm)).toEqual(["metadata: { name: prod }", "metadata: { name: good }"]);
  });
});

describe.concurrent("secrets that ICA returns", () => {
  it("are written by reference or not at all", async () => {
    const ica = await project([
      [
        "form",
        'pipeline: nf, input: { form: { parameters: { api_token: hush-hush-1, plain: "AKIAIOSFODNN7EXAMPLE", ok: fine } } }',
      ],
      ["fields", "pipeline: nf-json, input: { formValues: { fields: [{ id: password, values: [hush-hush-2] }] } }"],
      ["json", "pipeline: cwl, input: { json: { values: { deep: { secretKey: hush-hush-3 } } } }"],
      ["below", "pipeline: cwl, input: { json: { values: { credentials: { user: u, key: hush-hush-6 } } } }"],
      [
        "inside",
        'pipeline: nf, input: { form: { parameters: { cmd: "curl https://h.org/x?X-Amz-Signature=hush-hush-7 -o x", passphrase: hush-hush-8, author: ada } } }',
      ],
      [
        "url",
        'pipeline: nf, input: { form: { parameters: { a: b }, data: [{ parameter: r, external: [{ url: "https://ada:hush-hush-4@h.org/x?X-Amz-Signature=hush-hush-5", mountPath: x }] }] } }',
      ],
    ]);
    const { code, stdout, stderr } = await ica.icaform(["import", "prod"], { cwd: empty() });
    expect(code).toBe(0);
    expect(stdout + stderr).not.toMatch(/hush-hush|AKIA/);
    expect(stdout).toContain("env: API_TOKEN");
    expect(stdout).toContain("env: PASSWORD");
    expect(stdout).toContain("ok: fine");
    expect(stdout).toContain("env: PASSPHRASE");
    expect(stdout).toContain("author: ada");
    expect(stdout).toContain("url: https://h.org/x # its signature is not written here");
    expect(stdout.match(/the input.json that ICA returned holds what looks like a secret/g)).toHaveLength(2);
  });
});

const seeded = (more: Partial<SeedAnalysis> & { userReference: string }): SeedAnalysis => ({
  project: "prod",
  pipeline: "nf",
  ...more,
});

describe.concurrent("what other stacks own", () => {
  it("is never adopted, not even in pieces", async () => {
    const tags = (...technicalTags: string[]) => ({ technicalTags });
    const ica = await lab({
      seed: {
        ...WORLD,
        analyses: [
          seeded({ userReference: "theirs", tags: tags("icaform.stack=theirs", "icaform.run=x", "icaform.attempt=1") }),
          seeded({ userReference: "half", tags: tags("icaform.stack=theirs") }),
          seeded({ userReference: "odd", tags: tags("icaform.run=odd") }),
          seeded({ userReference: "free" }),
        ],
      },
    });
    const folder = empty();
    const ran = await ica.icaform(["import", "prod", "--out", "m", "--adopt", "--auto-approve"], { cwd: folder });
    expect(ran.stdout).toContain("Adopted: 1 run.");
    expect(ran.stderr).toContain("passed over: 2 analyses, since stack theirs owns it");
    expect(ran.stderr).toContain("it carries tags of icaform, but no stack's");
    expect(readdirSync(join(folder, "m")).sort()).toEqual(["free.yaml", "icaform.yaml"]);
    const id = ica.sim.analyses().find(({ userReference }) => userReference === "theirs")?.id ?? "";
    const asked = ["import", "m", "--id", id, "--as", "free", "--adopt", "--auto-approve"];
    expect((await ica.icaform(asked, { cwd: folder })).stderr).toContain("is in ICA already");
    writeFileSync(join(folder, "m/more.yaml"), run("more").slice(4));
    const other = await ica.icaform(
      asked.map((word) => (word === "free" ? "more" : word)),
      { cwd: folder },
    );
    expect(other).toMatchObject({ code: 4, stderr: expect.stringContaining("stack theirs owns it") });
    expect(ica.writes()).toHaveLength(1);
  });
});

describe.concurrent("ids that were given", () => {
  it("are refused all together where another stack owns one, and passed over where this one does", async () => {
    const tags = (stack: string) => ({
      technicalTags: [`icaform.stack=${stack}`, "icaform.run=x", "icaform.attempt=1"],
    });
    const analyses = [
      seeded({ id: IDS.bucket, userReference: "theirs", tags: tags("theirs") }),
      seeded({ id: IDS.reference, userReference: "odd", tags: { technicalTags: ["icaform.run=odd"] } }),
      seeded({ id: IDS.code, userReference: "free" }),
    ];
    const ica = await lab({ seed: { ...WORLD, analyses } });
    const folder = empty();
    const named = ["import", "prod", "--out", "m", "--id", IDS.code, "--id", IDS.bucket, "--id", IDS.reference];
    for (const args of [[...named, "--adopt", "--auto-approve"], named]) {
      const { code, stdout, stderr } = await ica.icaform(args, { cwd: folder });
      expect([code, stdout]).toEqual([4, ""]);
      expect(stderr).toContain(`${IDS.bucket} (nf-${IDS.bucket}): stack theirs owns it`);
      expect(stderr).toContain(`${IDS.reference} (nf-${IDS.reference}): it carries tags of icaform, but no stack's`);
      expect(stderr).not.toContain(IDS.code);
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(ica.writes()).toEqual([]);
    const own = ["import", "prod", "--out", "m", "--id", IDS.code, "--adopt", "--auto-approve"];
    expect(await ica.icaform(own, { cwd: folder })).toMatchObject({ code: 0 });
    expect(await ica.icaform(own, { cwd: folder })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("this stack owns it already"),
    });
    expect(ica.writes()).toHaveLength(1);
  });
});

describe.concurrent("adopting in pieces", () => {
  it("an adopt that failed in the middle is repeated, and does only what is left", async () => {
    const ica = await project();
    const folder = empty();
    ica.sim.control.addFaults({ match: { method: "PUT", nth: 3 }, fault: "status-before", status: 400 });
    ica.sim.control.addFaults({ match: { method: "PUT", nth: 5 }, fault: "lose-answer" });
    ica.sim.control.addFaults({ match: { method: "PUT", nth: 6 }, fault: "conflict" });
    const args = ["import", "prod", "--out", "m", "--adopt", "--auto-approve"];
    const first = await ica.icaform(args, { cwd: folder });
    expect(first).toMatchObject({ code: 3, stdout: expect.stringContaining("Adopted: 6 runs; 1 not: repeat it") });
    ica.forget();
    const second = await ica.icaform(args, { cwd: folder });
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/Adopted: 1 run\.\n$/) });
    expect(ica.writes()).toHaveLength(1);
    expect((await planTree(join(folder, "m"), ica.sim)).summary).toMatchObject({ create: 0, rerun: 0, unchanged: 7 });
  });

  it("an adopt that was killed in the middle is repeated, and does only what is left", async () => {
    const ica = await project();
    const folder = empty();
    const args = ["import", "prod", "--out", "m", "--adopt", "--auto-approve"];
    await ica.icaform(args.slice(0, 4), { cwd: folder });
    // What comes after the third tagging is done when the command is long gone.
    for (const nth of [4, 5, 6, 7]) {
      ica.sim.control.addFaults({ match: { method: "PUT", nth }, fault: "slow", delay: 3000, when: "before" });
    }
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: { ...process.env, ...ica.env } });
    const written = () => ica.writes().filter(({ status }) => status === 200).length;
    await expect.poll(written, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    child.kill("SIGKILL");
    await once(child, "exit");
    ica.sim.control.clearFaults();
    const before = written();
    expect(await ica.icaform(args, { cwd: folder })).toMatchObject({ code: 0 });
    expect(before).toBeLessThan(7);
    expect(written()).toBe(7);
    expect((await planTree(join(folder, "m"), ica.sim)).summary).toMatchObject({ create: 0, unchanged: 7 });
  });

  it("what was written first and looked through is adopted as it stands, unless it is another run by now", async () => {
    const ica = await project([
      ["a", "pipeline: nf, input: { form: { parameters: { x: one } } }"],
      ["b", "pipeline: nf, input: { form: { parameters: { x: two } } }"],
    ]);
    const folder = empty();
    await ica.icaform(["import", "prod", "--out", "m"], { cwd: folder });
    const edit = (name: string, before: string, after: string) => {
      const file = join(folder, "m", name);
      writeFileSync(file, readFileSync(file, "utf8").replace(before, after));
    };
    edit("a.yaml", "spec:\n", "spec:\n  outputs: [{ source: out/, target: /a/ }]\n");
    edit("b.yaml", "x: two", "x: three");
    const ran = await ica.icaform(["import", "m", "--adopt", "--auto-approve", "--out", "more"], { cwd: folder });
    expect(ran.stdout).toContain("Adopted: 2 runs.");
    const [written = ""] = readdirSync(join(folder, "more"));
    expect(written).toMatch(/^b-[0-9a-f]{8}\.yaml$/);
    const plan = await planTree(folder, ica.sim);
    expect(actionsOf(plan)).toEqual([
      "create PipelineRun/b",
      "no-op PipelineRun/a",
      `no-op PipelineRun/${written.slice(0, -5)}`,
    ]);
  });

  it("--as adopts one analysis as a declared run, whatever differs", async () => {
    const ica = await project([["old", "pipeline: nf, input: { form: { parameters: { x: one } } }"]]);
    const [analysis] = ica.sim.analyses();
    const folder = treeOf({ "t.yaml": stack("defaults: { tags: { user: [cohort] } }") + run("mine") });
    const args = ["import", "--id", analysis?.id ?? "", "--as", "mine", "--adopt"];
    expect(await ica.icaform(args, { cwd: folder })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("no terminal"),
    });
    expect(ica.writes()).toEqual([]);
    const ran = await ica.icaform([...args, "--auto-approve"], { cwd: folder });
    expect(ran.stdout).toMatch(/^~ PipelineRun\/mine {2}adopts nf-\S+, \S+, and adds cohort\n/);
    expect(tagOf(ica.sim.analyses()[0]?.tags ?? { technicalTags: [] }, "run")).toBe("mine");
    expect(actionsOf(await planTree(folder, ica.sim))).toEqual(["no-op PipelineRun/mine"]);
  });
});

describe.concurrent("filters and names", () => {
  it("find what is meant", async () => {
    const day = (number: number) => `2026-10-0${number}T00:00:00Z`;
    const ica = await lab({
      seed: {
        ...WORLD,
        analyses: [
          seeded({ userReference: "r1", timeCreated: day(1), tags: { userTags: ["x"] } }),
          seeded({ userReference: "r2", timeCreated: day(2), status: "FAILED" }),
          seeded({ userReference: "r3", timeCreated: day(3), pipeline: "cwl", tags: { referenceTags: ["x"] } }),
          seeded({ userReference: "r4", timeCreated: day(4), id: IDS.code }),
          seeded({ userReference: "elsewhere", project: "archive" }),
        ],
      },
    });
    const found = async (...args: string[]) => {
      const { stdout } = await ica.icaform(["import", "prod", ...args], { cwd: empty() });
      return [...stdout.matchAll(/^metadata: \{ name: (r\d)/gm)].map(([, name]) => name);
    };
    const asked = await Promise.all([
      found("--status", "failed", "--status", "aborted"),
      found("--tag", "x"),
      found("--pipeline", "nf", "--tag", "x"),
      found("--since", "2026-10-03"),
      found("--limit", "2"),
      found("--id", IDS.code),
    ]);
    expect(asked).toEqual([["r2"], ["r1", "r3"], ["r1"], ["r3", "r4"], ["r3", "r4"], ["r4"]]);
  });

  it("hostile words of ICA stay words: names are spelled out and unique, nothing is run or hidden", async () => {
    const words = [
      "../../etc/passwd",
      "a\u001b[31mb",
      "x\nkind: Stack",
      "${var.x}",
      "same",
      "SAME",
      "same",
      "\u202e",
      "icaform",
    ];
    const ica = await lab({
      seed: {
        ...WORLD,
        analyses: words.map((userReference) => seeded({ userReference, tags: { userTags: [userReference] } })),
      },
    });
    const folder = empty();
    const ran = await ica.icaform(["import", "prod", "--out", "m", "--adopt", "--auto-approve"], { cwd: folder });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Adopted: 9 runs.") });
    for (const character of ["\u001b", "\u202e"]) expect(ran.stdout).not.toContain(character);
    const files = readdirSync(join(folder, "m"));
    expect(new Set(files.map((name) => name.toLowerCase())).size).toBe(10);
    expect(files.every((name) => /^[A-Za-z0-9_-]+\.yaml$/.test(name))).toBe(true);
    expect((await planTree(join(folder, "m"), ica.sim)).summary).toMatchObject({
      create: 0,
      rerun: 0,
      update: 0,
      unchanged: 9,
    });
  });

  it("no file is overwritten, and mistakes are told in one line", async () => {
    const ica = await project([["a", "pipeline: nf, input: { form: { parameters: { x: one } } }"]]);
    const folder = treeOf({ "m/a.yaml": "mine: true\n" });
    const cases: [string[], RegExp][] = [
      [["import", "prod", "--out", "m"], /--out m: a\.yaml would be overwritten; nothing was written/],
      [["import"], /import from which project\?/],
      [["import", "nowhere"], /no project nowhere\n {2}help: check the name, and that the API key's user has access/],
      [["import", "archiv"], /no project archiv\n {2}help: did you mean `archive`\?/],
      [["import", "prod", "--adopt"], /1 run is declared nowhere yet/],
      [["import", "prod", "--status", "done"], /--status done: ICA has no such status/],
      [["import", "prod", "--status", "SUCCEEDED,FAILED"], /no such status\n {2}help: repeat --status for each\n$/],
      [["import", "prod", "--since", "yesterday"], /--since yesterday: is no time/],
      [["import", "prod", "--since", "2026-02-31"], /--since 2026-02-31: is no time\n {2}help: write 2026-11-01/],
      [["import", "prod", "--since", "2025-02-29T08:00:00Z"], /--since 2025-02-29T08:00:00Z: is no time/],
      [["import", "prod", "--since", "2026-13"], /--since 2026-13: is no time/],
      [["import", "prod", "--id", "nope"], /project prod has no analysis nope/],
      [["import", "prod", "--auto-approve"], /--auto-approve goes with --adopt/],
      [["import", "prod", "other"], /import takes one project, not 2/],
    ];
    const ran = await Promise.all(cases.map(([args]) => ica.icaform(args, { cwd: folder })));
    for (const [index, { code, stderr, stdout }] of ran.entries()) {
      expect([code, stdout], stderr).toEqual([1, ""]);
      expect(stderr).toMatch(cases[index]?.[1] ?? /^$/);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    const none = await ica.icaform(["import", "prod", "--tag", "nobody's"], { cwd: folder });
    expect(none).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "no analysis of project prod matches (1 looked at)\n",
    });
    const mistyped = await ica.icaform(["import", "prod", "--pipeline", "nff"], { cwd: folder });
    expect(mistyped.stderr).toBe(
      "no analysis of project prod matches (1 looked at); none is of pipeline nff: did you mean `nf`?\n",
    );
    const broken = treeOf({ "a.yaml": stack(), "b.yaml": stack("", "second") });
    const unclear = await ica.icaform(["import", "prod"], { cwd: broken });
    expect(unclear).toMatchObject({ code: 1, stderr: expect.stringContaining("found a new one with --stack NAME") });
    expect(existsSync(join(folder, "m/icaform.yaml"))).toBe(false);
    expect(ica.writes()).toEqual([]);
  });
});
