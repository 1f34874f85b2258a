import { type Ask, askerOf, type Json, pick, V3, V4 } from "./ask.ts";
import type { Check } from "./check.ts";
import type { Exchange } from "./exchange.ts";
import { PROBLEM } from "./media.ts";
import { onStage } from "./stage.ts";

/** Exchanges with the simulator as they were on the wire, at least one for each way in which a test spoils one. */
export interface Recorded {
  list: Exchange;
  data: Exchange;
  samples: Exchange;
  create: Exchange;
  createCwl: Exchange;
  createCustom: Exchange;
  putV3: Exchange;
  putV4: Exchange;
  abort: Exchange;
}

/** Asks the simulator of the usual world through the proxy. */
export async function recordExchanges(): Promise<Recorded> {
  const seen: Exchange[] = [];
  const check: Check = (exchange) => {
    seen.push(exchange);
    return { operation: undefined, violations: [] };
  };
  const recorded: Partial<Recorded> = {};
  await onStage({ options: {}, check, note: () => undefined }, async (stage) => {
    const asker = askerOf(stage);
    const { project, pipelineId, dataId } = asker;
    const record = async (name: keyof Recorded, method: string, path: string, how: Ask = {}): Promise<unknown> => {
      const { body } = await asker.ask(method, path, how);
      const exchange = seen.at(-1);
      if (exchange !== undefined) recorded[name] = exchange;
      return body;
    };
    const create = (name: keyof Recorded, kind: string, code: string, input: Json): Promise<unknown> =>
      record(name, "POST", `${project()}/analysis:${kind}`, {
        body: { userReference: "recorded", pipelineId: pipelineId(code), analysisInput: input },
        type: V4,
        status: 201,
        headers: { "idempotency-key": name },
      });

    await record("list", "GET", "/api/projects?pageSize=1");
    await record("data", "GET", `${project()}/data?pageOffset=0&pageSize=2`);
    const { body: sample } = await asker.ask("POST", `${project()}/samples`, { body: { name: "one" }, status: 201 });
    await record("samples", "GET", `/api/samples?region=${pick(sample, "sample.region.id")}`);
    const inputs = [{ parameterCode: "fastqs", dataIds: [dataId("/fastq/NA12878_R1.fastq.gz")] }];
    const form = { inputs, parameters: [{ code: "sample_id", value: "S1" }] };
    const run = await create("create", "nextflow", "dragen-germline-4-4", form);
    await create("createCwl", "cwl", "cwl-align", { objectType: "JSON", inputJson: "{}" });
    await create("createCustom", "nextflowWithCustomInput", "nf-custom", { customInput: "a: 1" });
    const path = `${project()}/analyses/${pick(run, "id")}`;
    for (const [name, type] of [
      ["putV3", V3],
      ["putV4", V4],
    ] as const) {
      const { body } = await asker.ask("GET", path, { type });
      await record(name, "PUT", path, { body, type });
    }
    await record("abort", "POST", `${path}:abort`, { accept: PROBLEM, status: 204 });
    if (asker.mistakes.length > 0) throw new Error(asker.mistakes.join("\n"));
  });
  return recorded as Recorded;
}
