import { parse } from "yaml";
import { list, nullable, object, oneOf, optional, type Reader, refuse, text, uuid } from "../read.ts";
import type { Configuration, DataInput, ExternalInput, RunInput } from "../records.ts";

const mount = object({ dataId: text({ min: 1 }), mountPath: text({ min: 1 }) });

const external: Reader<ExternalInput> = (value, path) => {
  const { url, type, mountPath, s3Details } = externalShape(value, path);
  return { url, type, mountPath, credentialId: s3Details?.storageCredentialsId ?? null };
};

const externalShape = object({
  url: text({ min: 1 }),
  type: oneOf("s3", "http", "basespace"),
  mountPath: nullable(text()),
  s3Details: optional(object({ storageCredentialsId: nullable(uuid) })),
  basespaceDetails: optional(
    object({ workgroupId: nullable(text()), extensions: nullable(text()), pathPrefix: nullable(text()) }),
  ),
});

const files = {
  dataIds: optional(list(text({ min: 1 }))),
  mounts: nullable(list(nullable(mount))),
  externalData: nullable(list(nullable(external))),
};

const dataInput = object({ parameterCode: text({ min: 1 }), ...files });
const parameter = object({
  code: text({ min: 1 }),
  value: nullable(text()),
  multiValue: nullable(list(nullable(text()))),
});
const reference = object({ parameterCode: text({ min: 1 }), referenceDataId: uuid });

const formFields = {
  inputs: list(dataInput),
  parameters: nullable(list(nullable(parameterInput))),
  referenceDataParameters: nullable(list(nullable(reference))),
};

/** `NextflowAnalysisInput` and `CwlAnalysisWithStructuredInput`: the values of an XML form. */
export const formInput: Reader<RunInput> = (value, path) => plainForm(object(formFields)(value, path));

/** `CwlAnalysisWithJsonInput`: `inputJson` is a JSON object in a string. */
export const jsonInput: Reader<RunInput> = (value, path) => {
  const { inputJson, ...rest } = object({ inputJson: text(), ...files })(value, path);
  return documentInput(jsonDocument(inputJson, `${path}.inputJson`), rest);
};

/** `NextflowAnalysisWithCustomInput`: one JSON or YAML mapping in a string. */
export const nextflowCustomInput: Reader<RunInput> = (value, path) => {
  const { customInput, ...rest } = object({ customInput: text(), ...files })(value, path);
  return documentInput(yamlDocument(customInput, `${path}.customInput`), rest);
};

/** `CwlAnalysisInput` of the deprecated endpoint: `objectType` tells which of the two it is. */
export const cwlInput: Reader<RunInput> = (value, path) => {
  const objectType = oneOf("STRUCTURED", "JSON");
  const named = typeof value === "object" && value !== null && "objectType" in value ? value.objectType : undefined;
  if (objectType(named, `${path}.objectType`) === "STRUCTURED") {
    return plainForm(object({ objectType, ...formFields })(value, path));
  }
  const { inputJson, ...rest } = object({ objectType, inputJson: text(), ...files })(value, path);
  return documentInput(jsonDocument(inputJson, `${path}.inputJson`), rest);
};

const formField = object({
  id: text({ min: 1 }),
  values: nullable(list(nullable(text()))),
  dataValues: nullable(list(nullable(object({ dataId: text({ min: 1 }), mountPath: optional(text({ min: 1 })) })))),
  externalDataValues: nullable(list(nullable(external))),
});

const formRow = object({ values: optional(list(formField)) });

/** `inputFormValues`: the values of a JSON form, fields and groups of fields. */
export const formValues: Reader<RunInput> = (value, path) => {
  const form = object({
    fields: optional(list(formField)),
    groups: optional(list(object({ id: text({ min: 1 }), values: optional(list(formRow)) }))),
  })(value, path);
  const groups = (form.groups ?? []).map((group) => ({
    code: group.id,
    rows: (group.values ?? []).map((row) => fieldValues(row.values ?? [])),
  }));
  return { ...fieldValues(form.fields ?? []), groups, reference: [], document: null };
};

/** "only one of attributes 'value' or 'multiValue' must be provided" (OpenAPI). */
function parameterInput(value: unknown, path: string): Configuration {
  const { code, value: single, multiValue } = parameter(value, path);
  const given = typeof value === "object" && value !== null ? value : {};
  const neither = !("value" in given) && !("multiValue" in given);
  if (neither || (single !== null && multiValue !== null)) {
    throw refuse(path, `(${code}) must have exactly one of value and multiValue`);
  }
  return multiValue === null
    ? { code, multiValue: false, values: [single] }
    : { code, multiValue: true, values: multiValue };
}

function plainForm(form: {
  inputs: ReturnType<typeof dataInput>[];
  parameters: (Configuration | null)[] | null;
  referenceDataParameters: (ReturnType<typeof reference> | null)[] | null;
}): RunInput {
  return {
    data: form.inputs.map((input) => plainFiles(input.parameterCode, input)),
    configurations: present(form.parameters),
    reference: present(form.referenceDataParameters).map((entry) => ({
      code: entry.parameterCode,
      id: entry.referenceDataId,
    })),
    groups: [],
    document: null,
  };
}

function documentInput(document: string, given: Parameters<typeof plainFiles>[1]): RunInput {
  return { data: [plainFiles("input", given)], configurations: [], reference: [], groups: [], document };
}

function fieldValues(fields: ReturnType<typeof formField>[]): { data: DataInput[]; configurations: Configuration[] } {
  const data = fields.filter(
    ({ dataValues, externalDataValues }) => dataValues !== null || externalDataValues !== null,
  );
  return {
    data: data.map(({ id, dataValues, externalDataValues }) => ({
      code: id,
      dataIds: present(dataValues)
        .filter((entry) => entry.mountPath === undefined)
        .map(({ dataId }) => dataId),
      mounts: present(dataValues).flatMap(({ dataId, mountPath }) =>
        mountPath === undefined ? [] : [{ dataId, mountPath }],
      ),
      external: present(externalDataValues),
    })),
    configurations: fields
      .filter((field) => !data.includes(field))
      .map(({ id, values }) => ({ code: id, multiValue: (values ?? []).length !== 1, values: values ?? [] })),
  };
}

function plainFiles(
  code: string,
  given: {
    dataIds: string[] | undefined;
    mounts: (ReturnType<typeof mount> | null)[] | null;
    externalData: (ExternalInput | null)[] | null;
  },
): DataInput {
  return { code, dataIds: given.dataIds ?? [], mounts: present(given.mounts), external: present(given.externalData) };
}

function present<T>(items: (T | null)[] | null): T[] {
  return (items ?? []).filter((item) => item !== null);
}

function jsonDocument(document: string, path: string): string {
  return checked(document, path, "a JSON object", (source): unknown => JSON.parse(source));
}

function yamlDocument(document: string, path: string): string {
  return checked(document, path, "a JSON or YAML mapping", (source): unknown => parse(source));
}

function checked(document: string, path: string, what: string, read: (source: string) => unknown): string {
  let value: unknown;
  try {
    value = read(document);
  } catch (error) {
    throw refuse(path, `is not ${what}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(path, `is not ${what}`);
  return document;
}
