import { describe, expect, it } from "vitest";
import { everyCreate } from "./bodies.ts";
import { type Ica, ica, pick, text, V4 } from "./ica.ts";

async function start(
  world: Ica,
  kind: string,
  code: string,
  input: object,
): Promise<{ status: number; body: unknown }> {
  const body = { userReference: "run", pipelineId: await world.pipelineId(code), ...input };
  return world.ask("POST", `${world.project()}/analysis:${kind}`, { body, type: V4 });
}

describe("the seven create endpoints", () => {
  it("start runs of their own language and form", async () => {
    const world = await ica();
    for (const { kind, code, input } of everyCreate(world)) {
      const answer = await start(world, kind, code, input);
      expect([kind, answer.status]).toEqual([kind, 201]);
      expect(answer.body).toMatchObject({ status: "REQUESTED", userReference: "run", pipeline: { code } });
    }
    expect(
      (
        await start(world, "nextflowWithCustomInput", "dragen-germline-4-4", {
          analysisInput: { customInput: '{"a": [1]}' },
        })
      ).status,
    ).toBe(201);
    expect(world.simulator.analyses()).toHaveLength(9);
  });

  it("refuse pipelines of another language or form", async () => {
    const world = await ica();
    const form = { inputs: [] };
    expect((await start(world, "nextflow", "cwl-align", { analysisInput: form })).status).toBe(400);
    expect((await start(world, "nextflow", "nf-json-form", { analysisInput: form })).status).toBe(400);
    expect((await start(world, "nextflowJson", "dragen-germline-4-4", { inputFormValues: {} })).status).toBe(400);
    expect((await start(world, "cwlWithJsonInput", "nf-custom", { analysisInput: { inputJson: "{}" } })).status).toBe(
      400,
    );
    expect((await start(world, "cwlJson", "nf-json-form", { inputFormValues: {} })).status).toBe(400);
  });

  it("want documents that parse", async () => {
    const world = await ica();
    const custom = async (customInput: string) =>
      (await start(world, "nextflowWithCustomInput", "nf-custom", { analysisInput: { customInput } })).status;
    expect(await custom("just words")).toBe(400);
    expect(await custom("[1, 2]")).toBe(400);
    expect(await custom("a: [1")).toBe(400);
    expect(await custom("a: b")).toBe(201);
    const json = async (inputJson: string) =>
      (await start(world, "cwlWithJsonInput", "cwl-align", { analysisInput: { inputJson } })).status;
    expect(await json("a: b")).toBe(400);
    expect(await json("[]")).toBe(400);
  });

  it("give the form values and the input JSON back", async () => {
    const world = await ica();
    const reads = world.dataId("/fastq/NA12878_R1.fastq.gz");
    const groups = [{ id: "lanes", values: [{ values: [{ id: "lane", values: ["1"] }] }] }];
    const fields = [
      { id: "reads", dataValues: [{ dataId: reads, mountPath: "a.gz" }] },
      { id: "sample", values: ["x"] },
    ];
    const form = await start(world, "nextflowJson", "nf-json-form", { inputFormValues: { fields, groups } });
    const values = await world.ask("GET", `${world.project()}/analyses/${text(form.body, "id")}/inputFormValues`, {
      type: V4,
    });
    expect(pick(values.body, "items")).toMatchObject([
      { id: "sample", values: ["x"] },
      { id: "reads", dataValues: [{ dataId: reads, mountPath: "a.gz" }] },
      { id: "lanes", groupValues: [{ values: [{ id: "lane", values: ["1"] }] }] },
    ]);
    const cwl = await start(world, "cwlWithJsonInput", "cwl-align", { analysisInput: { inputJson: '{"a":  1}' } });
    const document = await world.ask("GET", `${world.project()}/analyses/${text(cwl.body, "id")}/cwl/inputJson`);
    expect(document.body).toEqual({ inputJson: '{"a":  1}' });
  });
});
