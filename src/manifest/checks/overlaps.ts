import { grouped } from "../../core/grouped.ts";
import { type EffectiveMapping, effectiveMappings } from "../../core/outputs.ts";
import { OVERLAP_HELP, overlapsOf, overlapText } from "../../core/overlaps.ts";
import type { Declarations, DeclaredRun } from "../declare.ts";
import type { Finding } from "../finding.ts";
import { show } from "../show.ts";

/** One target of one run. */
interface Target {
  run: DeclaredRun;
  /** Of the run's output that writes there. */
  path: (string | number)[];
  /** Project as declared, and path; a folder's ends with "/". */
  place: string;
  shown: string;
  action: EffectiveMapping["action"];
}

/**
 * Runs that write to the same place. The same file is an error unless all of them rename; overlapping folders are a
 * warning, or an error under `policy.forbidOverlap`. A run may write into its own other targets. Projects are compared
 * as declared: that a name and an id mean the same, only ICA knows, and the plan checks again (`target-conflicts.ts`).
 */
export function* checkOverlaps({ stacks, mappings, runs }: Declarations): Generator<Finding> {
  const [stack] = stacks;
  const byName = new Map(mappings.map((mapping) => [mapping.name, mapping]));
  const files: Target[] = [];
  const folders: Target[] = [];
  for (const run of runs) {
    for (const [index, output] of (run.spec.outputs ?? []).entries()) {
      const alone = { ...run, spec: { ...run.spec, outputs: [output] } };
      for (const mapping of effectiveMappings(alone, byName, stack?.spec.defaults)) {
        const project = mapping.project ?? run.spec.project ?? stack?.spec.project ?? "";
        const target = targetOf(run, ["spec", "outputs", index], project, mapping);
        (mapping.type === "FILE" ? files : folders).push(target);
      }
    }
  }
  yield* checkFiles(files);
  yield* checkFolders(folders, stack?.spec.policy?.forbidOverlap === true);
}

function targetOf(run: DeclaredRun, path: Target["path"], project: string, mapping: EffectiveMapping): Target {
  const shown = mapping.type === "FOLDER" && !mapping.target.endsWith("/") ? `${mapping.target}/` : mapping.target;
  // No path has a line break in its place of a separator, so no two targets share a key by accident.
  return { run, path, place: `${project}\n${shown}`, shown, action: mapping.action };
}

function* checkFiles(files: readonly Target[]): Generator<Finding> {
  for (const targets of grouped(files, ({ place }) => place)) {
    const [first, second, others] = firstOfTwoRuns(targets);
    if (first === undefined || second === undefined || targets.every(({ action }) => action === "RENAME")) continue;
    yield {
      on: second.run,
      path: second.path,
      code: "target-conflict",
      message: `the runs ${both(first, second, others)} write to the same file ${show(second.shown)}`,
      help: "give each run a target of its own, or set actionOnExist: Rename for all of them",
    };
  }
}

function* checkFolders(folders: readonly Target[], isForbidden: boolean): Generator<Finding> {
  for (const overlap of overlapsOf(folders)) {
    yield {
      on: overlap.second.run,
      path: overlap.second.path,
      severity: isForbidden ? "error" : "warning",
      code: "target-overlap",
      message: `${overlapText(overlap, show)}${isForbidden ? " (policy.forbidOverlap)" : ""}`,
      help: OVERLAP_HELP,
    };
  }
}

/** The first two targets that belong to different runs, and how many more runs there are. */
function firstOfTwoRuns(targets: readonly Target[]): [Target | undefined, Target | undefined, number] {
  const [first] = targets;
  const second = targets.find(({ run }) => run !== first?.run);
  return [first, second, new Set(targets.map(({ run }) => run)).size - 2];
}

function both(first: Target, second: Target, others: number): string {
  const two = `${show(first.run.name)} and ${show(second.run.name)}`;
  return others > 0 ? `${two} and ${others} more` : two;
}
