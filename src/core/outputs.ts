import type { Locator } from "./diagnostic.ts";
import type { ActionOnExist, Declared, MappingSpec, OutputMappingSpec, PipelineRunSpec, StackSpec } from "./spec.ts";

/** One mapping of a run, with all defaults applied; `project` as declared, undefined: the run's own. */
export interface EffectiveMapping {
  project: string | undefined;
  source: string;
  target: string;
  type: "FILE" | "FOLDER";
  /** What ICA will do, whether it is sent or not: its own default is OVERWRITE. */
  action: ActionOnExist;
  /** Whether the action is set somewhere, so that it is sent. */
  isActionSet: boolean;
  /** Where it is declared: in the run itself or in an OutputMapping. */
  locate: Locator;
  path: readonly (string | number)[];
  /** Which of the run's outputs it comes from. */
  output: number;
  /** Where the project is declared. */
  projectPath: readonly (string | number)[];
}

/** A run's mappings in declared order: inline ones, and those of the OutputMappings that it names. */
export function effectiveMappings(
  run: Declared<PipelineRunSpec>,
  mappings: ReadonlyMap<string, Declared<OutputMappingSpec>>,
  defaults: StackSpec["defaults"],
): EffectiveMapping[] {
  return (run.spec.outputs ?? []).flatMap((output, index) => {
    if (!("mapping" in output)) {
      const path = ["spec", "outputs", index];
      const place = { locate: run.locate, path, output: index, projectPath: [...path, "project"] };
      return [effective(output, output.project, defaults?.actionOnExist, place)];
    }
    const named = mappings.get(output.mapping);
    return (named?.spec.mappings ?? []).map((mapping, at) => {
      const path = ["spec", "mappings", at];
      const place = { locate: named?.locate ?? run.locate, path, output: index, projectPath: ["spec", "project"] };
      return effective(mapping, named?.spec.project, named?.spec.actionOnExist ?? defaults?.actionOnExist, place);
    });
  });
}

/** FOLDER when source or target ends with "/", unless the user says otherwise (contract). */
export function mappingType(mapping: MappingSpec): "FILE" | "FOLDER" {
  return mapping.type ?? (mapping.source.endsWith("/") || mapping.target.endsWith("/") ? "FOLDER" : "FILE");
}

function effective(
  mapping: MappingSpec,
  project: string | undefined,
  inherited: ActionOnExist | undefined,
  place: Pick<EffectiveMapping, "locate" | "path" | "output" | "projectPath">,
): EffectiveMapping {
  const set = mapping.actionOnExist ?? inherited;
  return {
    project,
    source: mapping.source,
    target: mapping.target,
    type: mappingType(mapping),
    action: set ?? "OVERWRITE",
    isActionSet: set !== undefined,
    ...place,
  };
}
