import { RefusedError } from "../core/errors.ts";
import { changedSections } from "../core/fingerprint.ts";
import type { Analysis, Pipeline, PipelineParameter, Project, Reader } from "../core/ica.ts";
import { ownerOf } from "../core/identity.ts";
import type { ImportedRun, PassedOver } from "../core/imported.ts";
import type { Kind } from "../core/kind.ts";
import type { Declared, PipelineRunSpec, Tree } from "../core/spec.ts";
import { forEachBounded } from "./bounded.ts";
import { type Found, findAnalyses, type ImportFilter } from "./import-find.ts";
import { callsFor } from "./import-input.ts";
import { namesFor } from "./import-names.ts";
import { importRun, named, type UnnamedRun } from "./import-run.ts";

export interface ImportOptions {
  stack: string;
  /** What the stack declares already; undefined for a new stack. */
  tree: Tree | undefined;
  project: Project;
  /** How manifests name the project; undefined where it is the stack's own. */
  projectName: string | undefined;
  filter: ImportFilter;
  /** The newest so many that no stack owns: repeated, an import with a limit goes on where it stopped. */
  limit: number | undefined;
  /** For S3 data whose credential ICA does not return. */
  credential: string | { id: string } | undefined;
  concurrency: number;
  /** Told how many analyses will be read, and by about how many calls, before they are. */
  onFound(analyses: number, calls: number): void;
  onRead(): void;
}

export interface Imported {
  /** To be written. */
  runs: ImportedRun[];
  /** Declared in the tree already, and not yet in ICA as the stack's. */
  declared: { name: string; analysis: Analysis }[];
  passedOver: PassedOver[];
  /** What there was to choose from. */
  from: Pick<Found, "looked" | "pipelines">;
}

/**
 * find → read what each was started with → name. Reads only; an analysis that some stack owns is passed over.
 *
 * @throws RefusedError where an id was given of what another stack owns: it was meant, and cannot be had
 */
export async function importAnalyses(reader: Reader, kind: Kind, options: ImportOptions): Promise<Imported> {
  const { project, stack, tree } = options;
  const { analyses: found, ...from } = await findAnalyses(reader, project, options.filter);
  if (options.filter.ids.length > 0) refuseOthers(found, stack);
  const passedOver = found.flatMap((analysis): PassedOver[] => {
    const owner = ownerOf(analysis.tags.technicalTags);
    return owner === undefined ? [] : [{ kind: "owned", analysis, reason: ownerText(owner, stack) }];
  });
  const unowned = found.filter((analysis) => ownerOf(analysis.tags.technicalTags) === undefined);
  const free = options.limit === undefined ? unowned : unowned.slice(-options.limit);
  if (free.length === 0) return { runs: [], declared: [], passedOver, from };
  const pipelines = await reader.pipelines(project.id);
  options.onFound(free.length, callsToRead(free, pipelines));
  const credentials = await credentialNames(reader, tree);
  const context = {
    reader,
    project,
    projectName: options.projectName,
    pipelines,
    parametersOf: once((pipeline: Pipeline) => reader.pipelineParameters(project.id, pipeline.id)),
    credentials: {
      credential: (id: string) => credentials.get(id) ?? { id },
      unknownCredential: options.credential,
    },
  };
  const read = new Map<Analysis, UnnamedRun>();
  await forEachBounded(free, options.concurrency, async (analysis) => {
    read.set(analysis, await importRun(analysis, context));
    options.onRead();
  });
  const owned = new Set<string>();
  const adopted = new Set<string>();
  for await (const { name, id } of kind.observe(reader, stack, [project], new Set([project.id]))) {
    owned.add(name);
    adopted.add(id);
  }
  // Another import may have adopted some since the project was listed: under a second name they would be started again.
  for (const analysis of free) {
    if (adopted.has(analysis.id)) passedOver.push({ kind: "owned", analysis, reason: ownerText(stack, stack) });
  }
  const unnamed = free.flatMap((analysis) => (adopted.has(analysis.id) ? [] : (read.get(analysis) ?? [])));
  const { runs, declared, nameless } = nameAll(unnamed, owned, kind, options);
  return { runs, declared, passedOver: [...passedOver, ...nameless], from };
}

