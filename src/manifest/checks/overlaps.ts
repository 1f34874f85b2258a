import { type EffectiveMapping, effectiveMappings } from "../../core/outputs.ts";
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
 * as declared: that a name and an id mean the same, only ICA knows.
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
  yield* checkFolders(folders, stack?.spec.policy?.forbidOverlap === true ? "error" : "warning");
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

function* checkFolders(folders: readonly Target[], severity: "error" | "warning"): Generator<Finding> {
  const places = new Set(folders.map(({ place }) => place));
  const outermost = new Map<string, string>();
  const rootOf = (place: string): string => {
    const known = outermost.get(place) ?? outermostOf(place, places);
    outermost.set(place, known);
    return known;
  };
  for (const targets of grouped(folders, ({ place }) => rootOf(place))) {
    // Those that write to the outermost folder come first: each of them overlaps with all others.
    const root = targets[0] === undefined ? "" : rootOf(targets[0].place);
    const ordered = [...targets].sort((left, right) => Number(right.place === root) - Number(left.place === root));
    const [first, second, others] = firstOfTwoRuns(ordered);
    if (first === undefined || second === undefined) continue;
    const nested = second.shown === first.shown ? "the same folder" : `${show(second.shown)}, inside`;
    yield {
      on: second.run,
      path: second.path,
      severity,
      code: "target-overlap",
      message: `the runs ${both(first, second, others)} write to overlapping folders: ${nested} ${show(first.shown)}`,
      help: "files of one run may replace or stand among those of the other; give each run a folder of its own",
    };
  }
}

/** The highest of a folder's parents that is a target as well, or the folder itself. */
function outermostOf(place: string, places: ReadonlySet<string>): string {
  for (let at = place.indexOf("/"); at >= 0 && at < place.length - 1; at = place.indexOf("/", at + 1)) {
    const parent = place.slice(0, at + 1);
    if (places.has(parent)) return parent;
  }
  return place;
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

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
