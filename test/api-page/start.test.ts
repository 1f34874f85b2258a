/** ICA's page, "Starting a Pipeline": activation codes and analysis storages, for CWL and Nextflow. */
import { describe, expect, it } from "vitest";
import type { Seed } from "../../src/simulator/seedTypes.ts";
import { ica, pick, V4 } from "../simulator/ica.ts";
import { run, stack } from "../support/manifests.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS, WORLD } from "../support/world.ts";

const CODES = {
  nextflow: "66666666-6666-4666-8666-666666666601",
  cwl: "66666666-6666-4666-8666-666666666602",
  special: "66666666-6666-4666-8666-666666666603",
};

/** ICA takes the first that fits: one code for each language, and a special one for both. */
const seed = {
  ...WORLD,
  activationCodes: [
    { id: CODES.nextflow, name: "code-for-nextflow", pipelines: ["nf"] },
    { id: CODES.cwl, name: "code-for-cwl", pipelines: ["cwl"] },
    { id: CODES.special, name: "special-code", pipelines: ["nf", "cwl"] },
  ],
} satisfies Seed;

const FORM = "input: { form: { data: [{ parameter: reads, files: [/in/a.fastq.gz] }] } }";
const JSON_INPUT = "input: { json: { values: { reads: 1 } } }";

/** Applies one run and gives its create call. */
async function started(world: Lab, spec: string): Promise<{ endpoint: string; body: Record<string, unknown> }> {
  await world.applied(treeOf({ "t.yaml": stack() + run("r", spec) }));
  const [create] = world.creates();
  if (create === undefined) throw new Error("nothing was started");
  return { endpoint: create.path.split("/").at(-1) ?? "", body: JSON.parse(create.body) as Record<string, unknown> };
}

describe("“ICA will automatically determine the best matching activation code”", () => {
  it.each([
    ["Nextflow", "nf", CODES.nextflow, "code-for-nextflow"],
    ["CWL", "cwl", CODES.cwl, "code-for-cwl"],
  ])(
    "%s: “ICA determines the best matching activation code”, and the plan shows it",
    async (language, pipeline, id, name) => {
      const world = await lab({ seed });
      const folder = treeOf({ "t.yaml": stack() + run("r", `pipeline: ${pipeline}, ${FORM}`) });
      expect((await world.plan(folder)).changes[0]?.activationCode).toEqual({ id, name, isBestMatch: true });
      const asked = world.sim.requests.filter(({ path }) => path.includes("activationCodes"));
      expect(asked.map(({ path }) => path)).toEqual([
        `/api/activationCodes:findBestMatchingFor${language === "CWL" ? "Cwl" : language}`,
      ]);
      expect((await world.icaform(["plan", folder])).stdout).toContain(`activation code ${name} (ICA's best match)`);
      const { body } = await started(world, `pipeline: ${pipeline}, ${FORM}`);
      expect(body).not.toHaveProperty("activationCodeDetailId");
    },
  );

  it("without a code that fits, the plan shows none and is a plan all the same", async () => {
    const world = await lab({ seed: { ...WORLD, activationCodes: [] } });
    const plan = await world.plan(treeOf({ "t.yaml": stack() + run("r", `pipeline: nf, ${FORM}`) }));
    expect(plan.summary.create).toBe(1);
    expect(plan.changes[0]).not.toHaveProperty("activationCode");
  });
});

describe("“but this can be overwritten if needed”", () => {
  it.each([
    ["nf", FORM, "analysis:nextflow", undefined],
    ["cwl", FORM, "analysis:cwl", "STRUCTURED"],
    ["cwl", JSON_INPUT, "analysis:cwl", "JSON"],
  ])("activationCode of %s with %s goes out to %s", async (pipeline, input, endpoint, objectType) => {
    const world = await lab({ seed });
    const spec = `pipeline: ${pipeline}, activationCode: ${CODES.special}, ${input}`;
    const plan = await world.plan(treeOf({ "t.yaml": stack() + run("r", spec) }));
    expect(plan.changes[0]).toMatchObject({ endpoint, activationCode: { id: CODES.special, isBestMatch: false } });
    expect(world.sim.requests.filter(({ path }) => path.includes("activationCodes"))).toEqual([]);
    const sent = await started(world, spec);
    expect(sent.endpoint).toBe(endpoint);
    expect(sent.body.activationCodeDetailId).toBe(CODES.special);
    expect(pick(sent.body, "analysisInput.objectType")).toBe(objectType);
  });

  it("“Activation codes are tokens which allow you to run your analyses”: one for another pipeline is refused, with the manifest's line", async () => {
    const world = await lab({ seed });
    const spec = `pipeline: nf, activationCode: ${CODES.cwl}, ${FORM}`;
    const { code, applied } = await world.apply(treeOf({ "t.yaml": stack() + run("r", spec) }));
    expect(code).toBe(3);
    expect(applied.results[0]).toMatchObject({ outcome: "failed", line: expect.any(Number) });
    expect(applied.results[0]?.error).toMatch(
      /400 Activation code 6666\S+ does not exist or does not fit the pipeline/,
    );
    expect(world.sim.analyses()).toEqual([]);
  });

  it("an input whose endpoint takes no code is an error at its line, before anything is sent", async () => {
    const world = await lab({ seed });
    const folder = treeOf({ "t.yaml": stack() + run("r", `activationCode: ${CODES.special}`) });
    const { code, stderr } = await world.icaform(["plan", folder]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/t\.yaml:\d+:\d+: error: .*activation code/);
    expect(world.sim.requests).toEqual([]);
  });
});