function refuseOthers(found: readonly Analysis[], stack: string): void {
  const lines = found.flatMap(({ id, reference, tags }) => {
    const owner = ownerOf(tags.technicalTags);
    return owner === undefined || owner === stack ? [] : [`${id} (${reference}): ${ownerText(owner, stack)}`];
  });
  if (lines.length > 0) throw new RefusedError("nothing is imported: --id names what cannot be this stack's", lines);
}

export function ownerText(owner: string, stack: string): string {
  if (owner === stack) return "this stack owns it already";
  return owner === "" ? "it carries tags of icaform, but no stack's" : `stack ${owner} owns it`;
}

/** The oldest first, so that the same analyses get the same names however often an import is repeated. */
function nameAll(
  unnamed: readonly UnnamedRun[],
  owned: ReadonlySet<string>,
  kind: Kind,
  { tree, project }: ImportOptions,
): Pick<Imported, "runs" | "declared"> & { nameless: PassedOver[] } {
  const byName = new Map((tree?.runs ?? []).map((run) => [run.name, run]));
  // Files are named after runs, and some file systems do not tell upper from lower case.
  const taken = new Set([...byName.keys(), ...owned, "icaform"].map((name) => name.toLowerCase()));
  const runs: ImportedRun[] = [];
  const declared: Imported["declared"] = [];
  const nameless: PassedOver[] = [];
  const claimed = new Set(owned);
  const place = (run: UnnamedRun): boolean => {
    for (const name of namesFor(run.analysis)) {
      const same = byName.get(name);
      const candidate = named(run, name);
      if (
        tree !== undefined &&
        same !== undefined &&
        !claimed.has(name) &&
        agrees(kind, tree, same, candidate, project)
      ) {
        claimed.add(name);
        declared.push({ name, analysis: run.analysis });
        return true;
      }
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      runs.push(candidate);
      return true;
    }
    return false;
  };
  for (const run of unnamed) {
    const reason = "all names that it could have are taken";
    if (!place(run)) nameless.push({ kind: "nameless", analysis: run.analysis, reason });
  }
  return { runs, declared, nameless };
}

/** Whether what is declared is what was imported, but for the sections whose change starts nothing. */
function agrees(
  kind: Kind,
  tree: Tree,
  run: Declared<PipelineRunSpec>,
  candidate: ImportedRun,
  project: Project,
): boolean {
  const place = run.spec.project ?? tree.stack.spec.project;
  if (place !== project.id && place !== project.name) return false;
  const desire = (spec: PipelineRunSpec) => kind.desire({ ...tree, runs: [{ ...run, spec }] }, () => project)[0];
  const [declared, imported] = [desire(run.spec), desire(candidate.spec)];
  if (declared === undefined || imported === undefined) return false;
  const changed = changedSections(declared.fingerprint, imported.fingerprint);
  return changed.every((section) => declared.rerun.ignoreChanges.includes(section));
}

function callsToRead(analyses: readonly Analysis[], pipelines: readonly Pipeline[]): number {
  const byId = new Map(pipelines.map((pipeline) => [pipeline.id, pipeline]));
  const used = new Set(analyses.map(({ pipeline }) => pipeline.id));
  const forms = [...used].filter((id) => byId.has(id)).length * 2;
  return analyses.reduce((sum, { pipeline }) => sum + callsFor(byId.get(pipeline.id)), forms);
}

/** Ids of credentials in ICA → names under which the tree declares them; no call where it declares none. */
async function credentialNames(reader: Reader, tree: Tree | undefined): Promise<Map<string, string>> {
  const declared = new Set((tree?.credentials ?? []).map(({ name }) => name));
  if (declared.size === 0) return new Map();
  const known = await reader.credentials();
  return new Map(known.filter(({ name }) => declared.has(name)).map(({ id, name }) => [id, name]));
}

function once(
  ask: (pipeline: Pipeline) => Promise<PipelineParameter[] | undefined>,
): (pipeline: Pipeline) => Promise<PipelineParameter[] | undefined> {
  const answers = new Map<string, Promise<PipelineParameter[] | undefined>>();
  return (pipeline) => {
    const answer = answers.get(pipeline.id) ?? ask(pipeline);
    answers.set(pipeline.id, answer);
    return answer;
  };
}
