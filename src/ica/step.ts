/** `AnalysisStep` of ICA's description → the shape of `core/ica.ts`. */
import type { AnalysisStep } from "../core/ica.ts";
import type { Fields } from "./fields.ts";

export function stepOf(fields: Fields): AnalysisStep {
  const stdErr = fields.optionalObject("logs")?.optionalObject("stdErrData");
  const path = stdErr?.optionalObject("details")?.optionalText("path");
  const exitCode = fields.optionalNumber("exitCode");
  const step: AnalysisStep = {
    name: fields.text("name"),
    status: fields.text("status"),
    technical: fields.flag("technical"),
  };
  for (const date of ["queueDate", "startDate", "endDate"] as const) {
    const value = fields.optionalText(date);
    if (value !== undefined) step[date] = value;
  }
  if (exitCode !== undefined) step.exitCode = exitCode;
  if (stdErr !== undefined) step.stdErr = { id: stdErr.text("id"), ...(path === undefined ? {} : { path }) };
  return step;
}
