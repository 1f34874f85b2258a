import type { Project } from "../core/ica.ts";
import { inputPartsOf } from "../core/input-parts.ts";
import type { Need, Place } from "../core/need.ts";
import type { Declared, OutputRef, PipelineRunSpec, Tree } from "../core/spec.ts";

/** Everything that must be looked up before a run's create call can be written. */
export function runNeeds(tree: Tree, run: Declared<PipelineRunSpec>, project: Project): Need[] {
  const { spec, locate } = run;
  const at = (...path: string[]): Place => ({ locate, path: ["spec", ...path] });
  const needs: Need[] = [{ type: "pipeline", project, name: spec.pipeline, place: at("pipeline") }];
  if (typeof spec.storage === "string") {
    needs.push({ type: "storage", project, name: spec.storage, place: at("storage") });
  } else if (spec.storage === undefined && tree.stack.spec.defaults?.storage !== undefined) {
    const place = { locate: tree.stack.locate, path: ["spec", "defaults", "storage"] };
    needs.push({ type: "storage", project, name: tree.stack.spec.defaults.storage, place });
  }
  for (const { value: ref, path } of inputPartsOf(spec).refs) {
    const place = { locate, path };
    if (typeof ref === "string") needs.push({ type: "data", project, ref, expect: "any", place });
    else needs.push({ type: "output", project, run: ref.output, path: ref.path, place });
  }
  if (typeof spec.outputFolder === "string") {
    needs.push({ type: "data", project, ref: spec.outputFolder, expect: "FOLDER", place: at("outputFolder") });
  }
  if (typeof spec.logs?.folder === "string") {
    needs.push({ type: "data", project, ref: spec.logs.folder, expect: "FOLDER", place: at("logs", "folder") });
  }
  return needs;
}

/** The outputs of other runs that a run reads: each implies that it depends on them. */
export function outputRefs(spec: PipelineRunSpec): OutputRef[] {
  return inputPartsOf(spec).refs.flatMap(({ value }) => (typeof value === "string" ? [] : [value]));
}
