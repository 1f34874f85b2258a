import { canonicalJson } from "../core/canonical.ts";
import { ApiError } from "../core/errors.ts";
import { pathOfKeys } from "../core/fields.ts";
import type { AnalysisInput, Configuration, InputFormField, Project, Reader } from "../core/ica.ts";
import { isMount } from "../core/input-parts.ts";
import type { StepContext } from "../core/kind.ts";
import type { FieldChange } from "../core/plan.ts";
import { withoutSignature } from "../core/presigned.ts";
import type { DataRef, FormField, FormInput, FormValuesInput, Mount, ParameterScalar } from "../core/spec.ts";
import { runIndex } from "./run-index.ts";

/**
 * What differs between a declared input and the one that the newest attempt was started with. ICA tells parameters,
 * data and form fields of a run; custom and JSON inputs it does not tell.
 */
export async function readBackInput(context: StepContext, reader: Reader): Promise<FieldChange[] | undefined> {
  const { tree, change, desired, observed } = context;
  const run = runIndex(tree).runs.get(desired.name);
  if (run === undefined || observed?.project === undefined) return undefined;
  if (!change.fields.some((field) => field.path === "input")) return undefined;
  const { form, formValues } = run.spec.input;
  const { project, id } = { project: observed.project, id: observed.id };
  try {
    const fields =
      form !== undefined
        ? formDifferences(
            form,
            await reader.configurations(project.id, id),
            await reader.inputs(project.id, id),
            context,
          )
        : formValues !== undefined
          ? formValueDifferences(formValues, await reader.inputFormValues(project.id, id), context)
          : [];
    return fields.length > 0 ? fields : undefined;
  } catch (error) {
    // The plan is as true without it: the section is named as changed either way.
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
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
  for (const [code, after] of Object.entries(parameters)) {
    const earlier = configurations.find((configuration) => configuration.name === code);
    const before = earlier && (earlier.multiValue || Array.isArray(after) ? earlier.values : earlier.values[0]);
    push(fields, ["input", "form", "parameters", code], before, after);
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
    if (!(name in parameters))
      push(fields, ["input", "form", "parameters", name], values.length === 1 ? values[0] : values, undefined);
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
  for (const field of input.fields ?? []) {
    const before = earlier.find((one) => one.id === field.id);
    if (field.values !== undefined) {
      push(fields, ["input", "formValues", field.id], before && (before.values ?? []), field.values ?? []);
    }
    const refs = dataRefsOf(field);
    const earlierIds = before?.data.map((one) => one.dataId);
    if (!sameMembers(earlierIds ?? [], idsOf(refs, context))) {
      push(fields, ["input", "formValues", field.id, "data"], earlierIds, refs.map(refText));
    }
  }
  return fields;
}

function push(
  fields: FieldChange[],
  keys: readonly string[],
  before: unknown,
  after: ParameterScalar | ParameterScalar[] | undefined,
): void {
  const sensitive = isSecret(after);
  // What a secret was is nobody's to see, and whether it changed cannot be told from a reference.
  if (sensitive || canonicalJson(before) === canonicalJson(after)) return;
  if (after === null && before === undefined) return;
  if (before !== undefined && SECRET_NAME.test(keys.at(-1) ?? "")) {
    fields.push({ path: pathOfKeys(keys), ...(after === undefined ? {} : { after }), sensitive: true });
    return;
  }
  fields.push({
    path: pathOfKeys(keys),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    sensitive,
  });
}

/**
 * What was declared as a secret then may be plain or gone now, and ICA tells its value all the same: by their names such
 * parameters are known well enough not to be shown.
 */
const SECRET_NAME = /token|secret|passw|passphrase|credential|private|(api|access|auth).?key|auth$/i;

function isSecret(value: ParameterScalar | ParameterScalar[] | undefined): boolean {
  if (Array.isArray(value)) return value.some(isSecret);
  return value !== null && typeof value === "object";
}

function dataRefsOf(field: FormField): DataRef[] {
  return (field.data ?? []).map((item: DataRef | Mount) => (isMount(item) ? item.file : item));
}

function idsOf(refs: readonly DataRef[], { resolved, desired }: StepContext): (string | undefined)[] {
  const project: Project | undefined = desired.project;
  return refs.map((ref) => {
    if (typeof ref !== "string") return resolved.output(ref.output, ref.path);
    return project === undefined ? undefined : resolved.data(project, ref);
  });
}

function refText(ref: DataRef): string {
  return typeof ref === "string" ? ref : `${ref.output}:${ref.path}`;
}

function sameMembers(left: readonly (string | undefined)[], right: readonly (string | undefined)[]): boolean {
  return left.length === right.length && new Set([...left, ...right]).size === new Set(left).size;
}
