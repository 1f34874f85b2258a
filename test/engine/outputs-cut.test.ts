/** ICA lists the first 200,000 files of an output folder. Who reads such a list is told that it is cut. */
import { expect, it } from "vitest";
import type { AnalysisOutput, OutputNode, Reader } from "../../src/core/ica.ts";
import { outputsOfRun } from "../../src/engine/outputs.ts";
import { planStack } from "../../src/engine/plan.ts";
import { createReader } from "../../src/ica/client.ts";
import { KINDS } from "../../src/kinds/index.ts";
import { loadTree } from "../../src/manifest/load.ts";
import { outputsText } from "../../src/render/outputs-text.ts";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const ALIGN = stack() + run("align", "outputs: [{ source: out/, target: /big/ }]");
const CALL = run(
  "call",
  "input: { form: { data: [{ parameter: vcf, files: [{ output: PipelineRun/align, path: y }] }] } }",
);

function folder(name: string, children: OutputNode[]): OutputNode {
  return { dataId: `fol.${name}`, name, dataType: "FOLDER", children };
}

it.each([
  [199_999, []],
  [200_000, ["big/"]],
])("a folder of %i files", async (count, cut) => {
  const ica = await lab();
  const tree = (await loadTree({ paths: ["."], cwd: treeOf({ "t.yaml": ALIGN + CALL }) })).tree;
  if (tree === undefined) throw new Error("no tree");
  await ica.applied(treeOf({ "t.yaml": ALIGN }));
  ica.finish();
  const file: OutputNode = { dataId: "fil.x", name: "x", dataType: "FILE" };
  const big = folder("big", [file, folder("deep", Array<OutputNode>(count - 1).fill(file))]);
  const outputs = async (): Promise<AnalysisOutput[]> => [{ code: "Output", data: [big, folder("small", [file])] }];
  const own = createReader({
    server: new URL(ica.sim.url),
    credentials: { apiKey: ica.sim.apiKey },
    userAgent: "test",
  });
  const reader: Reader = { ...own, outputs };
  try {
    ica.forget();
    const written = await outputsOfRun(tree, reader, KINDS, "align", Date.now());
    expect(written.cutFolders).toEqual(cut);
    // The same id 200,000 times is asked for once.
    expect(ica.sim.requests.filter(({ path }) => path.endsWith("/data"))).toHaveLength(1);
    const words = "\nof each folder ICA lists the first 200,000 files; there may be more in big/\n";
    expect(outputsText({ ...written, outputs: [] }).endsWith(words)).toBe(cut.length > 0);

    const options = { server: ica.sim.url, prune: false, rotate: new Set<string>(), share: new Set<string>() };
    const planned = planStack(tree, reader, KINDS, { ...options, now: Date.now(), targets: [] });
    const help = expect.stringMatching(
      cut.length > 0
        ? /; of big\/ ICA lists the first 200,000 files/
        : /^nearest of its 200,000 files are big\/x, small\/x, [^;]*$/,
    );
    expect((await planned).plan.diagnostics).toMatchObject([{ code: "output-not-found", help }]);
  } finally {
    await own.close();
  }
});
