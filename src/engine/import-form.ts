import type { Configuration, PipelineParameter } from "../core/ica.ts";
import { UUID } from "../core/patterns.ts";
import { looksSecret } from "../core/secret-like.ts";
import type { FormInput, ParameterScalar } from "../core/spec.ts";
import { dataOf, type ImportedInput, type InputSource, secretRefs } from "./import-data.ts";

/** The parameters, data and reference data of a form. @param known what the pipeline takes, where ICA tells it */
export function formOf(
  configurations: readonly Configuration[],
  inputs: readonly (ImportedInput & { code: string })[],
  known: readonly PipelineParameter[] | undefined,
  source: InputSource,
): FormInput {
  const data = inputs.map((input, index) => ({
    parameter: input.code,
    ...dataOf(input, ["input", "form", "data", index], source),
  }));
  const references = configurations.filter((configuration) => isReference(configuration, known));
  const settings = configurations.filter((configuration) => !references.includes(configuration));
  const entries = settings.map((setting): [string, ParameterScalar | ParameterScalar[]] => [
    setting.name,
    settingOf(setting, source),
  ]);
  return {
    ...(data.length === 0 ? {} : { data }),
    ...(settings.length === 0 ? {} : { parameters: Object.fromEntries(entries) }),
    ...(references.length === 0
      ? {}
      : { referenceData: Object.fromEntries(references.map(({ name, values }) => [name, values[0] ?? ""])) }),
  };
}

/** ICA lists reference data among the settings: its code is none of theirs, and its value an id. */
function isReference({ name, multiValue, values }: Configuration, known: readonly PipelineParameter[] = []): boolean {
  if (known.length === 0 || known.some(({ kind, code }) => kind === "setting" && code === name)) return false;
  return !multiValue && values.length === 1 && UUID.test(values[0] ?? "");
}

function settingOf(
  { name, multiValue, values }: Configuration,
  source: InputSource,
): ParameterScalar | ParameterScalar[] {
  const path = ["input", "form", "parameters", name];
  const shown = looksSecret(name, values) ? secretRefs(name, values, path, source) : values;
  return multiValue ? [...shown] : (shown[0] ?? null);
}
