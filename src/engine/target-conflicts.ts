import { type Diagnostic, errorAt, warningAt } from "../core/diagnostic.ts";
import type { Project } from "../core/ica.ts";
import type { Target } from "../core/kind.ts";
import { effectiveMappings } from "../core/outputs.ts";
import { type FolderTarget, OVERLAP_HELP, overlapsOf, overlapText } from "../core/overlaps.ts";
import type { Desired } from "../core/resource.ts";
import type { Declared, PipelineRunSpec, Tree } from "../core/spec.ts";

/**
 * Two runs that write the same file, once projects are known by their ids: the offline check sees only how manifests
 * spell them. Allowed when both keep what is there under another name.
 */
export function targetConflicts(writing: readonly { desired: Desired; targets: readonly Target[] }[]): Diagnostic[] {
  const writers = new Map<string, { desired: Desired; target: Target }>();
  const diagnostics: Diagnostic[] = [];
  for (const { desired, targets } of writing) {
    for (const target of targets) {
      if (target.type !== "FILE") continue;
      const key = `${target.project.id} ${target.target}`;
      const first = writers.get(key) ?? { desired, target };
      writers.set(key, first);
      if (first.desired === desired || (first.target.action === "RENAME" && target.action === "RENAME")) continue;
      const where = `${target.project.name}:${target.target}`;
      const message = `${first.desired.address} and ${desired.address} write the same file ${where}`;
      const help = "give each a target of its own, or set actionOnExist: Rename on both";
      diagnostics.push(errorAt(desired.locate(target.path), "target-conflict", message, help));
    }
  }
  return diagnostics;
}

/** One folder of one run, by its project's id. */
interface ResolvedFolder extends FolderTarget {
  run: Declared<PipelineRunSpec>;
  path: (string | number)[];
  /** The project as a manifest names it. */
  named: string;
}

/**
 * Folders of different runs that overlap, where the manifests name their project in two ways: those that name it in one
 * the offline check has told. An error under `policy.forbidOverlap`, as there.
 *
 * @param projects by the name or id that a manifest uses
 */
export function folderOverlaps(tree: Tree, projects: ReadonlyMap<string, Project>): Diagnostic[] {
  const ids = new Set([...projects.values()].map(({ id }) => id));
  if (ids.size === projects.size) return [];
  const isForbidden = tree.stack.spec.policy?.forbidOverlap === true;
  const overlaps = overlapsOf(resolvedFolders(tree, projects), (first, second) => first.named !== second.named);
  return overlaps.map((overlap) => {
    const { first, second } = overlap;
    const text = overlapText(overlap, (word) => word);
    const where = `in one project, named ${first.named} and ${second.named}`;
    const message = `${text}, ${where}${isForbidden ? " (policy.forbidOverlap)" : ""}`;
    const at = second.run.locate(second.path);
    return (isForbidden ? errorAt : warningAt)(at, "target-overlap", message, OVERLAP_HELP);
  });
}

function resolvedFolders(tree: Tree, projects: ReadonlyMap<string, Project>): ResolvedFolder[] {
  const mappings = new Map(tree.mappings.map((mapping) => [mapping.name, mapping]));
  const { defaults, project: usual = "" } = tree.stack.spec;
  return tree.runs.flatMap((run) =>
    (run.spec.outputs ?? []).flatMap((output, index) => {
      const alone = { ...run, spec: { ...run.spec, outputs: [output] } };
      return effectiveMappings(alone, mappings, defaults).flatMap(({ type, target, project }) => {
        const named = project ?? run.spec.project ?? usual;
        const id = projects.get(named)?.id;
        if (type !== "FOLDER" || id === undefined) return [];
        const shown = target.endsWith("/") ? target : `${target}/`;
        return [{ run, path: ["spec", "outputs", index], place: `${id}\n${shown}`, shown, named }];
      });
    }),
  );
}
