/** What a pipeline takes, as ICA tells it → the shapes of `core/ica.ts`. */
import type { ActivationCode, PipelineParameter } from "../core/ica.ts";
import type { Fields } from "./fields.ts";

/** Of `inputParameters`: the data that a pipeline takes. */
export function dataParameterOf(fields: Fields): PipelineParameter {
  return { ...parameterOf(fields), kind: "data", hasDefault: false };
}

/** Of `configurationParameters`: the settings. */
export function settingOf(fields: Fields): PipelineParameter {
  const defaults = fields.optionalObject("settings")?.count("defaultValues") ?? 0;
  return { ...parameterOf(fields), kind: "setting", hasDefault: defaults > 0 };
}

export function activationCodeOf(fields: Fields): ActivationCode {
  return { id: fields.text("id"), name: fields.object("pipelineBundle").text("name") };
}

function parameterOf(fields: Fields): Pick<PipelineParameter, "code" | "required" | "multiValue"> {
  return { code: fields.text("code"), required: fields.flag("required"), multiValue: fields.flag("multiValue") };
}
