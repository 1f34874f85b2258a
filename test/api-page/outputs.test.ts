/** ICA's page, "Analyses Ouputs Endpoint": `analysisData` is there, and nothing of ours looks at it. */
import { describe, expect, it } from "vitest";
import { ica, pick } from "../simulator/ica.ts";
import { type Passed, proxy } from "../support/http.ts";
import { run, stack } from "../support/manifests.ts";
import { type Lab, lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const TREE =
  stack() +
  run("align", "outputs: [{ source: out/vcf/, target: /results/vcf/, project: archive }]") +
  run(
    "call",
    "input: { form: { data: [{ parameter: vcf, files: [{ output: PipelineRun/align, path: align.vcf.gz }] }] } }",
  );

/** One that has run to its end, seen through an ICA that gives `analysisData` in another way. */
async function finished(rewrite: (item: Record<string, unknown>) => Record<string, unknown>): Promise<{
  world: Lab;
  folder: string;
  server: string;
}> {
  const world = await lab();
  const folder = treeOf({ "t.yaml": TREE.replace("/results/vcf/, project: archive", "/results/vcf/") });
  await world.applied(folder, ["--target", "PipelineRun/align"]);
  world.finish();
  const { url } = await proxy(world.sim.url, ({ url: path }, answer) => rewritten(path, answer, rewrite));
  return { world, folder, server: url };
}

function rewritten(path: string, { body }: Passed, rewrite: (item: Record<string, unknown>) => unknown) {
  if (!/\/outputs(\?|$)/.test(path)) return undefined;
  const { items, ...rest } = JSON.parse(body) as { items: Record<string, unknown>[] };
  return { body: JSON.stringify({ ...rest, items: items.map(rewrite) }) };
}

const LIE = [{ dataId: "fil.0000", name: "align.vcf.gz", dataType: "FILE", children: [] }];

const VARIANTS: [string, (item: Record<string, unknown>) => Record<string, unknown>][] = [
  ["as the page describes it", (item) => item],
  ["absent", ({ analysisData: _old, ...item }) => item],
  ["null", (item) => ({ ...item, analysisData: null })],
  ["something else altogether", (item) => ({ ...item, analysisData: LIE })],
];

describe("“will return `analysisData` as part of the response”", () => {
  it("“This is done for backwards compatibility”: the simulator says the same twice", async () => {
    const world = await ica();
    const created = await world.create();
    const id = String(pick(created.body, "id"));
    world.simulator.control.setStatus(id, "SUCCEEDED");
    const { status, body } = await world.ask("GET", `${world.project()}/analyses/${id}/outputs`);
    expect(status).toBe(200);
    expect(pick(body, "items.0.data.0.name")).toEqual(expect.any(String));
    expect(pick(body, "items.0.analysisData")).toEqual(pick(body, "items.0.data"));
  });
});

describe("“and should not actively be used”", () => {
  it.each(VARIANTS)(
    "what a run wrote, and what another reads of it, is the same whether it is %s",
    async (_name, rewrite) => {
      const { world, folder, server } = await finished(rewrite);
      const told = await world.icaform(["outputs", "align", folder, "--format", "json", "--server", server]);
      expect(told.code, told.stderr).toBe(0);
      const { outputs } = JSON.parse(told.stdout) as { outputs: { path: string; type: string; id: string }[] };
      const files = world.sim.data("prod").filter(({ type, tags }) => type === "FILE" && tags.runOutTags.length > 0);
      const written = outputs.filter(({ type }) => type === "FILE");
      expect(written.map(({ id }) => id).sort()).toEqual(files.map(({ id }) => id).sort());
      expect(outputs.map(({ path }) => path)).toContain("vcf/align.vcf.gz");

      world.forget();
      await world.applied(folder, ["--server", server]);
      const { analysisInput } = JSON.parse(world.creates()[0]?.body ?? "{}") as { analysisInput: unknown };
      const read = files.find(({ path }) => path === "/results/vcf/align.vcf.gz");
      expect(pick(analysisInput, "inputs.0.dataIds")).toEqual([read?.id]);
    },
  );

  it("where `data` is missing nothing is made up from it: the reader is told, with the manifest's line", async () => {
    const { world, folder, server } = await finished(({ data: _data, ...item }) => item);
    const { code, stdout } = await world.icaform(["plan", folder, "--server", server]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/t\.yaml:\d+:\d+: warning: PipelineRun\/align wrote no align\.vcf\.gz/);
    expect(stdout).toContain("blocked: PipelineRun/align wrote no align.vcf.gz");
  });
});
