import { fingerprintOf } from "../core/fingerprint.ts";
import type { Configuration, InputFormField } from "../core/ica.ts";
import { withoutSignatures } from "../core/presigned.ts";
import type { Observed } from "../core/resource.ts";
import type { FormField, ParameterScalar, RunInput } from "../core/spec.ts";

type Value = ParameterScalar | ParameterScalar[];

/**
 * Whether all parameters of an earlier attempt stood in its manifest as ICA tells them. ICA tells the values of secrets
 * like any other, so that one may be shown only where this is certain: the input as declared now, with the
 * earlier values in it, must have the hash that the attempt carries. A secret was hashed by its reference, and what
 * else was edited leaves its mark in the hash as well; then nothing is certain.
 */
export function wereParametersPlain(
  declared: RunInput,
  configurations: readonly Configuration[],
  observed: Pick<Observed, "fingerprint">,
): boolean {
  const { form } = declared;
  if (form === undefined) return false;
  const now = form.parameters ?? {};
  const earlier = new Map(configurations.map((one) => [one.name, one]));
  // ICA may list a pipeline's own defaults too, and a list of one value as a value.
  const undeclared = configurations.filter(({ name }) => !(name in now)).map(({ name }) => name);
  for (const shapeOf of [asTold, asDeclaredNow]) {
    for (const names of [Object.keys(now), [...Object.keys(now), ...undeclared]]) {
      const parameters = Object.fromEntries(
        names.flatMap((name): [string, Value][] => {
          const value = now[name];
          const told = earlier.get(name);
          if (value !== undefined && isReference(value)) return [[name, value]];
          if (told !== undefined) return [[name, shapeOf(told, value)]];
          return value === null ? [[name, null]] : [];
        }),
      );
      const { parameters: _now, ...rest } = form;
      if (hasHashOf({ ...declared, form: { ...rest, parameters } }, observed)) return true;
      if (Object.keys(parameters).length === 0 && hasHashOf({ ...declared, form: rest }, observed)) return true;
    }
  }
  return false;
}

/** The same of the fields of a JSON form. */
export function wereFieldsPlain(
  declared: RunInput,
  earlier: readonly InputFormField[],
  observed: Pick<Observed, "fingerprint">,
): boolean {
  const { formValues } = declared;
  if (formValues === undefined) return false;
  const fields = (formValues.fields ?? []).flatMap((field): FormField[] => {
    const told = earlier.find(({ id }) => id === field.id);
    if (told === undefined) return [];
    return [field.values === undefined || isReference(field.values) ? field : { ...field, values: told.values ?? [] }];
  });
  return hasHashOf({ ...declared, formValues: { ...formValues, fields } }, observed);
}

/** Whether a value, or one of its items, is a secret by reference. */
export function isReference(value: Value | null | undefined): boolean {
  if (Array.isArray(value)) return value.some(isReference);
  return value !== null && typeof value === "object";
}

function asTold({ multiValue, values }: Configuration): string | string[] {
  return multiValue ? values : (values[0] ?? "");
}

function asDeclaredNow({ values }: Configuration, now: Value | undefined): string | string[] {
  return Array.isArray(now) ? values : (values[0] ?? "");
}

function hasHashOf(input: RunInput, { fingerprint }: Pick<Observed, "fingerprint">): boolean {
  return (
    fingerprint?.input !== undefined && fingerprintOf({ input: withoutSignatures(input) }).input === fingerprint.input
  );
}
