/** Sizes of output files: as few calls as can be, and the same answer however they are asked for. */
import { expect, it } from "vitest";
import type { Need } from "../../src/core/need.ts";
import type { Observed } from "../../src/core/resource.ts";
import { lookUpOutputs } from "../../src/engine/lookup-outputs.ts";
import type { OutputEntry } from "../../src/engine/output-entries.ts";
import { sizesOf } from "../../src/engine/output-sizes.ts";
import { createReader } from "../../src/ica/client.ts";
import { lab } from "../support/simulator.ts";
import { WORLD } from "../support/world.ts";

async function opened(wanted: number, others: number) {
  const files = (folder: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ project: "prod", path: `${folder}f${index}`, size: index }));
  const data = [...files("/results/run/deep/", wanted), ...files("/results/run/other/", others), ...files("/one/", 1)];
  const ica = await lab({ seed: { ...WORLD, data } });
  const reader = createReader({
    server: new URL(ica.sim.url),
    credentials: { apiKey: ica.sim.apiKey },
    userAgent: "test",
  });
  const all = ica.sim.data("prod");
  const projectId = all[0]?.projectId ?? "";
  const entries = all.flatMap(({ path, type, id }): OutputEntry[] => {
    if (path === "/one/f0") return [{ code: "Output", path: "f0", type, id }];
    if (!/^\/results\/run\/(deep\/.*)?$/.test(path)) return [];
    return [{ code: "Output", path: path.slice("/results/".length), type, id }];
  });
  const lists = () => ica.sim.requests.filter(({ path }) => path.endsWith("/data")).length;
  return { reader, projectId, entries, lists, all };
}

it.each([
  [20_000, 0, 23],
  [400, 20_000, 14],
  [100, 0, 2],
])("of %i files, with %i others beside them, take at most %i calls", async (wanted, others, most) => {
  const { reader, projectId, entries, lists, all } = await opened(wanted, others);
  try {
    const sizes = await sizesOf(reader, projectId, entries);
    const files = new Set(entries.flatMap(({ type, id }) => (type === "FILE" ? [id] : [])));
    expect(sizes).toEqual(new Map(all.filter(({ id }) => files.has(id)).map(({ id, size }) => [id, size])));
    expect(sizes.size).toBe(wanted + 1);
    expect(lists()).toBeLessThanOrEqual(most);
  } finally {
    await reader.close();
  }
});

it("outputs of many upstream runs are read beside each other", async () => {
  let [atOnce, most] = [0, 0];
  const outputs = async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
    return [];
  };
  const place: Need["place"] = { locate: () => ({ file: "t.yaml", line: 1, column: 1 }), path: [] };
  const runs = Array.from({ length: 40 }, (_, index) => `PipelineRun/r${index}`);
  const project = { id: "p", name: "p" };
  const needs = runs.map((run) => ({ type: "output" as const, project, run, path: "x", place }));
  const observed = new Map(runs.map((run) => [run, { id: run, project } as Observed]));
  const reader = { outputs } as unknown as Parameters<typeof lookUpOutputs>[0];
  await lookUpOutputs(reader, needs, observed, []);
  expect(most).toBe(8);
});
