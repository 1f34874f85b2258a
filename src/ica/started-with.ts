/** What a run was started with, as far as ICA tells it → the shapes of `core/ica.ts`. */
import type { AnalysisInput, Configuration, InputFormField, Price, StartedWithExternal } from "../core/ica.ts";
import type { Fields } from "./fields.ts";

export function configurationOf(fields: Fields): Configuration {
  return { name: fields.text("name"), multiValue: fields.flag("multiValue"), values: fields.texts("values") };
}

export function inputOf(fields: Fields): AnalysisInput {
  return {
    code: fields.text("code"),
    data: listed(fields, "analysisData").map((item) => ({
      dataId: item.text("dataId"),
      name: item.text("name"),
      ...mountOf(item),
    })),
    external: listed(fields, "externalData").map((item) => externalOf(item, item)),
  };
}

/** The fields of groups hold external data in a list of its own; others hold it beside the data of ICA. */
export function formFieldOf(fields: Fields): InputFormField {
  const data = listed(fields, "dataValues");
  return {
    id: fields.optionalText("id") ?? "",
    ...(fields.isAbsent("values") ? {} : { values: fields.optionalTexts("values") }),
    data: data.flatMap((item) => {
      const dataId = item.optionalText("dataId");
      return dataId === undefined ? [] : [{ dataId, ...mountOf(item) }];
    }),
    external: [
      ...data.flatMap((item) => {
        const external = item.optionalObject("externalData");
        return external === undefined ? [] : [externalOf(external, item)];
      }),
      ...listed(fields, "externalDataValues").map((item) => externalOf(item, item)),
    ],
    groups: listed(fields, "groupValues").map((row) => listed(row, "values").map(formFieldOf)),
    ...(fields.optionalText("type") === "fieldgroup" ? { isGroup: true } : {}),
    sensitive: fields.flag("sensitive"),
  };
}

/** @param fields of `AnalysisUsageDetails`; its price may be null */
export function priceOf(fields: Fields): Price | undefined {
  const price = fields.optionalObject("price");
  const amount = price?.optionalNumber("amount");
  return amount === undefined ? undefined : { amount, currency: price?.optionalText("currency") ?? "iCredit" };
}

function externalOf(fields: Fields, mounted: Fields): StartedWithExternal {
  const credentialId = fields.optionalObject("s3Details")?.optionalText("storageCredentialsId");
  const details = fields.optionalObject("basespaceDetails");
  const basespace = Object.fromEntries(
    (["workgroupId", "extensions", "pathPrefix"] as const).flatMap((name) => {
      const text = details?.optionalText(name);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  return {
    url: fields.text("url"),
    type: fields.text("type"),
    mountPath: mounted.optionalText("mountPath") ?? "",
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(details === undefined ? {} : { basespace }),
  };
}

function mountOf(fields: Fields): { mountPath?: string } {
  const mountPath = fields.optionalText("mountPath");
  return mountPath === undefined || mountPath === "" ? {} : { mountPath };
}

function listed(fields: Fields, name: string): Fields[] {
  return fields.isAbsent(name) ? [] : fields.objects(name);
}
