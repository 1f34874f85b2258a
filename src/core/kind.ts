import type { Diagnostic } from "./diagnostic.ts";
import type { Language, Project, Reader } from "./ica.ts";
import type { Need, Resolved } from "./need.ts";
import type { Change, FieldChange } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";
import type { Sighting } from "./sightings.ts";
import type { ActionOnExist, Tree } from "./spec.ts";
import type { Step } from "./step.ts";

/** What a kind needs to turn one change into one write. */
export interface StepContext {
  tree: Tree;
  change: Change;
  desired: Desired;
  observed: Observed | undefined;
  resolved: Resolved;
}

/** A place in ICA that a change will write to once its run succeeds. */
export interface Target {
  project: Project;
  target: string;
  type: "FILE" | "FOLDER";
  action: ActionOnExist;
  /** Where the run declares it. */
  path: readonly (string | number)[];
}

/** A kind of resource: data and small functions. There is one differ for all kinds, so none of them compares. */
export interface Kind {
  kind: string;
  /** The projects that must be resolved before `desire`: names or ids, each with its place in a manifest. */
  projects(tree: Tree): Need[];
  /** Everything declared of this kind, in its comparable shape. `projectOf` answers for all that `projects` named. */
  desire(tree: Tree, projectOf: (name: string) => Project | undefined): Desired[];
  /** Where it is looked for: in every project that the tree names, or in those that `projects` tells. */
  looksIn: "all" | "own";
  /**
   * Streams what ICA has of this kind that may belong to the stack. `declaredIn`: ids of the projects in which
   * something of this kind is declared, so that what others made there under its name matters too.
   */
  observe(
    reader: Reader,
    stack: string,
    projects: readonly Project[],
    declaredIn: ReadonlySet<string>,
  ): AsyncIterable<Sighting>;
  /** What must be looked up before `toStep` of this change. */
  needs(context: Omit<StepContext, "resolved">): Need[];
  /** Where a change that starts something will write. */
  targets(context: StepContext): Target[];
  /** What reads from ICA how a changed section differs, field by field; undefined where ICA is known not to tell. */
  readBack(context: StepContext): ReadBack | undefined;
  /** The write for a change, or the mistakes that prevent it. Also completes what the plan shows of it. */
  toStep(context: StepContext): Stepped;
}

/** Undefined: ICA did not tell after all. */
export type ReadBack = (reader: Reader) => Promise<FieldChange[] | undefined>;

export interface Stepped {
  step?: Step;
  diagnostics: Diagnostic[];
  /** Of a start for which ICA chooses the activation code: what it chooses by. */
  activation?: { language: Language; projectId: string; pipelineId: string; analysisInput: unknown };
}
