import type { Project } from "../core/ica.ts";
import type { Need, Place } from "../core/need.ts";
import type { DataRef, Declared, FormField, InputData, Mount, OutputRef, PipelineRunSpec, Tree } from "../core/spec.ts";

type Path = readonly (string | number)[];

/** A reference to data, and the path at which a run's spec holds it. */
interface PlacedRef {
  ref: DataRef;
  path: Path;
}

/** Everything that must be looked up before a run's create call can be written. */
export function runNeeds(tree: Tree, run: Declared<PipelineRunSpec>, project: Project): Need[] {
  const { spec, locate } = run;
  const at = (...path: Path): Place => ({ locate, path: ["spec", ...path] });
  const needs: Need[] = [{ type: "pipeline", project, name: spec.pipeline, place: at("pipeline") }];
  if (typeof spec.storage === "string") {
    needs.push({ type: "storage", project, name: spec.storage, place: at("storage") });
  } else if (spec.storage === undefined && tree.stack.spec.defaults?.storage !== undefined) {
    const place = { locate: tree.stack.locate, path: ["spec", "defaults", "storage"] };
    needs.push({ type: "storage", project, name: tree.stack.spec.defaults.storage, place });
  }
  for (const { ref, path } of dataRefs(spec)) {
    if (typeof ref === "string") needs.push({ type: "data", project, ref, expect: "any", place: at(...path) });
    else needs.push({ type: "output", run: ref.output, path: ref.path, place: at(...path) });
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
  return dataRefs(spec).flatMap(({ ref }) => (typeof ref === "string" ? [] : [ref]));
}

/** All data that a run's input names, in declared order. */
function dataRefs(spec: PipelineRunSpec): PlacedRef[] {
  const { form, custom, json, formValues } = spec.input;
  const inGroups = (formValues?.groups ?? []).flatMap((group, at) =>
    (group.values ?? []).flatMap((value, index) =>
      ofFields(value.fields ?? [], ["input", "formValues", "groups", at, "values", index, "fields"]),
    ),
  );
  return [
    ...(form?.data ?? []).flatMap((item, index) => ofInput(item, ["input", "form", "data", index])),
    ...ofInput(custom, ["input", "custom"]),
    ...ofInput(json, ["input", "json"]),
    ...ofFields(formValues?.fields ?? [], ["input", "formValues", "fields"]),
    ...inGroups,
  ];
}

function ofInput(input: InputData | undefined, path: Path): PlacedRef[] {
  return [
    ...(input?.files ?? []).map((ref, index) => ({ ref, path: [...path, "files", index] })),
    ...(input?.mounts ?? []).map((mount, index) => ({ ref: mount.file, path: [...path, "mounts", index, "file"] })),
  ];
}

function ofFields(fields: readonly FormField[], path: Path): PlacedRef[] {
  return fields.flatMap((field, index) =>
    (field.data ?? []).map((item, at) =>
      isMount(item)
        ? { ref: item.file, path: [...path, index, "data", at, "file"] }
        : { ref: item, path: [...path, index, "data", at] },
    ),
  );
}

/** A form field's `data` items are like `files` and like `mounts` (contract). */
export function isMount(item: DataRef | Mount): item is Mount {
  return typeof item !== "string" && "file" in item;
}
