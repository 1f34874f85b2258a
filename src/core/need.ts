import type { Locator } from "./diagnostic.ts";
import type { DataItem, Pipeline, PipelineParameter, Project, Storage } from "./ica.ts";

/** Where a need is declared, so that a failed lookup names the manifest line. */
export interface Place {
  locate: Locator;
  path: readonly (string | number)[];
}

/** A name or reference that must be looked up in ICA before a request can be built. */
export type Need = { place: Place } & (
  | { type: "project"; name: string }
  | { type: "pipeline"; project: Project; name: string }
  | { type: "storage"; project: Project; name: string }
  /** `expect`: what must be found there; a folder may be asked for with or without its closing "/". */
  | { type: "data"; project: Project; ref: string; expect: "FILE" | "FOLDER" | "any" }
  /** `project`: where what reads it runs. */
  | { type: "output"; project: Project; run: string; path: string }
  /** All files that a reference stands for: itself, or what lies below a folder. */
  | { type: "files"; project: Project; ref: string }
  | { type: "sample-files"; project: Project; sampleId: string }
);

/** The answers, looked up once a plan. Undefined: not found, which a diagnostic has already said. */
export interface Resolved {
  project(name: string): Project | undefined;
  pipeline(project: Project, name: string): Pipeline | undefined;
  /** What the pipeline takes; undefined also where ICA does not tell. */
  parameters(project: Project, pipeline: string): PipelineParameter[] | undefined;
  storage(project: Project, name: string): Storage | undefined;
  /** The data id. */
  data(project: Project, ref: string): string | undefined;
  /** The data id of a file that a run of this stack wrote, if what runs in the project can read it. */
  output(project: Project, run: string, path: string): string | undefined;
  /** The files that a reference stands for, in the order of their paths. */
  files(project: Project, ref: string): readonly DataItem[] | undefined;
  /** The files that are linked to a sample. */
  sampleFiles(project: Project, sampleId: string): readonly DataItem[] | undefined;
}

/** The key under which the answer to a need of one project is kept. */
export function needKey(project: Project, name: string): string {
  return `${project.id} ${name}`;
}
