import type { InputFormField } from "../core/ica.ts";
import { looksSecret } from "../core/secret-like.ts";
import type { FormField, FormValuesInput } from "../core/spec.ts";
import { externalsOf, type InputSource, secretRefs } from "./import-data.ts";

type Path = readonly (string | number)[];

/** The values of a JSON form: of fields as far as they were filled in, of groups as often as they were. */
export function formValuesOf(fields: readonly InputFormField[], source: InputSource): FormValuesInput {
  const filled = fields.filter((field) => !isGroup(field) && isFilled(field));
  const groups = fields.filter(isGroup);
  return {
    ...(filled.length === 0 ? {} : { fields: fieldsOf(filled, ["input", "formValues", "fields"], source) }),
    ...(groups.length === 0
      ? {}
      : {
          groups: groups.map((group, at) => ({
            id: group.id,
            values: group.groups.map((row, index) => {
              const path = ["input", "formValues", "groups", at, "values", index, "fields"];
              return { fields: fieldsOf(row.filter(isFilled), path, source) };
            }),
          })),
        }),
  };
}

export function isGroup(field: InputFormField): boolean {
  return field.isGroup ?? field.groups.length > 0;
}

function isFilled({ values, data, external }: InputFormField): boolean {
  return values !== undefined || data.length + external.length > 0;
}

function fieldsOf(fields: readonly InputFormField[], path: Path, source: InputSource): FormField[] {
  return fields.map((field, index) => fieldOf(field, [...path, index], source));
}

function fieldOf(
  { id, values, data, external, sensitive }: InputFormField,
  path: Path,
  source: InputSource,
): FormField {
  if (data.length + external.length === 0) {
    const told = values ?? [];
    const isSecret = told.length > 0 && (sensitive || looksSecret(id, told));
    return { id, values: isSecret ? secretRefs(id, told, [...path, "values"], source) : [...told] };
  }
  return {
    id,
    ...(data.length === 0
      ? {}
      : {
          data: data.map(({ dataId, mountPath }) =>
            mountPath === undefined ? dataId : { file: dataId, path: mountPath },
          ),
        }),
    ...(external.length === 0 ? {} : { external: externalsOf(external, [...path, "external"], source) }),
  };
}
