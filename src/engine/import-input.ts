import type {
  Analysis,
  AnalysisInput,
  Configuration,
  InputFormField,
  Pipeline,
  PipelineParameter,
  Reader,
} from "../core/ica.ts";
import type { RunInput } from "../core/spec.ts";
import { whereTold } from "../core/where-told.ts";
import { dataOf, type ImportedInput, type InputSource } from "./import-data.ts";
import { formOf } from "./import-form.ts";
import { formValuesOf, isGroup } from "./import-form-values.ts";
import { textOf } from "./import-text.ts";
import { verdictOf } from "./import-verdict.ts";

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
 * inputs are two, and the input.json of CWL is one more.
 */
export function callsFor(pipeline: Pipeline | undefined): number {
  return (pipeline?.inputFormType === "JSON" ? 1 : 2) + (pipeline?.language === "NEXTFLOW" ? 0 : 1);
}

/** The input that an analysis was started with, as far as ICA returns it. */
export async function readInput(reader: Reader, context: InputContext, source: InputSource): Promise<RunInput> {
  const { pipeline, parameters } = context;
  const told = await ask(reader, context);
  const { startedBy, doubt } = verdictOf({
    language: pipeline?.language,
    hasInputJson: told.inputJson !== undefined,
    hasValues: told.configurations.length > 0 || told.fields.some(hasValues),
    hasEmptyGroup: told.fields.some((field) => isGroup(field) && field.groups.length === 0),
    codes: told.inputs.filter(({ data, external }) => data.length + external.length > 0).map(({ code }) => code),
    isFormTold: told.isFormTold,
    parameters,
  });
  if (startedBy === "form") {
    const kind = isJsonForm(context) ? "formValues" : "form";
    if (doubt !== undefined) source.missing(["input", kind], doubt);
    return kind === "formValues"
      ? { formValues: formValuesOf(told.fields, source) }
      : { form: formOf(told.configurations, told.inputs, parameters, source) };
  }
  const kind = told.inputJson !== undefined || pipeline?.language === "CWL" ? "json" : "custom";
  const path = ["input", kind];
  if (doubt !== undefined) source.missing(path, doubt);
  const text = textOf(told.inputJson, isJsonForm(context) ? "formValues" : "form", path, source);
  const data = dataOf(merged(await inputsOf(told, reader, context)), path, source);
  return kind === "json" ? { json: { ...text, ...data } } : { custom: { ...text, ...data } };
}

interface Told {
  inputJson: string | undefined;
  isFormTold: boolean;
  /** Of JSON forms. */
  fields: readonly InputFormField[];
  /** Of other pipelines. */
  configurations: readonly Configuration[];
  /** Data by its code; of JSON forms that of the fields which are in no group. */
  inputs: readonly Input[];
}

type Input = Pick<AnalysisInput, "code" | "external"> & ImportedInput;

async function ask(reader: Reader, context: InputContext): Promise<Told> {
  const { projectId, analysis, pipeline, parameters } = context;
  // Of Nextflow there is none; where the pipeline is gone its language is not known.
  const inputJson = pipeline?.language === "NEXTFLOW" ? undefined : reader.inputJson(projectId, analysis.id);
  if (isJsonForm(context)) {
    const [text, fields] = await Promise.all([inputJson, whereTold(reader.inputFormValues(projectId, analysis.id))]);
    const inputs = (fields ?? []).filter((field) => !isGroup(field)).map((field) => ({ ...field, code: field.id }));
    return {
      inputJson: text || undefined,
      isFormTold: fields !== undefined,
      fields: fields ?? [],
      configurations: [],
      inputs,
    };
  }
  const [text, configurations, inputs] = await Promise.all([
    inputJson,
    whereTold(reader.configurations(projectId, analysis.id)),
    whereTold(reader.inputs(projectId, analysis.id)),
  ]);
  return {
    inputJson: text || undefined,
    isFormTold: (parameters ?? []).length > 0,
    fields: [],
    configurations: configurations ?? [],
    inputs: inputs ?? [],
  };
}

/** The data of a text: what a JSON form does not list may be among the inputs. */
async function inputsOf(
  { inputs }: Told,
  reader: Reader,
  { projectId, analysis, ...context }: InputContext,
): Promise<readonly Input[]> {
  const isTold = inputs.some(({ data, external }) => data.length + external.length > 0);
  if (isTold || !isJsonForm(context)) return inputs;
  return (await whereTold(reader.inputs(projectId, analysis.id))) ?? [];
}

function isJsonForm({ pipeline }: Pick<InputContext, "pipeline">): boolean {
  return pipeline?.inputFormType === "JSON";
}

function hasValues({ values, groups }: InputFormField): boolean {
  return (values ?? []).length + groups.length > 0;
}

/** The data of all codes as one: a text has no parameters to tell them by. */
function merged(inputs: readonly Input[]): ImportedInput {
  return { data: inputs.flatMap(({ data }) => data), external: inputs.flatMap(({ external }) => external) };
}
