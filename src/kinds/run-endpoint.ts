import type { CreateEndpoint, Pipeline } from "../core/ica.ts";
import type { RunInput } from "../core/spec.ts";

export type InputKind = keyof RunInput;

/** Which of the four inputs a run declares; the schema sees to it that there is exactly one. */
export function inputKindOf(input: RunInput): InputKind {
  const kinds: InputKind[] = ["form", "custom", "json", "formValues"];
  return kinds.find((kind) => input[kind] !== undefined) ?? "form";
}

/** The create endpoint for an input and a pipeline (contract, "Endpoint chosen"), or why there is none. */
export function endpointFor(
  kind: InputKind,
  pipeline: Pick<Pipeline, "code" | "language" | "inputFormType">,
  hasActivationCode: boolean,
): { endpoint: CreateEndpoint } | { mistake: string; help: string } {
  const { code, language, inputFormType } = pipeline;
  if (language !== "NEXTFLOW" && language !== "CWL") {
    return { mistake: `pipeline ${code} is neither Nextflow nor CWL (${language})`, help: "icaform cannot start it" };
  }
  if (kind === "custom" && language === "CWL") {
    return {
      mistake: `input.custom is for Nextflow; ${code} is a CWL pipeline`,
      help: "use input.json, form or formValues",
    };
  }
  if (kind === "json" && language === "NEXTFLOW") {
    return {
      mistake: `input.json is for CWL; ${code} is a Nextflow pipeline`,
      help: "use input.custom, form or formValues",
    };
  }
  if (kind === "form" && inputFormType === "JSON") {
    return { mistake: `pipeline ${code} has a JSON input form`, help: "use input.formValues instead of input.form" };
  }
  if (kind === "formValues" && inputFormType === "XML") {
    return { mistake: `pipeline ${code} has an XML input form`, help: "use input.form instead of input.formValues" };
  }
  return { endpoint: language === "NEXTFLOW" ? nextflow(kind) : cwl(kind, hasActivationCode) };
}

function nextflow(kind: InputKind): CreateEndpoint {
  if (kind === "custom") return "analysis:nextflowWithCustomInput";
  return kind === "formValues" ? "analysis:nextflowJson" : "analysis:nextflow";
}

/** The newer CWL endpoints have no field for an activation code; the deprecated one does. */
function cwl(kind: InputKind, hasActivationCode: boolean): CreateEndpoint {
  if (kind === "formValues") return "analysis:cwlJson";
  if (hasActivationCode) return "analysis:cwl";
  return kind === "json" ? "analysis:cwlWithJsonInput" : "analysis:cwlWithStructuredInput";
}
