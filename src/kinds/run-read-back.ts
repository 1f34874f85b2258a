import { canonicalJson } from "../core/canonical.ts";
import { ApiError } from "../core/errors.ts";
import { pathOfKeys } from "../core/fields.ts";
import type { AnalysisInput, Configuration, InputFormField, Project, Reader } from "../core/ica.ts";
import { isMount } from "../core/input-parts.ts";
import type { ReadBack, StepContext } from "../core/kind.ts";
import type { FieldChange } from "../core/plan.ts";
import { withoutSignature, withoutSignatures } from "../core/presigned.ts";
import { looksSecret } from "../core/secret-like.ts";
import type { DataRef, FormField, FormInput, FormValuesInput, Mount, ParameterScalar, RunInput } from "../core/spec.ts";
import { isReference, wereFieldsPlain, wereParametersPlain } from "./earlier-input.ts";
import { runIndex } from "./run-index.ts";

/**
 * Reads what differs between a declared input and the one that the newest attempt was started with. ICA tells
 * parameters, data and form fields of a run; custom and JSON inputs it does not tell.
 */
export function inputReadBack(context: StepContext): ReadBack | undefined {
  const { tree, change, desired, observed } = context;
  const run = runIndex(tree).runs.get(desired.name);
  if (run === undefined || observed?.project === undefined) return undefined;
  if (!change.fields.some((field) => field.path === "input")) return undefined;
  const { form, formValues } = run.spec.input;
  const [projectId, id] = [observed.project.id, observed.id];
  if (form !== undefined) {
    return told(async (reader) =>
      formDifferences(form, await reader.configurations(projectId, id), await reader.inputs(projectId, id), context),
    );
  }
  if (formValues === undefined) return undefined;
  return told(async (reader) => formValueDifferences(formValues, await reader.inputFormValues(projectId, id), context));
}

/** The plan is as true without it: the section is named as changed either way. */
function told(read: (reader: Reader) => Promise<FieldChange[]>): ReadBack {
  return async (reader) => {
    try {
      const fields = await read(reader);
      return fields.length > 0 ? fields : undefined;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return undefined;
      throw error;
    }
  };
}

function formDifferences(
  form: FormInput,
  configurations: readonly Configuration[],
  inputs: readonly AnalysisInput[],
  context: StepContext,
): FieldChange[] {
  const parameters = form.parameters ?? {};
  const data = form.data ?? [];
  const fields: FieldChange[] = [];
  const arePlain = wereParametersPlain(declaredInput(context), configurations, context.observed ?? {});
  for (const [code, after] of Object.entries(parameters)) {
    const earlier = configurations.find((configuration) => configuration.name === code);
    const before = earlier && (earlier.multiValue || Array.isArray(after) ? earlier.values : earlier.values[0]);
    pushValue(fields, ["input", "form", "parameters", code], before, after, arePlain);
  }
  for (const item of data) {
    const earlier = inputs.find((input) => input.code === item.parameter);
    const files = [...(item.files ?? []), ...(item.mounts ?? []).map((mount) => mount.file)];
    const before = earlier?.data.map((one) => one.dataId) ?? [];
    if (!sameMembers(before, idsOf(files, context))) {
      const names = earlier?.data.map((one) => one.name);
      push(fields, ["input", "form", "data", item.parameter], names, files.map(refText));
    }
    const urls = (item.external ?? []).map((external) => withoutSignature(external.url));
    const earlierUrls = (earlier?.external ?? []).map((external) => withoutSignature(external.url));
    if (!sameMembers(urls, earlierUrls))
      push(fields, ["input", "form", "data", item.parameter, "external"], earlierUrls, urls);
  }
  if (fields.length > 0) return fields;
  // ICA may list a pipeline's own defaults too, so what is not declared counts only where nothing else explains it.
  for (const { name, values } of configurations) {
    if (name in parameters) continue;
    const before = values.length === 1 ? values[0] : values;
    pushValue(fields, ["input", "form", "parameters", name], before, undefined, arePlain);
  }
  for (const { code, data: earlier } of inputs) {
    if (!data.some((item) => item.parameter === code)) {
      push(
        fields,
        ["input", "form", "data", code],
        earlier.map((one) => one.name),
        undefined,
      );
    }
  }
  return fields;
}

function formValueDifferences(
  input: FormValuesInput,
  earlier: readonly InputFormField[],
  context: StepContext,
): FieldChange[] {
  const fields: FieldChange[] = [];
  const arePlain = wereFieldsPlain(declaredInput(context), earlier, context.observed ?? {});
  for (const field of input.fields ?? []) {
    const before = earlier.find((one) => one.id === field.id);
    if (field.values !== undefined) {
      const isShown = arePlain && before?.sensitive !== true;
      pushValue(
        fields,
        ["input", "formValues", field.id],
        before && (before.values ?? []),
        field.values ?? [],
        isShown,
      );
    }
    const refs = dataRefsOf(field);
    const earlierIds = before?.data.map((one) => one.dataId);
    if (!sameMembers(earlierIds ?? [], idsOf(refs, context))) {
      push(fields, ["input", "formValues", field.id, "data"], earlierIds, refs.map(refText));
    }
  }
  return fields;
}

function push(fields: FieldChange[], keys: readonly string[], before: unknown, after: unknown): void {
  if (canonicalJson(before) === canonicalJson(after)) return;
  fields.push({
    path: pathOfKeys(keys),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    sensitive: false,
  });
}

/** @param wasPlain whether it is certain that the earlier value was no secret's */
function pushValue(
  fields: FieldChange[],
  keys: readonly string[],
  told: string | (string | null)[] | undefined,
  declared: ParameterScalar | ParameterScalar[] | undefined,
  wasPlain: boolean,
): void {
  const [before, after] = [withoutSignatures(told), withoutSignatures(declared)];
  // Whether a secret changed cannot be told from its reference.
  if (isReference(declared) || canonicalJson(before) === canonicalJson(after)) return;
  if (declared === null && told === undefined) return;
  if (before === undefined || (wasPlain && !looksSecret(keys.at(-1) ?? "", before))) push(fields, keys, before, after);
  else fields.push({ path: pathOfKeys(keys), ...(after === undefined ? {} : { after }), sensitive: true });
}

/** As it is hashed. */
function declaredInput({ desired }: StepContext): RunInput {
  return (desired.sections.input ?? {}) as RunInput;
}

function dataRefsOf(field: FormField): DataRef[] {
  return (field.data ?? []).map((item: DataRef | Mount) => (isMount(item) ? item.file : item));
}

function idsOf(refs: readonly DataRef[], { resolved, desired }: StepContext): (string | undefined)[] {
  const project: Project | undefined = desired.project;
  return refs.map((ref) => {
    if (project === undefined) return undefined;
    return typeof ref === "string" ? resolved.data(project, ref) : resolved.output(project, ref.output, ref.path);
  });
}

function refText(ref: DataRef): string {
  return typeof ref === "string" ? ref : `${ref.output}:${ref.path}`;
}

function sameMembers(left: readonly (string | undefined)[], right: readonly (string | undefined)[]): boolean {
  return left.length === right.length && new Set([...left, ...right]).size === new Set(left).size;
}
