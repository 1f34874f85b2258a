/** Rows of a sample sheet keep their identity, wherever they stand and whatever comes beside them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { applyTree, planTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import { actionsOf, openLab, tagOf } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const SET = `---
apiVersion: icaform/v1
kind: PipelineRunSet
metadata: { name: wgs }
spec:
  forEach: { csv: sheet.csv, section: BCLConvert_Data, key: Sample_ID, where: { Project: [p, q] } }
  template:
    spec:
      pipeline: nf
      tags: { user: ["subject=\${each.Sample_ID}"] }
      input: { custom: { values: { note: "\${each.Note}", files: ["\${each.Sample_ID}.gz"] } } }
      outputs: [{ source: out/, target: "/\${each.Project}/\${each.Sample_ID}/" }]
`;

interface Row {
  id: string;
  project: string;
  note: string;
}

/** Notes with all that a cell of a CSV file can hold. */
const rows = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/),
    project: fc.constantFrom("p", "q", "other"),
    note: fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('a, "b"', "two\nlines", " padded ", "é€", "${each.x}")),
  }),
  { selector: ({ id }) => id, minLength: 2, maxLength: 8 },
);

function written(sheet: readonly Row[], columns: readonly (keyof Row)[], newline: string): string {
  const quoted = (cell: string) => (/[",\r\n#]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const names = { id: "Sample_ID", project: "Project", note: "Note" };
  const lines = [
    "[Header],,",
    "FileFormatVersion,2,",
    "[BCLConvert_Data],,",
    columns.map((column) => names[column]).join(","),
    ...sheet.map((row) => columns.map((column) => quoted(row[column])).join(",")),
  ];
  return lines.map((line) => line + newline).join("");
}

it("a plan after an apply starts nothing again when rows are moved, columns are moved, or rows come along", async () => {
  await fc.assert(
    fc.asyncProperty(
      rows.chain((all) =>
        fc.record({
          first: fc.subarray(all, { minLength: 1 }),
          next: fc.shuffledSubarray(all, { minLength: all.length }),
          columns: fc.shuffledSubarray<keyof Row>(["id", "project", "note"], { minLength: 3 }),
        }),
      ),
      async ({ first, next, columns }) => {
        const ica = await openLab();
        try {
          const folder = treeOf({
            "t.yaml": stack() + SET,
            "sheet.csv": written(first, ["id", "project", "note"], "\n"),
          });
          const isChosen = ({ project }: Row) => project !== "other";
          const { results } = await applyTree(folder, ica.sim);
          expect(results.map(({ outcome }) => outcome)).toEqual(first.filter(isChosen).map(() => "done"));

          writeFileSync(join(folder, "sheet.csv"), `\uFEFF${written(next, columns, "\r\n")}`);
          const known = new Set(first.map(({ id }) => id));
          const added = next.filter((row) => isChosen(row) && !known.has(row.id)).map(({ id }) => id);
          const plan = await planTree(folder, ica.sim);
          expect(plan.summary, actionsOf(plan).join("\n")).toMatchObject({
            create: added.length,
            unchanged: first.filter(isChosen).length,
            rerun: 0,
            update: 0,
            orphan: 0,
          });
          await applyTree(folder, ica.sim);
          const runs = ica.sim.analyses().map(({ tags }) => tagOf(tags, "run"));
          expect(runs.sort()).toEqual(
            next
              .filter(isChosen)
              .map(({ id }) => `wgs-${id}`)
              .sort(),
          );
        } finally {
          await ica.sim.close();
        }
      },
    ),
    { numRuns: 25 },
  );
});

it("a row that is taken out is an orphan, one whose cells change reruns alone", async () => {
  const ica = await openLab();
  try {
    const row = (id: string, note = "n") => ({ id, project: "p", note });
    const columns = ["id", "project", "note"] as const;
    const folder = treeOf({
      "t.yaml": stack() + SET,
      "sheet.csv": written([row("a"), row("b"), row("c")], columns, "\n"),
    });
    await applyTree(folder, ica.sim);
    writeFileSync(join(folder, "sheet.csv"), written([row("c", "changed"), row("a")], columns, "\n"));
    expect(actionsOf(await planTree(folder, ica.sim))).toEqual([
      "rerun PipelineRun/wgs-c",
      "orphan PipelineRun/wgs-b",
      "no-op PipelineRun/wgs-a",
    ]);
  } finally {
    await ica.sim.close();
  }
});

it("--target with a set's address is all of its runs, with what they depend on", async () => {
  const ica = await openLab();
  try {
    const sheet = written([{ id: "a", project: "p", note: "n" }], ["id", "project", "note"], "\n");
    const set = SET.replace("pipeline: nf", "pipeline: nf\n      dependsOn: [PipelineRun/first]");
    const folder = treeOf({ "t.yaml": stack() + set + run("first") + run("other"), "sheet.csv": sheet });
    expect(actionsOf(await planTree(folder, ica.sim, { targets: ["PipelineRunSet/wgs"] }))).toEqual([
      "create PipelineRun/first",
      "wait PipelineRun/wgs-a",
    ]);
    await expect(planTree(folder, ica.sim, { targets: ["PipelineRunSet/wsg"] })).rejects.toMatchObject({
      help: "did you mean `PipelineRunSet/wgs`?",
    });
    await expect(planTree(folder, ica.sim, { targets: ["wgs"] })).rejects.toMatchObject({
      help: "did you mean `PipelineRunSet/wgs`?",
    });
  } finally {
    await ica.sim.close();
  }
});
