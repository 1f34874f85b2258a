import { canonicalJson } from "../core/canonical.ts";
import type { Analysis, AnalysisInput, Configuration, Pipeline, PipelineParameter, Reader } from "../core/ica.ts";
import { UUID } from "../core/patterns.ts";
import { holdsSecret, looksSecret } from "../core/secret-like.ts";
import type { FormInput, ParameterScalar, RunInput, TextInput } from "../core/spec.ts";
import { STAND_IN_TEXT } from "../core/stand-in.ts";
import { whereTold } from "../core/where-told.ts";
import { dataOf, type ImportedInput, type InputSource, secretRefs } from "./import-data.ts";
import { formValuesOf } from "./import-form-values.ts";

/** What is known of a run before its input is read. */
export interface InputContext {
  projectId: string;
  analysis: Analysis;
  /** Undefined: no longer among the project's pipelines. */
  pipeline: Pipeline | undefined;
  /** What its pipeline takes; undefined where ICA does not tell. */
  parameters: readonly PipelineParameter[] | undefined;
}

/**
 * Calls that reading one input takes, as far as is known before: the form of a JSON-form pipeline is one call, other
 * inputs are two, and the input.json of CWL is a third.
 */
export function callsFor(pipeline: Pipeline | undefined): number {
  if (pipeline?.inputFormType === "JSON") return 1;
  return pipeline?.language === "NEXTFLOW" ? 2 : 3;
}

/**
 * The input that an analysis was started with, as far as ICA returns it. ICA does not say by which endpoint a run was
 * started: parameters, or data under the codes of the pipeline's form, mean `form`; else it was one text.
 */
export async function readInput(reader: Reader, context: InputContext, source: InputSource): Promise<RunInput> {
  const { projectId, analysis, pipeline } = context;
  if (pipeline?.inputFormType === "JSON") {
    const fields = await whereTold(reader.inputFormValues(projectId, analysis.id));
    const formValues = fields === undefined ? undefined : formValuesOf(fields, source);
    if (formValues !== undefined) return { formValues };
  }
  const [configurations, inputs] = await Promise.all([
    whereTold(reader.configurations(projectId, analysis.id)),
    whereTold(reader.inputs(projectId, analysis.id)),
  ]);
  if (isForm(configurations ?? [], inputs ?? [], context.parameters)) {
    return { form: formOf(configurations ?? [], inputs ?? [], context.parameters, source) };
  }
  const kind = pipeline?.language === "CWL" ? "json" : "custom";
  const text = kind === "json" ? await reader.inputJson(projectId, analysis.id) : undefined;
  const path = ["input", kind];
  const data = dataOf(merged(inputs ?? []), path, source);
  return kind === "json"
    ? { json: { ...textOf(text, path, source), ...data } }
    : { custom: { ...textOf(text, path, source), ...data } };
}

function isForm(
  configurations: readonly Configuration[],
  inputs: readonly AnalysisInput[],
  parameters: readonly PipelineParameter[] | undefined,
): boolean {
  if (configurations.length > 0) return true;
  if (parameters === undefined) return inputs.length > 0;
  if (inputs.some(({ code }) => parameters.some((known) => known.kind === "data" && known.code === code))) return true;
  return inputs.length === 0 && parameters.length > 0 && !parameters.some((one) => one.required && !one.hasDefault);
}

function formOf(
  configurations: readonly Configuration[],
  inputs: readonly AnalysisInput[],
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

/** The data of all codes as one: a text has no parameters to tell them by. */
function merged(inputs: readonly AnalysisInput[]): ImportedInput {
  return { data: inputs.flatMap(({ data }) => data), external: inputs.flatMap(({ external }) => external) };
}

/** `values` where they give the very same bytes, since they read better; else `text`. */
function textOf(text: string | undefined, path: readonly string[], source: InputSource): TextInput {
  const what = path.at(-1) === "json" ? "input.json" : "custom input";
  if (text === undefined || text === "") {
    source.missing(path, `ICA does not return the ${what}: what stands here is not what the run was started with`);
    return { text: STAND_IN_TEXT };
  }
  const values = parsed(text);
  if (holdsSecret(values ?? text)) {
    source.missing(path, `the ${what} that ICA returned holds what looks like a secret, and is not written here`);
    return { text: STAND_IN_TEXT };
  }
  return values !== undefined && canonicalJson(values) === text && isExact(values) ? { values } : { text };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // It is sent byte for byte, whatever it is.
    return undefined;
  }
}

/** Whether a manifest can hold a JSON value as YAML: whole numbers beyond 2^53 and some keys it cannot. */
function isExact(value: unknown): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (value === null || typeof value !== "object") return true;
  return Object.entries(value).every(([key, member]) => key !== "__proto__" && key !== "<<" && isExact(member));
}
