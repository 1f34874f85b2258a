import { decideAll } from "../core/decide.ts";
import type { DecideOptions, Decision } from "../core/decision.ts";
import { type Diagnostic, errorAt, hasErrors, sortDiagnostics, warningAt } from "../core/diagnostic.ts";
import { TreeError } from "../core/errors.ts";
import type { Project, Reader } from "../core/ica.ts";
import type { Kind } from "../core/kind.ts";
import type { Need } from "../core/need.ts";
import type { Desired } from "../core/resource.ts";
import { createSightings, type Duplicate, type Matched } from "../core/sightings.ts";
import type { Tree } from "../core/spec.ts";
import { lookUpProjects } from "./lookup-projects.ts";
import { atProjects } from "./project-errors.ts";
import { selectTargets } from "./targets.ts";

export interface ObserveOptions extends DecideOptions {
  /** Only these addresses and what they depend on; empty: all. */
  targets: readonly string[];
}

/** What is declared beside what is in ICA, and what follows from it. */
export interface ObservedStack {
  /** By the name or id that a manifest uses. */
  projects: ReadonlyMap<string, Project>;
  /** Where each of them is named. */
  named: readonly Need[];
  /** Names of the credentials in ICA → their ids. */
  credentials: ReadonlyMap<string, string>;
  matched: Matched;
  decisions: readonly Decision[];
  diagnostics: Diagnostic[];
}

/**
 * resolve projects → list what ICA has → decide. A handful of calls, whatever the number of runs.
 *
 * @throws TreeError when a project is not found
 */
export async function observeStack(
  tree: Tree,
  reader: Reader,
  kinds: readonly Kind[],
  options: ObserveOptions,
): Promise<ObservedStack> {
  const diagnostics: Diagnostic[] = [];
  const named = kinds.flatMap((kind) => kind.projects(tree));
  const projects = await lookUpProjects(reader, named, diagnostics);
  if (hasErrors(diagnostics)) throw new TreeError(sortDiagnostics(diagnostics));

  const desired = kinds.flatMap((kind) => kind.desire(tree, (name) => projects.get(name)));
  const selected = selectTargets(tree, desired, options.targets);
  const { matched, credentials } = await atProjects(projects, named, () =>
    observe(reader, kinds, tree, desired, projects),
  );
  diagnostics.push(...duplicateDiagnostics(matched.duplicates, tree));
  const orphans = options.targets.length > 0 ? [] : matched.orphans;
  const known = selected.map((item) => {
    const held = matched.held.get(item.address);
    return held === undefined ? item : { ...item, held };
  });
  const decided = decideAll(known, matched.observed, orphans, options);
  diagnostics.push(...decided.diagnostics);
  return { projects, named, credentials, matched, decisions: decided.decisions, diagnostics };
}

async function observe(
  reader: Reader,
  kinds: readonly Kind[],
  tree: Tree,
  desired: readonly Desired[],
  projects: ReadonlyMap<string, Project>,
): Promise<Pick<ObservedStack, "matched" | "credentials">> {
  const unique = [...new Map([...projects.values()].map((project) => [project.id, project])).values()];
  const sightings = createSightings();
  const credentials = new Map<string, string>();
  await Promise.all(
    kinds.map(async (kind) => {
      // A kind that is not declared still has orphans, if it knows projects to look into.
      if (!desired.some((item) => item.kind === kind.kind) && kind.projects(tree).length === 0) return;
      const own = new Set(kind.projects(tree).map((need) => need.type === "project" && projects.get(need.name)?.id));
      const places = kind.looksIn === "all" ? unique : unique.filter(({ id }) => own.has(id));
      const declaredIn = new Set(
        desired.flatMap((item) => (item.kind === kind.kind && item.project ? [item.project.id] : [])),
      );
      for await (const sighting of kind.observe(reader, tree.stack.name, places, declaredIn)) {
        if (kind.kind === "StorageCredential") credentials.set(sighting.name, sighting.id);
        sightings.add(sighting);
      }
    }),
  );
  return { matched: sightings.match(desired), credentials };
}

function duplicateDiagnostics(duplicates: readonly Duplicate[], tree: Tree): Diagnostic[] {
  return duplicates.flatMap(({ kind, desired, name, sightings }) => {
    const [first] = sightings;
    const ids = sightings.map((sighting) => sighting.id).join(", ");
    const at = (desired?.locate ?? tree.stack.locate)(["metadata", "name"]);
    if (kind === "SampleBatch") {
      // Whose samples of one name others have made is none of the stack's business.
      if (first?.attempt === 0) return [];
      const message = `the sample ${name} is in ICA ${sightings.length} times with this stack's tag: ${ids}`;
      return warningAt(at, "duplicate-sample", message, "the earliest counts; remove the others in ICA");
    }
    if (first?.attempt === 0) {
      const help = "ICA deletes no credentials: rename yours in the manifest, so that its name is unique";
      return errorAt(
        at,
        "credential-ambiguous",
        `ICA has ${sightings.length} storage credentials named ${name}: ${ids}`,
        help,
      );
    }
    const message = `PipelineRun/${name} is in ICA ${sightings.length} times as attempt ${first?.attempt}: ${ids}`;
    return warningAt(at, "duplicate-run", message, "the earliest counts; abort the others in ICA");
  });
}
