import { parse } from "yaml";
import { type Diagnostic, errorAt } from "../core/diagnostic.ts";
import type { PipelineParameter } from "../core/ica.ts";
import type { Declared, FormInput, PipelineRunSpec, TextInput } from "../core/spec.ts";
import { didYouMean } from "../core/suggest.ts";

/**
 * Checks a declared input against what the pipeline says that it takes, so that a missing one is found in review and
 * not by a run that fails (ICA's page, "Starting Nextflow Pipeline with Custom Input"). Where ICA tells nothing,
 * nothing is checked.
 */
export function checkParameters(
  run: Declared<PipelineRunSpec>,
  pipeline: string,
  parameters: readonly PipelineParameter[] | undefined,
): Diagnostic[] {
  if (parameters === undefined || parameters.length === 0) return [];
  const { form, custom, json } = run.spec.input;
  if (form !== undefined) return checkForm(run, pipeline, form, parameters);
  const text = custom ?? json;
  return text === undefined ? [] : checkText(run, pipeline, custom === undefined ? "json" : "custom", text, parameters);
}

function checkForm(
  run: Declared<PipelineRunSpec>,
  pipeline: string,
  form: FormInput,
  parameters: readonly PipelineParameter[],
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const path = ["spec", "input", "form"];
  const ofKind = (kind: PipelineParameter["kind"]) => parameters.filter((parameter) => parameter.kind === kind);
  for (const [index, item] of (form.data ?? []).entries()) {
    const at = [...path, "data", index, "parameter"];
    const known = ofKind("data").find((parameter) => parameter.code === item.parameter);
    const count = (item.files ?? []).length + (item.mounts ?? []).length + (item.external ?? []).length;
    if (known === undefined) diagnostics.push(unknown(run, at, pipeline, item.parameter, ofKind("data"), "value"));
    else if (!known.multiValue && count > 1) diagnostics.push(single(run, at, pipeline, item.parameter, "value"));
  }
  for (const [code, value] of Object.entries(form.parameters ?? {})) {
    const at = [...path, "parameters", code];
    const known = ofKind("setting").find((parameter) => parameter.code === code);
    if (known === undefined) diagnostics.push(unknown(run, at, pipeline, code, ofKind("setting"), "key"));
    else if (!known.multiValue && Array.isArray(value)) diagnostics.push(single(run, at, pipeline, code, "key"));
  }
  const given = new Set([
    ...(form.data ?? []).map((item) => item.parameter),
    ...Object.keys(form.parameters ?? {}),
    ...Object.keys(form.referenceData ?? {}),
  ]);
  return [...diagnostics, ...missing(run, path, pipeline, parameters, given)];
}

function checkText(
  run: Declared<PipelineRunSpec>,
  pipeline: string,
  kind: "custom" | "json",
  input: TextInput,
  parameters: readonly PipelineParameter[],
): Diagnostic[] {
  const path = ["spec", "input", kind];
  const values = input.values ?? parsed(input.text ?? "");
  if (values === undefined) {
    const at = run.locate([...path, "text"]);
    return [
      errorAt(
        at,
        "custom-input",
        `input.${kind}.text is not a map in YAML or JSON`,
        "the pipeline gets it as its parameters: name: value",
      ),
    ];
  }
  return missing(run, path, pipeline, parameters, new Set(Object.keys(values)));
}

function missing(
  run: Declared<PipelineRunSpec>,
  path: readonly (string | number)[],
  pipeline: string,
  parameters: readonly PipelineParameter[],
  given: ReadonlySet<string>,
): Diagnostic[] {
  const wanted = parameters.filter(({ required, hasDefault, code }) => required && !hasDefault && !given.has(code));
  if (wanted.length === 0) return [];
  const codes = wanted.map((parameter) => parameter.code).join(", ");
  const message = `pipeline ${pipeline} requires ${codes}, which ${wanted.length === 1 ? "is" : "are"} not given`;
  return [errorAt(run.locate(path, "key"), "required-parameter", message, "the run would fail without it")];
}

function unknown(
  run: Declared<PipelineRunSpec>,
  path: readonly (string | number)[],
  pipeline: string,
  code: string,
  known: readonly PipelineParameter[],
  what: "key" | "value",
): Diagnostic {
  const codes = known.map((parameter) => parameter.code);
  const help =
    didYouMean(code, codes) ?? (codes.length > 0 ? `it takes ${codes.join(", ")}` : "it takes none of this kind");
  return errorAt(
    run.locate(path, what),
    "unknown-parameter",
    `pipeline ${pipeline} has no parameter ${code} here`,
    help,
  );
}

function single(
  run: Declared<PipelineRunSpec>,
  path: readonly (string | number)[],
  pipeline: string,
  code: string,
  what: "key" | "value",
): Diagnostic {
  return errorAt(
    run.locate(path, what),
    "single-value",
    `parameter ${code} of pipeline ${pipeline} takes one value, not a list`,
  );
}

/** A map, or undefined for anything else. YAML holds JSON. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // What the parser has against it, the pipeline would have too; the diagnostic says what is needed.
    return undefined;
  }
}
