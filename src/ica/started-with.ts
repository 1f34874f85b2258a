/** What a run was started with, as far as ICA tells it → the shapes of `core/ica.ts`. */
import type { AnalysisInput, Configuration, InputFormField } from "../core/ica.ts";
import type { Fields } from "./fields.ts";

export function configurationOf(fields: Fields): Configuration {
  return { name: fields.text("name"), multiValue: fields.flag("multiValue"), values: fields.texts("values") };
}

export function inputOf(fields: Fields): AnalysisInput {
  const data = fields.isAbsent("analysisData") ? [] : fields.objects("analysisData");
  const external = fields.isAbsent("externalData") ? [] : fields.objects("externalData");
  return {
    code: fields.text("code"),
    data: data.map((item) => ({ dataId: item.text("dataId"), name: item.text("name") })),
    external: external.map((item) => ({ url: item.text("url"), mountPath: item.optionalText("mountPath") ?? "" })),
  };
}

/** Groups are not read: ICA gives their fields no id of their own. */
export function formFieldOf(fields: Fields): InputFormField {
  const data = fields.isAbsent("dataValues") ? [] : fields.objects("dataValues");
  return {
    id: fields.optionalText("id") ?? "",
    values: fields.isAbsent("values") ? [] : fields.texts("values"),
    dataIds: data.flatMap((item) => item.optionalText("dataId") ?? []),
  };
}
