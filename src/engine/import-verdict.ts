import type { Language, PipelineParameter } from "../core/ica.ts";

/** What ICA told of a run that bears on how it was started. */
export interface Evidence {
  /** Undefined where the pipeline is gone. */
  language: Language | undefined;
  hasInputJson: boolean;
  /** Parameters or form fields with values, which no text has. */
  hasValues: boolean;
  /** A group of form fields is told, though it was never filled in. */
  hasEmptyGroup: boolean;
  /** The parameters or fields under which data was given. */
  codes: readonly string[];
  /** Whether ICA answered for this run's form at all. */
  isFormTold: boolean;
  /** What the pipeline takes; undefined where ICA does not tell. */
  parameters: readonly PipelineParameter[] | undefined;
}

export interface Verdict {
  startedBy: "form" | "text";
  /** Why it may have been otherwise. */
  doubt?: string;
}

const OR_CUSTOM = "ICA does not tell whether the run was started by this form or by a text, such as a custom input";
const OR_FORM = "ICA does not tell whether the run was started by this input.json or by a form with these data";
const AND_JSON = "ICA returns an input.json too, and does not tell by which of the two the run was started";

/**
 * Whether a run was started by a form or by one text. ICA does not say it: parameters and values are a form's, an
 * `input.json` a text's; data may be of either, and under which code ICA lists that of a text is not documented.
 */
export function verdictOf(evidence: Evidence): Verdict {
  const { language, hasInputJson, hasValues, hasEmptyGroup, codes, isFormTold, parameters } = evidence;
  const fit = fitOf(codes, parameters);
  if (hasValues) return { startedBy: "form", ...(hasInputJson ? { doubt: AND_JSON } : {}) };
  if (hasInputJson) return { startedBy: "text", ...(codes.length > 0 && fit !== "foreign" ? { doubt: OR_FORM } : {}) };
  if (language === "CWL") {
    // Of a CWL run ICA would return the text.
    if (codes.length === 0) return { startedBy: isFormTold && !isMissing(codes, parameters) ? "form" : "text" };
    return { startedBy: "form", ...(fit === "known" ? {} : { doubt: OR_CUSTOM }) };
  }
  const mayBeForm = codes.length > 0 ? fit !== "foreign" : hasEmptyGroup;
  return mayBeForm ? { startedBy: "form", doubt: OR_CUSTOM } : { startedBy: "text" };
}

/** Whether a form of this pipeline could have been filled in with data under these codes, and nothing else. */
function fitOf(
  codes: readonly string[],
  parameters: readonly PipelineParameter[] | undefined,
): "known" | "unknown" | "foreign" {
  if (parameters === undefined) return "unknown";
  const known = new Set(parameters.filter(({ kind }) => kind === "data").map(({ code }) => code));
  return codes.every((code) => known.has(code)) && !isMissing(codes, parameters) ? "known" : "foreign";
}

function isMissing(codes: readonly string[], parameters: readonly PipelineParameter[] = []): boolean {
  return parameters.some(({ code, required, hasDefault }) => required && !hasDefault && !codes.includes(code));
}
