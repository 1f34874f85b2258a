/** Names in manifests → ids in ICA: exactly, in few calls, and every miss at its line. */
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/core/diagnostic.ts";
import { TreeError } from "../../src/core/errors.ts";
import type { Seed } from "../../src/simulator/seedTypes.ts";
import { applyTree, planTree } from "../support/engine.ts";
import { proxy } from "../support/http.ts";
import { manifest, run, stack } from "../support/manifests.ts";
import { actionsOf, type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";

const plant = (more: Partial<Seed> = {}) => lab({ seed: { ...WORLD, ...more } });

/** The mistakes that a plan ends with; none of them may have cost a write. */
async function mistakesOf(ica: Lab, text: string): Promise<readonly Diagnostic[]> {
  const failure = await planTree(treeOf({ "t.yaml": text }), ica.sim).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TreeError);
  expect(ica.writes()).toEqual([]);
  return (failure as TreeError).diagnostics;
}

/** An error with `code` at the place, 1-based, where `needle` stands in the text behind `lead`. */
function at(code: string, text: string, needle: string, lead = ""): object {
  const offset = text.indexOf(lead + needle) + lead.length;
  const before = text.slice(0, offset).split("\n");
  expect(text).toContain(lead + needle);
  return { severity: "error", code, file: "t.yaml", line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

async function pathsOfCreates(ica: Lab, text: string): Promise<string[]> {
  await applyTree(treeOf({ "t.yaml": text }), ica.sim);
  return ica.creates().map(({ path }) => path);
}

describe("a project", () => {
  it("is found by name, though others contain the name, and by id", async () => {
    const projects = [
      { name: "prod-2" },
      { name: "my-prod" },
      { name: "Prod" },
      { name: "PROD" },
      { id: "99999999-9999-4999-8999-99999999abcd", name: "by-id" },
      ...WORLD.projects,
    ];
    const ica = await plant({ projects });
    expect(await pathsOfCreates(ica, stack() + run("r"))).toEqual([
      `/api/projects/${IDS.prod}/analysis:nextflowWithCustomInput`,
    ]);
    ica.forget();
    const id = "99999999-9999-4999-8999-99999999abcd";
    expect(await pathsOfCreates(ica, stack() + run("other", `project: ${id}`))).toEqual([
      `/api/projects/${id}/analysis:nextflowWithCustomInput`,
    ]);
  });

  it("that is not there is said at the run that names it, and so is one in another case", async () => {
    for (const name of ["prot", "PROD", "pro", "88888888-8888-4888-8888-888888888888"]) {
      const text = stack() + run("r", `project: ${name}`);
      const [mistake, ...others] = await mistakesOf(await plant(), text);
      expect(mistake).toMatchObject(at("project-not-found", text, name, ", project: "));
      expect(mistake?.message).toContain(name);
      expect(others).toEqual([]);
    }
  });

  it("that is mistyped is told with the nearest name, read once; an id, or a name like no other, with what to check", async () => {
    const ica = await plant();
    const text = stack() + run("a", "project: archiv") + run("b", "project: archivee") + run("c", "project: moon");
    expect((await mistakesOf(ica, text)).map(({ help }) => help)).toEqual([
      "did you mean `archive`?",
      "did you mean `archive`?",
      "check the name, and that the API key's user has access to it",
    ]);
    const listings = ica.sim.requests.filter(
      ({ path, query }) => path === "/api/projects" && !query.includes("search"),
    );
    expect(listings).toHaveLength(1);
  });

  it("that is not there is said at the Stack, once for all its runs", async () => {
    const text = `${manifest("Stack", "lab", "{ project: nowhere }")}${run("a")}${run("b")}`;
    const mistakes = await mistakesOf(await plant(), text);
    expect(mistakes).toMatchObject([at("project-not-found", text, "nowhere")]);
  });

  it("that is not there is said at the mapping that names it", async () => {
    const text =
      stack() +
      manifest("OutputMapping", "m", "{ project: atlantis, mappings: [{ source: a/, target: /a/ }] }") +
      run("r", "outputs: [{ mapping: m }, { source: b/, target: /b/, project: eldorado }]");
    const mistakes = await mistakesOf(await plant(), text);
    expect(mistakes).toMatchObject([
      at("project-not-found", text, "atlantis"),
      at("project-not-found", text, "eldorado"),
    ]);
  });

  it("whose name two have is an error that lists both ids", async () => {
    const other = "99999999-9999-4999-8999-999999999999";
    const text = stack() + run("r");
    const mistakes = await mistakesOf(
      await plant({ projects: [...WORLD.projects, { id: other, name: "prod" }] }),
      text,
    );
    expect(mistakes).toMatchObject([at("project-ambiguous", text, "prod")]);
    expect(mistakes[0]?.help).toContain(IDS.prod);
    expect(mistakes[0]?.help).toContain(other);
  });
});

describe("a pipeline", () => {
  it("is found by code and by id", async () => {
    const ica = await plant();
    await applyTree(
      treeOf({ "t.yaml": stack() + run("a", "pipeline: nf") + run("b", `pipeline: ${IDS.nfForm}`) }),
      ica.sim,
    );
    const ids = ica.creates().map(({ body }) => (JSON.parse(body) as { pipelineId: string }).pipelineId);
    expect(ids).toEqual([IDS.nfForm, IDS.nfForm]);
  });

  it("that is mistyped is an error that says what was meant", async () => {
    const text = stack() + run("r", "pipeline: nf-jsn");
    const mistakes = await mistakesOf(await plant(), text);
    expect(mistakes).toMatchObject([at("pipeline-not-found", text, "nf-jsn")]);
    expect(mistakes[0]?.help).toMatch(/did you mean `nf-json`/);
  });

  it("that is linked to another project alone is not found; nor one in another case", async () => {
    for (const pipeline of ["archive-only", IDS.archiveOnly, "NF"]) {
      const text = stack() + run("r", `pipeline: ${pipeline}`);
      const mistakes = await mistakesOf(await plant(), text);
      expect(mistakes).toMatchObject([at("pipeline-not-found", text, pipeline)]);
      expect(mistakes[0]?.message).toContain("prod");
    }
  });

  it("whose code two have is an error that lists both ids; an id still works", async () => {
    const twin = { code: "nf", id: "44444444-4444-4444-8444-44444444444f" };
    const ica = await plant({ pipelines: [...WORLD.pipelines, twin] });
    const text = stack() + run("r", "pipeline: nf") + run("fine", `pipeline: ${twin.id}`);
    const mistakes = await mistakesOf(ica, text);
    expect(mistakes).toMatchObject([at("pipeline-ambiguous", text, "nf", "pipeline: ")]);
    expect(mistakes[0]?.help).toContain(IDS.nfForm);
    expect(mistakes[0]?.help).toContain(twin.id);
  });

  it("in a project without any says so", async () => {
    const projects = [...WORLD.projects, { name: "empty" }];
    const pipelines = WORLD.pipelines.map((pipeline) => ({ ...pipeline, projects: ["prod"] }));
    const mistakes = await mistakesOf(
      await plant({ projects, pipelines }),
      stack() + run("r", "project: empty, pipeline: nf"),
    );
    expect(mistakes[0]?.help).toMatch(/no pipeline is linked/);
  });
});

describe("an analysis storage", () => {
  it("is found by name and by id; left out, the plan shows the pipeline's own", async () => {
    const ica = await plant();
    const text = stack() + run("a", "storage: Medium") + run("b", `storage: ${IDS.large}`) + run("c");
    const plan = await planTree(treeOf({ "t.yaml": text }), ica.sim);
    expect(plan.changes.map(({ storage }) => storage)).toEqual(["Medium", "Large", "Small"]);
  });

  it("that is not there is an error at its line, with the names that are", async () => {
    const text = stack() + run("r", "storage: Huge") + run("s", "storage: medium");
    const mistakes = await mistakesOf(await plant(), text);
    expect(mistakes).toMatchObject([at("storage-not-found", text, "Huge"), at("storage-not-found", text, "medium")]);
    expect(mistakes[0]?.help).toMatch(/Small/);
    expect(mistakes[1]?.help).toMatch(/did you mean `Medium`/);
  });

  it("of the Stack's defaults is an error at the Stack", async () => {
    const text = stack("defaults: { storage: Larg }") + run("r") + run("s");
    expect(await mistakesOf(await plant(), text)).toMatchObject([at("storage-not-found", text, "Larg")]);
  });
});

const files = (...refs: string[]) => `input: { custom: { text: "a: 1", files: [${refs.join(", ")}] } }`;

function dataIdsOf(ica: Lab): unknown {
  const bodies = ica.creates().map(({ body }) => JSON.parse(body) as { analysisInput: { dataIds: string[] } });
  return bodies.map(({ analysisInput }) => analysisInput.dataIds);
}

describe("data", () => {
  it("is found by id, urn and path, files and folders", async () => {
    const ica = await plant();
    const region = "99999999-9999-4999-8999-999999999999";
    const refs = [
      IDS.a,
      `"urn:ilmn:ica:region:${region}:data:${IDS.b}"`,
      `"urn:ilmn:ica:region:${region}:data:${IDS.c}#/in/c.bed"`,
      "/in/b.fastq.gz",
      "/in/",
      IDS.inputs,
    ];
    await applyTree(treeOf({ "t.yaml": stack() + run("r", files(...refs)) }), ica.sim);
    expect(dataIdsOf(ica)).toEqual([[IDS.a, IDS.b, IDS.c, IDS.b, IDS.inputs, IDS.inputs]]);
  });

  it("in another case is another file", async () => {
    const upper = "fil.000000000000000000000000000000ff";
    const ica = await plant({ data: [...WORLD.data, { id: upper, project: "prod", path: "/in/A.fastq.gz" }] });
    await applyTree(treeOf({ "t.yaml": stack() + run("r", files("/in/A.fastq.gz", "/in/a.fastq.gz")) }), ica.sim);
    expect(dataIdsOf(ica)).toEqual([[upper, IDS.a]]);
    for (const path of ["/IN/a.fastq.gz", "/in/a.FASTQ.gz", "/in/B.fastq.gz"]) {
      const text = stack() + run("other", files(path));
      ica.forget();
      expect(await mistakesOf(ica, text)).toMatchObject([at("data-not-found", text, path)]);
    }
  });

  it("that is not there, not in this project, or PARTIAL is an error at its line: all of them at once", async () => {
    const data = [...WORLD.data, { project: "archive", path: "/only/archive.gz" }];
    const refs = [
      "/in/nothing.gz",
      "fil.00000000000000000000000000009999",
      "/only/archive.gz",
      "/in/uploading.fastq.gz",
    ];
    const text = stack() + run("r", files(...refs.map((ref) => `\n      ${ref}`)));
    const mistakes = await mistakesOf(await plant({ data }), text);
    expect(mistakes).toMatchObject([
      at("data-not-found", text, refs[0] ?? ""),
      at("data-not-found", text, refs[1] ?? ""),
      at("data-not-found", text, refs[2] ?? ""),
      at("data-not-available", text, refs[3] ?? ""),
    ]);
    expect(mistakes[3]?.message).toContain("PARTIAL");
  });

  it.each(["ARCHIVED", "ARCHIVING", "UNARCHIVING", "DELETING"] as const)(
    "that is %s cannot be read",
    async (status) => {
      const data = [...WORLD.data, { project: "prod", path: "/in/cold.gz", status }];
      const text = stack() + run("r", files("/in/cold.gz"));
      const mistakes = await mistakesOf(await plant({ data }), text);
      expect(mistakes).toMatchObject([at("data-not-available", text, "/in/cold.gz")]);
      expect(mistakes[0]?.message).toContain(status);
    },
  );

  it("that two have the path of is an error with both ids", async () => {
    const ica = await plant();
    const shown = await proxy(ica.sim.url, ({ url }, { body }) =>
      url.includes("/data?") ? { body: body.replaceAll("b.fastq.gz", "a.fastq.gz") } : undefined,
    );
    // Its listing shows b under the path of a as well.
    const text = stack() + run("r", files("/in/a.fastq.gz", "/in/b.fastq.gz"));
    const failure = await planTree(treeOf({ "t.yaml": text }), { ...ica.sim, url: shown.url }).catch(
      (error: unknown) => error,
    );
    const { diagnostics } = failure as TreeError;
    expect(diagnostics).toMatchObject([
      at("data-ambiguous", text, "/in/a.fastq.gz"),
      at("data-not-found", text, "/in/b.fastq.gz"),
    ]);
    expect(diagnostics[0]?.help).toContain(IDS.a);
    expect(diagnostics[0]?.help).toContain(IDS.b);
  });

  it("in mounts and form fields is named at its own line", async () => {
    const text =
      stack() +
      run("a", "input: { custom: { text: 'a: 1', mounts: [{ file: /in/mount.gz, path: x }] } }") +
      run("b", "input: { form: { data: [{ parameter: p, files: [/in/form.gz] }] } }") +
      run(
        "c",
        `pipeline: nf-json, input: { formValues: { fields: [{ id: f, data: [{ file: /in/field.gz, path: x }] }],
          groups: [{ id: g, values: [{ fields: [{ id: f, data: [/in/group.gz] }] }] }] } }`,
      ) +
      run("d", "outputFolder: fol.00000000000000000000000000009998") +
      run("e", "logs: { folder: fol.00000000000000000000000000009999 }");
    const mistakes = await mistakesOf(await plant(), text);
    const missing = [
      "/in/mount.gz",
      "/in/form.gz",
      "/in/field.gz",
      "/in/group.gz",
      "fol.00000000000000000000000000009998",
      "fol.00000000000000000000000000009999",
    ];
    expect(mistakes).toMatchObject(missing.map((ref) => at("data-not-found", text, ref)));
  });

  it("a file where a folder is needed is an error", async () => {
    const text = stack() + run("d", `outputFolder: ${IDS.a}`);
    expect(await mistakesOf(await plant(), text)).toMatchObject([at("data-type", text, IDS.a)]);
  });
});

const isData = ({ path }: { path: string }) => /\/data$/.test(path);

describe("the number of calls", () => {
  const paths = Array.from({ length: 1000 }, (_, index) => `/bulk/sample-${String(index).padStart(4, "0")}.fastq.gz`);
  const bulk = paths.map((path, index) => ({
    id: `fil.${String(index).padStart(32, "0")}`,
    project: "prod",
    path,
    size: 1,
  }));

  it("for 1,000 paths in one folder is at most 5", async () => {
    const ica = await plant({ data: [...WORLD.data, ...bulk] });
    const text = stack() + paths.map((path, index) => run(`r-${index}`, files(path))).join("");
    const plan = await planTree(treeOf({ "t.yaml": text }), ica.sim);
    expect(plan.summary.create).toBe(1000);
    expect(ica.sim.requests.filter(isData).length).toBeLessThanOrEqual(5);
    expect(ica.sim.requests.length).toBeLessThanOrEqual(12);
  });

  it("for one path that 300 runs read is one", async () => {
    const ica = await plant();
    const text =
      stack() +
      paths
        .slice(0, 300)
        .map((_, index) => run(`r-${index}`, files("/in/a.fastq.gz")))
        .join("");
    await planTree(treeOf({ "t.yaml": text }), ica.sim);
    expect(ica.sim.requests.filter(isData)).toHaveLength(1);
  });

  it("for 300 paths in as many folders is far less than 300, and no query is too long", async () => {
    const scattered = bulk.slice(0, 300).map((file, index) => ({ ...file, path: `/bulk/${index}/reads and more.gz` }));
    const ica = await plant({ data: [...WORLD.data, ...scattered] });
    const refs = scattered.map(({ path }) => path);
    await applyTree(treeOf({ "t.yaml": stack() + run("r", files(...refs)) }), ica.sim);
    expect(dataIdsOf(ica)).toEqual([scattered.map(({ id }) => id)]);
    const calls = ica.sim.requests.filter(isData);
    expect(calls.length).toBeLessThan(20);
    for (const { query } of calls) expect(query.length).toBeLessThan(8_000);
  });

  it("for a large folder of which few files are wanted is not a listing of it", async () => {
    const ica = await plant({ data: [...WORLD.data, ...bulk] });
    await planTree(
      treeOf({ "t.yaml": `${stack("limits: { pageSize: 50 }")}${run("r", files(paths[3] ?? ""))}` }),
      ica.sim,
    );
    expect(ica.sim.requests.filter(isData)).toHaveLength(1);
  });
});

describe("what a run of this stack wrote", () => {
  const upstream = run("align");
  const reading = (path: string) =>
    run("call", `input: { custom: { text: "a: 1", files: [{ output: PipelineRun/align, path: ${path} }] } }`);

  it("is waited for, and then found by its path", async () => {
    const ica = await plant();
    const folder = treeOf({ "t.yaml": stack() + upstream + reading("vcf/align.vcf.gz") });
    const first = await applyTree(folder, ica.sim);
    expect(first.plan.changes.map(({ action, address }) => `${action} ${address}`)).toEqual([
      "create PipelineRun/align",
      "wait PipelineRun/call",
    ]);
    ica.finish();
    ica.forget();
    await applyTree(folder, ica.sim);
    const written = ica.sim.data("prod").find(({ path }) => path.endsWith("/vcf/align.vcf.gz"));
    expect(dataIdsOf(ica)).toEqual([[written?.id]]);
  });

  it("that was not written blocks the run that reads it and what waits for that, and nothing else", async () => {
    const ica = await plant();
    const last = run("last", "dependsOn: [PipelineRun/call]");
    const other = run("other", "dependsOn: [PipelineRun/align]");
    const folder = treeOf({ "t.yaml": stack() + upstream + reading("vcf/other.vcf.gz") + last + other });
    await applyTree(folder, ica.sim);
    ica.finish();
    const plan = await planTree(folder, ica.sim);
    expect(actionsOf(plan)).toEqual([
      "create PipelineRun/other",
      "wait PipelineRun/call",
      "wait PipelineRun/last",
      "no-op PipelineRun/align",
    ]);
    expect(plan.changes[1]).toMatchObject({
      reason: "blocked: PipelineRun/align wrote no vcf/other.vcf.gz that it can read",
      blockedBy: "PipelineRun/align",
    });
    expect(plan.changes[2]).toMatchObject({ blockedBy: "PipelineRun/align" });
    expect(plan.diagnostics).toMatchObject([{ severity: "warning", code: "output-not-found", file: "t.yaml" }]);
    expect(plan.diagnostics[0]?.help).toBe("it has out/vcf/align.vcf.gz, out/report.html");
    expect((await applyTree(folder, ica.sim)).results).toMatchObject([
      { address: "PipelineRun/other", outcome: "done" },
    ]);
  });

  it("is a folder where the path ends with a slash, and said to be one where it does not", async () => {
    const ica = await plant();
    const folder = treeOf({ "t.yaml": stack() + upstream + reading("vcf") });
    await applyTree(folder, ica.sim);
    ica.finish();
    const plan = await planTree(folder, ica.sim);
    expect(plan.diagnostics).toMatchObject([
      {
        code: "output-not-found",
        help: 'did you mean `out/vcf/`? It is a folder: a path that ends with "/" reads all of it',
      },
    ]);
    ica.forget();
    await applyTree(treeOf({ "t.yaml": stack() + upstream + reading("vcf/") }), ica.sim);
    const written = ica.sim.data("prod").find(({ path }) => path.endsWith("/vcf/"));
    expect(dataIdsOf(ica)).toEqual([[written?.id]]);
  });

  it("of a run in another project is read once it is in the reader's own", async () => {
    const ica = await plant();
    const elsewhere = upstream.replace("spec: {", "spec: { project: archive,");
    const folder = treeOf({ "t.yaml": stack() + elsewhere + reading("vcf/align.vcf.gz") });
    await applyTree(folder, ica.sim);
    ica.finish();
    const plan = await planTree(folder, ica.sim);
    expect(plan.changes[0]).toMatchObject({
      address: "PipelineRun/call",
      action: "wait",
      blockedBy: "PipelineRun/align",
    });
    expect(plan.diagnostics).toMatchObject([{ code: "output-elsewhere", help: expect.stringContaining("link it") }]);
  });
});

const CODES = ["pipeline-not-found", "storage-not-found", "data-not-found"];

describe("the command", () => {
  it("prints each miss as file:line:column and exits 1", async () => {
    const ica = await plant();
    const text = stack() + run("r", `pipeline: nff, storage: Huge, ${files("/in/none.gz")}`);
    const folder = treeOf({ "t.yaml": text });
    const ran = await ica.icaform(["plan", "."], { cwd: folder });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toBe("");
    const places = ran.stderr.match(/^t\.yaml:\d+:\d+: error: .*$/gm);
    expect(places).toHaveLength(3);
    expect(places?.map((line) => / \[([\w-]+)\]$/.exec(line)?.[1])).toEqual(CODES);
    expect(ran.stderr).toMatch(/3 errors/);
    const json = await ica.icaform(["plan", ".", "--format", "json"], { cwd: folder });
    expect(json.code).toBe(1);
    const { diagnostics } = JSON.parse(json.stdout) as { diagnostics: Diagnostic[] };
    expect(diagnostics.map(({ code }) => code)).toEqual(CODES);
  });
});
