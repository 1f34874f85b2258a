import { type Diagnostic, errorAt } from "../core/diagnostic.ts";
import type { Pipeline, PipelineParameter, Project, Reader, Storage } from "../core/ica.ts";
import { type Need, needKey, type Place, type Resolved } from "../core/need.ts";
import type { Observed } from "../core/resource.ts";
import { didYouMean } from "../core/suggest.ts";
import { lookUpData } from "./lookup-data.ts";
import { lookUpFiles, lookUpSampleFiles } from "./lookup-files.ts";
import { lookUpOutputs, outputKey } from "./lookup-outputs.ts";

/** A pipeline or a storage, by name or id, in one project. */
interface NamedNeed {
  project: Project;
  name: string;
  place: Place;
}

/**
 * Answers all needs with as few calls as possible: each project's pipelines and storages are read once, data is
 * looked up in groups. What is not found is a diagnostic at the manifest's line and answers `undefined`.
 */
export async function lookUp(
  reader: Reader,
  needs: readonly Need[],
  projects: ReadonlyMap<string, Project>,
  observed: ReadonlyMap<string, Observed>,
): Promise<{ resolved: Resolved; diagnostics: Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const only = <Type extends Need["type"]>(type: Type) =>
    needs.filter((need): need is Extract<Need, { type: Type }> => need.type === type);
  const pipelines = await perProject(
    only("pipeline"),
    (project) => reader.pipelines(project.id),
    pickPipeline,
    diagnostics,
  );
  const storages = await perProject(
    only("storage"),
    (project) => reader.storages(project.id),
    pickStorage,
    diagnostics,
  );
  const parameters = await pipelineParameters(reader, only("pipeline"), pipelines);
  const data = await lookUpData(reader, only("data"), diagnostics);
  const files = await lookUpFiles(reader, only("files"), diagnostics);
  const sampleFiles = await lookUpSampleFiles(reader, only("sample-files"));
  const outputs = await lookUpOutputs(reader, only("output"), observed, diagnostics);
  return {
    diagnostics,
    resolved: {
      project: (name) => projects.get(name),
      pipeline: (project, name) => pipelines.get(needKey(project, name)),
      parameters: (project, name) => parameters.get(needKey(project, name)),
      storage: (project, name) => storages.get(needKey(project, name)),
      data: (project, ref) => data.get(needKey(project, ref)),
      output: (project, run, path) => outputs.get(outputKey(project, run, path)),
      files: (project, ref) => files.get(needKey(project, ref)),
      sampleFiles: (project, sampleId) => sampleFiles.get(needKey(project, sampleId)),
    },
  };
}

/** One answer per project and name; a name that fails is reported once, at the first place that uses it. */
async function perProject<Item>(
  needs: readonly NamedNeed[],
  list: (project: Project) => Promise<Item[]>,
  pick: (need: NamedNeed, items: readonly Item[]) => Item | Diagnostic,
  diagnostics: Diagnostic[],
): Promise<Map<string, Item>> {
  const found = new Map<string, Item>();
  const unique = new Map(needs.toReversed().map((need) => [needKey(need.project, need.name), need]));
  const projects = new Map([...unique.values()].map((need) => [need.project.id, need.project]));
  const lists = new Map<string, Item[]>();
  await Promise.all([...projects.values()].map(async (project) => lists.set(project.id, await list(project))));
  for (const [key, need] of unique) {
    const picked = pick(need, lists.get(need.project.id) ?? []);
    if (isDiagnostic(picked)) diagnostics.push(picked);
    else found.set(key, picked);
  }
  return found;
}

/** What each pipeline that is to be started takes, read once; JSON forms tell it in another way. */
async function pipelineParameters(
  reader: Reader,
  needs: readonly NamedNeed[],
  pipelines: ReadonlyMap<string, Pipeline>,
): Promise<Map<string, PipelineParameter[]>> {
  const parameters = new Map<string, PipelineParameter[]>();
  const unique = new Map(needs.map((need) => [needKey(need.project, need.name), need.project]));
  await Promise.all(
    [...unique].map(async ([key, project]) => {
      const pipeline = pipelines.get(key);
      if (pipeline === undefined || pipeline.inputFormType === "JSON") return;
      const told = await reader.pipelineParameters(project.id, pipeline.id);
      if (told !== undefined) parameters.set(key, told);
    }),
  );
  return parameters;
}

function pickPipeline({ project, name, place }: NamedNeed, items: readonly Pipeline[]): Pipeline | Diagnostic {
  const matches = items.filter((pipeline) => pipeline.id === name || pipeline.code === name);
  const at = place.locate(place.path);
  if (matches.length === 1 && matches[0] !== undefined) return matches[0];
  if (matches.length > 1) {
    const ids = matches.map((pipeline) => pipeline.id).join(", ");
    return errorAt(
      at,
      "pipeline-ambiguous",
      `project ${project.name} has ${matches.length} pipelines with the code ${name}`,
      `use an id: ${ids}`,
    );
  }
  const codes = items.map((pipeline) => pipeline.code);
  return errorAt(
    at,
    "pipeline-not-found",
    `project ${project.name} has no pipeline ${name}`,
    didYouMean(name, codes) ??
      (codes.length === 0 ? "no pipeline is linked to this project" : `it has ${listed(codes)}`),
  );
}

function pickStorage({ project, name, place }: NamedNeed, items: readonly Storage[]): Storage | Diagnostic {
  const match = items.find((storage) => storage.id === name || storage.name === name);
  if (match !== undefined) return match;
  const names = items.map((storage) => storage.name);
  return errorAt(
    place.locate(place.path),
    "storage-not-found",
    `project ${project.name} has no analysis storage ${name}`,
    didYouMean(name, names) ?? `it has ${listed(names)}`,
  );
}

function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, 10);
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}

function isDiagnostic(value: unknown): value is Diagnostic {
  return typeof value === "object" && value !== null && "severity" in value;
}
