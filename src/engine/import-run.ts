import type { Analysis, Pipeline, PipelineParameter, Project, Reader } from "../core/ica.ts";
import { isReserved } from "../core/identity.ts";
import { type ImportedRun, NOT_RETURNED, type Note } from "../core/imported.ts";
import type { PipelineRunSpec, RunInput, Tags } from "../core/spec.ts";
import type { InputSource } from "./import-data.ts";
import { readInput } from "./import-input.ts";

/** What the runs of one import share. */
export interface ImportContext {
  reader: Reader;
  project: Project;
  /** How the manifests name the project; undefined where it is the stack's own. */
  projectName: string | undefined;
  pipelines: readonly Pipeline[];
  parametersOf(pipeline: Pipeline): Promise<readonly PipelineParameter[] | undefined>;
  credentials: Pick<InputSource, "credential" | "unknownCredential">;
}

/** Everything but the name, which is given once it is known what else is declared. */
export type UnnamedRun = Omit<ImportedRun, "name">;

/** One analysis as what a manifest can declare, with notes on what ICA does not return. */
export async function importRun(analysis: Analysis, context: ImportContext): Promise<UnnamedRun> {
  const { reader, project, projectName, pipelines } = context;
  const notes: Note[] = [];
  let isWhole = true;
  const note = (path: Note["path"], text: string) => notes.push({ path, text });
  const source: InputSource = {
    ...context.credentials,
    note,
    missing(path, text) {
      isWhole = false;
      note(path, text);
    },
  };
  const pipeline = pipelines.find(({ id }) => id === analysis.pipeline.id);
  const parameters = pipeline === undefined ? undefined : await context.parametersOf(pipeline);
  const input: RunInput = await readInput(reader, { projectId: project.id, analysis, pipeline, parameters }, source);
  const tags = tagsOf(analysis);
  if (pipeline === undefined) note(["pipeline"], "it is no longer among the project's pipelines");
  const storage = analysis.analysisStorage?.name;
  if (storage === undefined) note(["pipeline"], "ICA does not return this run's storage");
  // What is filled in later, because ICA does not return it, is no reason to start the run again.
  const ignoreChanges = isWhole ? [...NOT_RETURNED] : ["input", ...NOT_RETURNED];
  note(["rerun"], `ICA does not return ${NOT_RETURNED.join(", ")}: adding them here starts nothing again`);
  const spec: PipelineRunSpec = {
    ...(projectName === undefined ? {} : { project: projectName }),
    pipeline: isAmbiguous(analysis, pipelines) ? analysis.pipeline.id : analysis.pipeline.code,
    ...(storage === undefined ? {} : { storage }),
    ...(tags === undefined ? {} : { tags }),
    input,
    rerun: { ignoreChanges },
  };
  return { analysis, spec, notes };
}

/** ICA's name of a run is written where it is not the run's own name, and where a create call would take it. */
export function named({ analysis, spec, notes }: UnnamedRun, name: string): ImportedRun {
  const { userReference } = analysis;
  if (userReference === name) return { name, analysis, spec, notes };
  if (!/^[a-zA-Z0-9 _-]*(\/[a-zA-Z0-9 _-]+)*$/.test(userReference) || userReference === "") {
    const text = `in ICA its user reference is ${JSON.stringify(userReference)}, which a new run could not have`;
    return { name, analysis, spec, notes: [...notes, { path: ["pipeline"], text }] };
  }
  const { project, pipeline, ...rest } = spec;
  return {
    name,
    analysis,
    spec: { ...(project === undefined ? {} : { project }), pipeline, userReference, ...rest },
    notes,
  };
}

function isAmbiguous({ pipeline }: Analysis, pipelines: readonly Pipeline[]): boolean {
  return pipelines.filter(({ code }) => code === pipeline.code).length > 1;
}

function tagsOf({ tags }: Analysis): Tags | undefined {
  const technical = tags.technicalTags.filter((tag) => !isReserved(tag) && tag !== "");
  const user = tags.userTags.filter((tag) => tag !== "");
  const reference = tags.referenceTags.filter((tag) => tag !== "");
  if (technical.length + user.length + reference.length === 0) return undefined;
  return {
    ...(technical.length === 0 ? {} : { technical }),
    ...(user.length === 0 ? {} : { user }),
    ...(reference.length === 0 ? {} : { reference }),
  };
}