describe("“To obtain the analysis storage, perform `GET /api/analysisStorages`”", () => {
  it("the deprecated list of all and the project's list have the same sizes", async () => {
    const { ask, project } = await ica({ seed });
    const all = pick((await ask("GET", "/api/analysisStorages")).body, "items");
    const own = pick((await ask("GET", `${project()}/analysisStorages`, { type: V4 })).body, "items");
    const named = (items: unknown) => (items as { id: string; name: string }[]).map(({ id, name }) => [id, name]);
    expect(named(all)).toEqual([
      [IDS.small, "Small"],
      [IDS.medium, "Medium"],
      [IDS.large, "Large"],
    ]);
    expect(named(own)).toEqual(named(all));
  });

  it.each([
    ["nf", "analysis:nextflow"],
    ["cwl", "analysis:cwlWithStructuredInput"],
  ])(
    "“Analysis storage is used to determine the required storage size for your data and results”, “copy the id of the size which you want to use for your pipeline”: by id or name, %s by %s",
    async (pipeline, endpoint) => {
      for (const storage of ["Large", IDS.large]) {
        const world = await lab({ seed });
        const sent = await started(world, `pipeline: ${pipeline}, storage: ${storage}, ${FORM}`);
        expect(sent).toMatchObject({ endpoint, body: { analysisStorageId: IDS.large } });
        expect(world.sim.requests.map(({ path }) => path)).not.toContain("/api/analysisStorages");
      }
    },
  );

  it("“it is best to use the settings advised by the workflow designer”: left out, the pipeline's own is used and shown", async () => {
    const world = await lab({ seed });
    const folder = treeOf({ "t.yaml": stack() + run("r", `pipeline: cwl, ${FORM}`) });
    expect((await world.icaform(["plan", folder])).stdout).toContain("storage Medium (the pipeline's own)");
    const { body } = await started(world, `pipeline: cwl, ${FORM}`);
    expect(body).not.toHaveProperty("analysisStorageId");
    expect(world.sim.analyses()).toMatchObject([{ storageId: IDS.medium }]);
  });

  it("“If this size is too small, the workflow will fail”: a run that ICA fails is told, and not started again unasked", async () => {
    const failing = {
      id: IDS.nfForm,
      code: "nf",
      language: "NEXTFLOW",
      inputFormType: "XML",
      outcome: "FAILED",
    } as const;
    const world = await lab({ seed: { ...WORLD, pipelines: [failing] } });
    const folder = treeOf({ "t.yaml": stack() + run("r", `storage: Small, ${FORM}`) });
    await world.applied(folder);
    world.sim.control.set({ speed: 1 });
    world.sim.control.advance(24 * 3600);
    const plan = await world.plan(folder);
    expect(plan.summary).toMatchObject({ create: 0, rerun: 0, unchanged: 1 });
    expect(plan.diagnostics).toMatchObject([{ severity: "warning", code: "not-succeeded", line: expect.any(Number) }]);
    expect(plan.diagnostics[0]?.message).toContain("attempt 1 ended FAILED");
  });

  it("“if it is too large, you are charged for storage which is not needed”: the simulator's price grows with the size", async () => {
    const world = await ica({
      seed: { ...WORLD, switches: { speed: Number.POSITIVE_INFINITY } },
      switches: { speed: Number.POSITIVE_INFINITY },
    });
    const prices: number[] = [];
    for (const analysisStorageId of [IDS.small, IDS.medium, IDS.large]) {
      const { body } = await world.create({ pipelineId: IDS.nfForm, analysisStorageId, analysisInput: { inputs: [] } });
      const usage = await world.ask("GET", `${world.project()}/analyses/${pick(body, "id")}/usage`);
      prices.push(Number(pick(usage.body, "price.amount")));
    }
    expect(prices).toEqual([...prices].sort((left, right) => left - right));
    expect(new Set(prices).size).toBe(3);
  });
});

describe("“If you want to start a pipeline, you need an **activation code** and the **analysis storage**”", () => {
  it.each([
    ["nextflow", IDS.nfForm, { inputs: [] }],
    ["cwl", IDS.cwlForm, { objectType: "STRUCTURED", inputs: [] }],
  ])(
    "“Do `POST /api/projects/{projectId}/analysis:cwl` or `POST /api/projects/{projectId}/analysis:nextflow` with the obtained value”: %s",
    async (kind, pipelineId, analysisInput) => {
      const { ask, project } = await ica({ seed });
      const storages = await ask("GET", "/api/analysisStorages");
      const language = kind === "cwl" ? "Cwl" : "Nextflow";
      const wanted = { projectId: project().split("/").at(-1), pipelineId, analysisInput };
      const best = await ask("POST", `/api/activationCodes:findBestMatchingFor${language}`, { body: wanted });
      const body = {
        userReference: "by-hand",
        pipelineId,
        tags: { technicalTags: [], userTags: [], referenceTags: [] },
        activationCodeDetailId: pick(best.body, "id"),
        analysisStorageId: pick(storages.body, "items.2.id"),
        analysisInput,
      };
      const created = await ask("POST", `${project()}/analysis:${kind}`, { body, type: V4 });
      expect(created.status, created.text).toBe(201);
      expect(pick(created.body, "analysisStorage.name")).toBe("Large");
    },
  );
});
