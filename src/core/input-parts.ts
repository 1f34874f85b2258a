import type { DataRef, ExternalData, InputData, Mount, ParameterScalar, PipelineRunSpec, SecretRef } from "./spec.ts";

/** Something in a run's input, with its path in the document: `["spec", "input", …]`. */
export interface Placed<Value> {
  value: Value;
  path: (string | number)[];
}

export interface InputParts {
  /** In declared order, those of mounts too. */
  refs: Placed<DataRef>[];
  mounts: Placed<Mount>[];
  externals: Placed<ExternalData>[];
  secrets: Placed<SecretRef>[];
}

/**
 * Everything that a run's input takes from elsewhere, whichever of the four inputs it is. What users write into `values`
 * is theirs alone, whatever its keys are called.
 */
export function inputPartsOf({ input }: PipelineRunSpec): InputParts {
  const parts: InputParts = { refs: [], mounts: [], externals: [], secrets: [] };
  const { form, custom, json, formValues } = input;
  for (const [index, item] of (form?.data ?? []).entries()) {
    addInputData(parts, item, ["spec", "input", "form", "data", index]);
  }
  for (const [code, value] of Object.entries(form?.parameters ?? {})) {
    addSecrets(parts, value, ["spec", "input", "form", "parameters", code]);
  }
  if (custom !== undefined) addInputData(parts, custom, ["spec", "input", "custom"]);
  if (json !== undefined) addInputData(parts, json, ["spec", "input", "json"]);
  const root = ["spec", "input", "formValues"];
  addFields(parts, formValues?.fields, [...root, "fields"]);
  for (const [at, group] of (formValues?.groups ?? []).entries()) {
    for (const [index, item] of (group.values ?? []).entries()) {
      addFields(parts, item.fields, [...root, "groups", at, "values", index, "fields"]);
    }
  }
  return parts;
}

type Fields = NonNullable<PipelineRunSpec["input"]["formValues"]>["fields"];

function addFields(parts: InputParts, fields: Fields, path: (string | number)[]): void {
  for (const [at, field] of (fields ?? []).entries()) {
    for (const [index, item] of (field.data ?? []).entries()) {
      const itemPath = [...path, at, "data", index];
      if (isMount(item)) addMount(parts, item, itemPath);
      else parts.refs.push({ value: item, path: itemPath });
    }
    addExternals(parts, field.external, [...path, at, "external"]);
    if (field.values) addSecrets(parts, field.values, [...path, at, "values"]);
  }
}

function addSecrets(parts: InputParts, value: ParameterScalar | ParameterScalar[], path: (string | number)[]): void {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) addSecrets(parts, item, [...path, index]);
  else if (value !== null && typeof value === "object") parts.secrets.push({ value, path });
}

function addInputData(parts: InputParts, data: InputData, path: (string | number)[]): void {
  for (const [index, ref] of (data.files ?? []).entries()) {
    parts.refs.push({ value: ref, path: [...path, "files", index] });
  }
  for (const [index, mount] of (data.mounts ?? []).entries()) addMount(parts, mount, [...path, "mounts", index]);
  addExternals(parts, data.external, [...path, "external"]);
}

function addMount(parts: InputParts, mount: Mount, path: (string | number)[]): void {
  parts.refs.push({ value: mount.file, path: [...path, "file"] });
  parts.mounts.push({ value: mount, path });
}

function addExternals(parts: InputParts, externals: InputData["external"], path: (string | number)[]): void {
  for (const [index, external] of (externals ?? []).entries()) {
    parts.externals.push({ value: external, path: [...path, index] });
  }
}

/** A form field's `data` items are like `files` and like `mounts` (contract). */
export function isMount(item: DataRef | Mount): item is Mount {
  return typeof item !== "string" && "file" in item;
}
