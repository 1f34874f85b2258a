/** A process that is killed while it creates samples: the next one goes on, and makes none a second time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../support/cli.ts";
import { manifest, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

it("killed while the batch is at work, whose names may be used twice", { timeout: 60_000 }, async () => {
  const ica = await lab({ switches: { speed: 0, batchDelay: 1_500, duplicateSampleNames: "second" } });
  const samples = ["a", "b", "c", "d"].map((name) => `{ name: ${name} }`).join(", ");
  const folder = treeOf({ "t.yaml": stack() + manifest("SampleBatch", "week", `{ samples: [${samples}] }`) });
  const args = [join(ROOT, "dist/icaform.js"), "apply", folder, "--auto-approve"];
  const doomed = spawn("node", args, { env: { ...process.env, ...ica.env }, stdio: "ignore" });
  const isOver = once(doomed, "close");
  while (ica.sim.samples().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  doomed.kill("SIGKILL");
  await isOver;
  const { results } = await ica.applied(folder);
  expect(results.map(({ outcome }) => outcome)).not.toContain("failed");
  expect(
    ica.sim
      .samples()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["a", "b", "c", "d"]);
  expect((await ica.plan(folder)).summary).toMatchObject({ create: 0, unchanged: 4 });
});
