/** What a run wrote, attempt by attempt, and what is said where there is nothing. */
import { expect, it } from "vitest";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const MAPPED = "outputs: [{ source: out/, target: /o/ }]";

it("outputs of an earlier attempt are listed by its number", async () => {
  const ica = await lab();
  const folder = treeOf({ "t.yaml": stack() + run("align", MAPPED) });
  await ica.applied(folder);
  ica.finish();
  await ica.applied(folder, ["--rerun", "align", "--reason", "look again"]);
  const outputs = (...args: string[]) => ica.icaform(["outputs", "align", folder, ...args]);
  expect((await outputs()).stdout).toMatch(/attempt 2.*\nno files yet\n$/);
  const first = await outputs("--attempt", "1");
  expect(first.stdout).toMatch(/attempt 1, SUCCEEDED.*\n[\s\S]*\d files?, /);
  expect(JSON.parse((await outputs("--attempt", "1", "--format", "json")).stdout)).toMatchObject({ attempt: 1 });
  expect(await outputs("--attempt", "3")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/PipelineRun\/align has no attempt 3[\s\S]*ICA has 1, 2/),
  });
  expect(await outputs("--attempt", "0")).toMatchObject({ code: 1 });
});

it("a run that failed wrote no files, and one that it blocks is not in ICA for that", async () => {
  const ica = await lab();
  const folder = treeOf({
    "t.yaml": stack() + run("align", MAPPED) + run("call", "dependsOn: [PipelineRun/align]"),
  });
  await ica.applied(folder);
  expect((await ica.icaform(["outputs", "call", folder])).stderr).toMatch(
    /not in ICA yet[\s\S]*waits for PipelineRun\/align/,
  );
  ica.finish("FAILED");
  expect((await ica.icaform(["outputs", "align", folder])).stdout).toMatch(/FAILED.*\nwrote no files\n$/);
  expect((await ica.icaform(["outputs", "call", folder])).stderr).toMatch(
    /not in ICA yet[\s\S]*blocked: PipelineRun\/align ended FAILED; it must succeed first/,
  );
});
