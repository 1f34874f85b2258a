import { canonicalJson } from "../core/canonical.ts";
import { externalType } from "../core/external.ts";
import type { CreateEndpoint, Language } from "../core/ica.ts";
import { isMount } from "../core/input-parts.ts";
import type {
  DataRef,
  ExternalData,
  FormField,
  FormInput,
  FormValuesInput,
  InputData,
  Mount,
  ParameterScalar,
  TextInput,
} from "../core/spec.ts";
import { Deferred } from "../core/step.ts";
import type { CreateContext } from "./run-context.ts";

/** The part of a create body that carries the input: `analysisInput`, or `inputFormValues` of JSON-form pipelines. */
export function inputBody(context: CreateContext, endpoint: CreateEndpoint): Record<string, unknown> {
  const { form, custom, json, formValues } = context.run.spec.input;
  if (formValues !== undefined) return { inputFormValues: formValuesBody(context, formValues) };
  if (custom !== undefined) {
    return { analysisInput: { customInput: textOf(custom), ...dataBody(context, custom) } };
  }
  if (json !== undefined) {
    const discriminator = endpoint === "analysis:cwl" ? { objectType: "JSON" } : {};
    return { analysisInput: { ...discriminator, inputJson: textOf(json), ...dataBody(context, json) } };
  }
  const discriminator = endpoint === "analysis:cwl" ? { objectType: "STRUCTURED" } : {};
  return { analysisInput: { ...discriminator, ...formBody(context, form ?? {}) } };
}

/** The input as the search for an activation code takes it: of forms and JSON, none for what bypasses the form. */
export function activationInput(context: CreateContext, language: Language): unknown {
  const { form, json } = context.run.spec.input;
  if (form !== undefined || json !== undefined) {
    return inputBody(context, language === "CWL" ? "analysis:cwl" : "analysis:nextflow").analysisInput;
  }
  return language === "CWL" ? { objectType: "STRUCTURED", inputs: [] } : { inputs: [] };
}

/** `text` goes out byte for byte, `values` as JSON with sorted keys (contract). */
function textOf(input: TextInput): string {
  return input.text ?? canonicalJson(input.values ?? {});
}

function formBody(context: CreateContext, form: FormInput): Record<string, unknown> {
  return {
    // ICA's description requires `inputs`, so an undeclared one goes out empty.
    inputs: (form.data ?? []).map((item) => ({ parameterCode: item.parameter, ...dataBody(context, item) })),
    ...(form.parameters === undefined
      ? {}
      : { parameters: form.parameters === null ? null : parametersBody(form.parameters) }),
    ...(form.referenceData === undefined
      ? {}
      : { referenceDataParameters: form.referenceData === null ? null : referenceBody(form.referenceData) }),
  };
}

/**
 * As written, but that codes which look like whole numbers come first: the same tree always gives the same bytes. Another
 * order of the same parameters is no change to a fingerprint; sent after a lost answer it meets 422, which is settled by
 * reading (`src/engine/key-reused.ts`).
 */
function parametersBody(parameters: Record<string, ParameterScalar | ParameterScalar[]>): unknown[] {
  return Object.entries(parameters).map(([code, value]) =>
    Array.isArray(value) ? { code, multiValue: value.map(scalar) } : { code, value: scalar(value) },
  );
}

function referenceBody(referenceData: Record<string, string>): unknown[] {
  return Object.entries(referenceData).map(([parameterCode, referenceDataId]) => ({ parameterCode, referenceDataId }));
}

function scalar(value: ParameterScalar): string | null | Deferred {
  return value !== null && typeof value === "object" ? new Deferred({ secret: value }) : value;
}

function dataBody(context: CreateContext, input: InputData): Record<string, unknown> {
  return {
    ...(input.files === undefined ? {} : { dataIds: input.files.map((ref) => dataId(context, ref)) }),
    ...(input.mounts === undefined ? {} : { mounts: eachOrNull(input.mounts, (item) => mountBody(context, item)) }),
    ...(input.external === undefined ? {} : { externalData: eachOrNull(input.external, externalBody) }),
  };
}

function formValuesBody(context: CreateContext, input: FormValuesInput): Record<string, unknown> {
  return {
    ...(input.fields === undefined ? {} : { fields: input.fields.map((field) => fieldBody(context, field)) }),
    ...(input.groups === undefined
      ? {}
      : {
          groups: input.groups.map((group) => ({
            id: group.id,
            ...(group.values === undefined
              ? {}
              : {
                  values: group.values.map((value) =>
                    value.fields === undefined
                      ? {}
                      : { values: value.fields.map((field) => fieldBody(context, field)) },
                  ),
                }),
          })),
        }),
  };
}

function fieldBody(context: CreateContext, field: FormField): Record<string, unknown> {
  const dataValue = (item: DataRef | Mount) =>
    isMount(item) ? mountBody(context, item) : { dataId: dataId(context, item) };
  return {
    id: field.id,
    ...(field.values === undefined ? {} : { values: eachOrNull(field.values, scalar) }),
    ...(field.data === undefined ? {} : { dataValues: eachOrNull(field.data, dataValue) }),
    ...(field.external === undefined ? {} : { externalDataValues: eachOrNull(field.external, externalBody) }),
  };
}

function mountBody(context: CreateContext, mount: Mount): Record<string, unknown> {
  return { dataId: dataId(context, mount.file), mountPath: mount.path };
}

function externalBody(external: ExternalData): Record<string, unknown> {
  const { url, mountPath, credential, basespace } = external;
  return {
    url,
    type: externalType(external),
    ...(mountPath === undefined ? {} : { mountPath }),
    ...(credential === undefined ? {} : { s3Details: { storageCredentialsId: credentialId(credential) } }),
    ...(basespace === undefined ? {} : { basespaceDetails: basespaceBody(basespace) }),
  };
}

function basespaceBody(basespace: NonNullable<ExternalData["basespace"]>): Record<string, unknown> {
  const { workgroupId, extensions, pathPrefix } = basespace;
  return {
    ...(workgroupId === undefined ? {} : { workgroupId }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(pathPrefix === undefined ? {} : { pathPrefix }),
  };
}

/** The id of a credential that this apply may still have to create is known only at the moment of the call. */
function credentialId(credential: string | { id: string }): string | Deferred {
  return typeof credential === "string" ? new Deferred({ credential }) : credential.id;
}

function dataId({ resolved, project }: CreateContext, ref: DataRef): string | undefined {
  return typeof ref === "string" ? resolved.data(project, ref) : resolved.output(project, ref.output, ref.path);
}

/** What is written is sent: a null list stays null. */
function eachOrNull<Item, Sent>(items: readonly Item[] | null, toSent: (item: Item) => Sent): Sent[] | null {
  return items === null ? null : items.map(toSent);
}
