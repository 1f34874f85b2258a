import { findData } from "../bodies/rules.ts";
import type { AnalysisRecord, Configuration, DataInput, DataRecord, ExternalInput, FormGroup } from "../records.ts";
import { badRequest } from "../refusal.ts";
import type { Call } from "../router.ts";
import type { World } from "../world.ts";
import type { Json } from "./common.ts";
import { analysisDataView } from "./data.ts";

/** `AnalysisInputList`: the data of each parameter. */
export function inputsView({ world }: Call, analysis: AnalysisRecord): Json {
  const rows = analysis.input.groups.flatMap((group) => group.rows.flatMap((row) => row.data));
  return { items: [...analysis.input.data, ...rows].map((input) => inputView(world, analysis, input)) };
}

/** `ExecutionConfigurationList`: the parameters that are no data. */
export function configurationsView({ input }: AnalysisRecord): Json {
  const items = input.configurations.map(({ code, multiValue, values }) => ({
    name: code,
    multiValue,
    values: values.filter((value) => value !== null),
  }));
  const references = input.reference.map(({ code, id }) => ({ name: code, multiValue: false, values: [id] }));
  return { items: [...items, ...references] };
}

/** `InputFormFieldList`: the values of a JSON form; other pipelines have none. */
export function formView({ world }: Call, analysis: AnalysisRecord): Json {
  const pipeline = world.store.pipelines.get(analysis.pipelineId);
  if (pipeline?.inputFormType !== "JSON") throw badRequest(`Analysis ${analysis.id} was not started from a JSON form`);
  const type = (code: string, otherwise: string): string =>
    pipeline.parameters?.find((parameter) => parameter.code === code)?.type ?? otherwise;
  const { data, configurations, groups } = analysis.input;
  return {
    items: [
      ...configurations.map(({ code, values }) => ({
        id: code,
        type: type(code, "textbox"),
        label: code,
        values: values.filter((value) => value !== null),
      })),
      ...data.map((input) => ({
        id: input.code,
        type: type(input.code, "data"),
        label: input.code,
        dataValues: dataValues(input),
      })),
      ...groups.map((group) => ({
        id: group.code,
        type: "fieldgroup",
        label: group.code,
        groupValues: group.rows.map(rowView),
      })),
    ],
  };
}

function inputView(world: World, analysis: AnalysisRecord, { code, dataIds, mounts, external }: DataInput): Json {
  const find = (id: string): DataRecord | undefined =>
    findData({ world, projectId: analysis.projectId, userId: "" }, id);
  const plain = dataIds
    .map(find)
    .filter((record) => record !== undefined)
    .map((record) => analysisDataView(world, record));
  const mounted = mounts.flatMap(({ dataId, mountPath }) => {
    const record = find(dataId);
    return record === undefined ? [] : [{ ...analysisDataView(world, record), mountPath }];
  });
  const elsewhere = external.map(({ url, type, mountPath }) => ({
    url,
    type,
    mountPath: mountPath ?? url.split("/").at(-1) ?? url,
  }));
  return { code, analysisData: [...plain, ...mounted], externalData: elsewhere };
}

function dataValues({ dataIds, mounts, external }: DataInput): Json[] {
  return [
    ...dataIds.map((dataId) => ({ dataId })),
    ...mounts,
    ...external.map((entry) => ({ externalData: externalView(entry), ...mountOf(entry) })),
  ];
}

function rowView(row: FormGroup["rows"][number]): Json {
  const fields = row.configurations.map(({ code, values }: Configuration) => ({ id: code, values }));
  const data = row.data.map(({ code, dataIds, mounts, external }) => ({
    id: code,
    dataValues: [...dataIds.map((dataId) => ({ dataId })), ...mounts],
    externalDataValues: external.map((entry) => ({ ...externalView(entry), ...mountOf(entry) })),
  }));
  return { values: [...fields, ...data] };
}

function externalView({ url, type, credentialId }: ExternalInput): Json {
  return { url, type, ...(credentialId === null ? {} : { s3Details: { storageCredentialsId: credentialId } }) };
}

function mountOf({ mountPath }: ExternalInput): Json {
  return mountPath === null ? {} : { mountPath };
}
