import type { Project } from "../core/ica.ts";
import type { Resolved } from "../core/need.ts";
import type { Change } from "../core/plan.ts";
import type { Declared, PipelineRunSpec, Tree } from "../core/spec.ts";

/** All that a create call of a run is made from. */
export interface CreateContext {
  tree: Tree;
  run: Declared<PipelineRunSpec>;
  project: Project;
  attempt: number;
  /** The identity tags. */
  tags: readonly string[];
  change: Change;
  resolved: Resolved;
}
