import { beforeAll, describe, expect, it } from "vitest";
import { everyCreate } from "./bodies.ts";
import { checkedIca, get } from "./checked.ts";
import { type Description, described, descriptionFile, loadDescription } from "./description.ts";
import { type Ica, pick, text, V3, V4 } from "./ica.ts";

/** Every answer of these walks through the API must be as the OpenAPI description says. */
const title = described
  ? "answers are as described"
  : `not checked: no ${descriptionFile}; set ICA_OPENAPI to name one`;

describe.skipIf(!described)(title, () => {
  let description: Description;
  beforeAll(() => {
    description = loadDescription();
  });

  const checked = (): Promise<Ica> => checkedIca(description);

  it("knows a wrong answer when it sees one", () => {
    const faultsOf = (body: unknown) =>
      description.faultsOf("GET", "/api/projects", { status: 200, mediaType: V3, body });
    expect(faultsOf({ items: [] })).toEqual([]);
    expect(faultsOf({ items: [{ id: "x" }] }).length).toBeGreaterThan(5);
    expect(
      description.faultsOf("GET", "/api/projects", { status: 200, mediaType: V4, body: { items: [] } }),
    ).toHaveLength(1);
    expect(
      description.faultsOf("GET", "/api/projects", { status: 500, mediaType: "application/problem+json", body: {} })
        .length,
    ).toBeGreaterThan(3);
  });

  it("for projects, pipelines, storages, tokens", async () => {
    const world = await checked();
    const project = world.project();
    await world.ask("POST", "/api/tokens");
    await world.ask("POST", "/api/tokens:refresh");
    await get(
      world,
      [
        "/api/projects",
        "/api/projects?pageSize=1&sort=name",
        project,
        `${project}x`,
        "/api/pipelines",
        `${project}/pipelines`,
        "/api/analysisStorages",
      ],
      V3,
    );
    await get(world, [`${project}/analysisStorages`], V4);
    for (const code of ["dragen-germline-4-4", "cwl-json-form"]) {
      const id = await world.pipelineId(code);
      for (const base of [`/api/pipelines/${id}`, `${project}/pipelines/${id}`]) {
        await get(world, [base], V3, V4);
        await get(
          world,
          ["inputParameters", "configurationParameters", "referenceSets"].map((part) => `${base}/${part}`),
          V3,
        );
      }
    }
  });

  it("for storage credentials and activation codes", async () => {
    const world = await checked();
    const awsCredentials = { accessKeyId: "a", secretAccessKey: "b" };
    const body = { name: "lab", type: "AWS_USER", awsCredentials };
    const id = text((await world.ask("POST", "/api/storageCredentials", { body })).body, "id");
    await world.ask("POST", "/api/storageCredentials", { body });
    await world.ask("POST", `/api/storageCredentials/${id}:share`);
    await world.ask("POST", `/api/storageCredentials/${id}:updateSecrets`, { body: { awsCredentials } });
    await get(world, ["/api/storageCredentials", `/api/storageCredentials/${id}`], V3);
    const { analysisInput, pipelineId } = await world.form();
    const search = { projectId: world.projectId(), pipelineId, analysisInput };
    for (const kind of ["Best", "All"])
      await world.ask("POST", `/api/activationCodes:find${kind}MatchingForNextflow`, { body: search });
    const cwl = {
      ...search,
      pipelineId: await world.pipelineId("cwl-align"),
      analysisInput: { objectType: "JSON", inputJson: "{}" },
    };
    for (const kind of ["Best", "All"])
      await world.ask("POST", `/api/activationCodes:find${kind}MatchingForCwl`, { body: cwl });
  });

  it("for data", async () => {
    const world = await checked();
    const base = `${world.project()}/data`;
    const folder = `${base}/${world.dataId("/fastq/")}`;
    await get(
      world,
      [
        base,
        `${base}?pageSize=2`,
        `${base}?pageOffset=1&sort=path`,
        folder,
        `${base}/${world.dataId("/reference/hg38.fa")}`,
      ],
      V3,
    );
    await get(world, [`${folder}/children`], V3, V4);
    const urn = text((await world.ask("GET", folder)).body, "data.urn");
    await get(world, [`/api/data/${encodeURIComponent(urn)}`], V3);
    for (const kind of ["createFile", "createFolder", "createFile"])
      await world.ask("POST", `${base}:${kind}`, { body: { name: "n", folderPath: "/a/b/" } });
  });

  it("for all creates and all that is told about a run, while it runs and after", async () => {
    const world = await checked();
    const project = world.project();
    const ids: string[] = [];
    for (const { kind, code, input, types } of everyCreate(world)) {
      for (const type of types) {
        const body = { userReference: "run", ...input, pipelineId: await world.pipelineId(code) };
        const created = await world.ask("POST", `${project}/analysis:${kind}`, { body, type });
        expect(created.status).toBe(201);
        ids.push(text(created.body, "id"));
      }
      await world.ask("POST", `${project}/analysis:${kind}`, { body: {}, type: V4 });
    }
    await world.ask("POST", `${project}/analyses/${ids[1]}:abort`);
    const parts = [
      "inputs",
      "outputs",
      "configurations",
      "steps",
      "reports",
      "logs",
      "rawOutput",
      "usage",
      "cwl/inputJson",
      "cwl/outputJson",
    ];
    for (const seconds of [10, 600, 8000]) {
      world.simulator.control.advance(seconds);
      for (const id of ids) {
        await get(world, [`${project}/analyses/${id}`], V3, V4);
        await get(
          world,
          parts.map((part) => `${project}/analyses/${id}/${part}`),
          V3,
        );
        await get(world, [`${project}/analyses/${id}/inputFormValues`], V4);
      }
    }
    await get(
      world,
      [`${project}/analyses`, `${project}/analyses?pageSize=2&status=SUCCEEDED`, `${project}/analyses?sort=status`],
      V3,
    );
    for (const query of ["", "?pageSize=2", "?sort=endDate%20desc", "?sort=colour"])
      await world.ask("POST", `${project}/analysis:search${query}`, { body: {} });
    for (const type of [V3, V4]) {
      const path = `${project}/analyses/${ids[0]}`;
      const read = await world.ask("GET", path, { type });
      await world.ask("PUT", path, {
        body: read.body,
        type,
        headers: { "if-match": read.headers.get("etag") ?? "" },
      });
      await world.ask("PUT", path, { body: read.body, type, headers: { "if-match": "stale" } });
    }
  });

  it("for batches, jobs and samples", async () => {
    const world = await checked();
    const project = world.project();
    const bodies: [string, object, string[]][] = [
      [
        "analysis",
        { nextflowItems: [await world.form(), await world.form({ analysisInput: { inputs: [] } })] },
        [V3, V4],
      ],
      [
        "sample",
        { items: ["a", "a"].map((name) => ({ sampleToCreate: { name, tags: null }, completeSample: true })) },
        [V3],
      ],
    ];
    for (const [kind, body, types] of bodies) {
      const path = `${project}/${kind}CreationBatch`;
      const created = await world.ask("POST", path, { body });
      const batch = `${path}/${text(created.body, "id")}`;
      for (const seconds of [0, 1]) {
        world.simulator.control.advance(seconds);
        await get(world, [batch, `/api/jobs/${text(created.body, "job.id")}`], V3);
        await get(world, [`${batch}/items`, `${batch}/items?pageSize=1`], ...types);
        const items = pick((await world.ask("GET", `${batch}/items`, { type: types[0] ?? V3 })).body, "items") as {
          id: string;
        }[];
        await get(
          world,
          items.map(({ id }) => `${batch}/items/${id}`),
          ...types,
        );
      }
    }
    const conditions = { conditions: [], dateConditions: [], numberConditions: [], booleanConditions: [] };
    const found = await world.ask("POST", `${project}/samples:search`, { body: conditions });
    const sample = pick(found.body, "items.0");
    const path = `${project}/samples/${text(sample, "sample.id")}`;
    await world.ask("PUT", path, { body: sample });
    await world.ask("POST", `${path}/data/${world.dataId("/reference/hg38.fa")}`);
    await get(
      world,
      [path, `${path}/data`, `/api/samples?region=${text(sample, "sample.region.id")}`, "/api/samples"],
      V3,
    );
    await world.ask("POST", `${path}/data/${world.dataId("/reference/hg38.fa")}:unlink`);
    await world.ask("POST", `${path}:complete`);
    await world.ask("POST", `${project}/samples`, { body: { name: "new" } });
  });

  it("for refusals of every kind", async () => {
    const world = await checked();
    await world.ask("GET", "/api/projects", { headers: { "x-api-key": "wrong" } });
    await world.ask("GET", "/api/projects", { accept: "text/html" });
    await world.ask("GET", "/api/projects?pageSize=0");
    await world.ask("POST", `${world.project()}/analysis:nextflow`, { body: "{", type: V4 });
    world.simulator.control.addFaults({ fault: "status-before", status: 503 });
    await world.ask("GET", "/api/projects");
    world.simulator.control.clearFaults();
    world.simulator.control.set({ rate: 0.001, burst: 1 });
    await world.ask("GET", "/api/projects");
    expect((await world.ask("GET", "/api/projects")).status).toBe(429);
  });
});
