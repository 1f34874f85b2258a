/** What a pipeline takes, as ICA tells it → the shapes of `core/ica.ts`. */
import { ApiError } from "../core/errors.ts";
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

/**
 * ICA tells some things only to some users, of some pipelines, for some inputs: what is only shown is then not told,
 * and no failure.
 */
export async function whereTold<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && [400, 403, 404].includes(error.status)) {
      return undefined;
    }
    throw error;
  }
}

function parameterOf(fields: Fields): Pick<PipelineParameter, "code" | "required" | "multiValue"> {
  return { code: fields.text("code"), required: fields.flag("required"), multiValue: fields.flag("multiValue") };
}
