import type { Problem, ProblemSchema } from "icaform:validators";
import { parseAddress } from "../core/address.ts";
import { closest, didYouMean } from "../core/suggest.ts";
import type { ValueMistake } from "./finding.ts";
import { list, show, showPath } from "./show.ts";

type Path = readonly (string | number)[];

/** One problem in words that a lab user understands; `path` is where it is. The value itself is never repeated. */
export function wordProblem(problem: Problem, path: Path): ValueMistake {
  const { keyword, params, parentSchema } = problem;
  const at = { path, what: "value" } as const;
  const code = parentSchema["x-code"] ?? "bad-value";
  const must = (message: string, help?: string): ValueMistake => ({
    ...at,
    code,
    message: `${showPath(path)} ${message}`,
    ...(help === undefined ? {} : { help }),
  });
  switch (keyword) {
    case "additionalProperties":
      return unknownKey(problem, path);
    case "required": {
      const help = parentSchema.errorMessage;
      const message = `${show(String(params.missingProperty))} is missing in ${showPath(path)}`;
      return { ...at, code: "missing-key", message, ...(help === undefined ? {} : { help: `it ${help}` }) };
    }
    case "type":
      return wrongType(problem, at);
    case "enum":
      return { ...must(...notOneOf(problem.data, parentSchema.enum ?? [])), code: "unknown-value" };
    case "const":
      return { ...must(...notOneOf(problem.data, [params.allowedValue])), code: "unknown-value" };
    case "oneOf":
    case "anyOf":
    case "minProperties":
    case "maxProperties":
      return noForm(problem, path);
    case "pattern":
      return must(
        parentSchema.patternErrorMessage ?? "has characters that are not allowed",
        code === "not-a-run" ? runHelp(problem.data) : suggested(problem.data, parentSchema.examples ?? []),
      );
    case "minLength":
    case "minItems":
      return must("must not be empty");
    case "maxLength":
      return must(`must have at most ${params.limit} characters`);
    case "minimum":
      return must(`must be ${params.limit} or more`);
    case "exclusiveMinimum":
      return must(`must be more than ${params.limit}`);
    case "format":
      return must("must be a date and time with its zone", "write it like 2026-11-01T00:00:00Z");
    default:
      return must("is not allowed here");
  }
}

/** Where only one of the forms is begun, what it lacks; else which forms there are. */
function noForm({ data, parentSchema }: Problem, path: Path): ValueMistake {
  const at = { path, what: "value" } as const;
  const forms = (parentSchema.oneOf ?? []).map(({ required = [] }) => required);
  const has = (key: string) => typeof data === "object" && data !== null && Object.hasOwn(data, key);
  const [begun, ...others] = forms.filter((required) => required.some(has));
  const [missing, ...more] = others.length > 0 ? [] : (begun ?? []).filter((key) => !has(key));
  if (missing !== undefined && more.length === 0) {
    return { ...at, code: "missing-key", message: `${show(missing)} is missing in ${showPath(path)}` };
  }
  const message = `${showPath(path)} ${parentSchema.errorMessage ?? "is not one of the allowed forms"}`;
  return { ...at, code: "one-of", message };
}

function unknownKey(problem: Problem, path: Path): ValueMistake {
  const { params, parentSchema } = problem;
  const key = String(params.additionalProperty);
  // Where a secret belongs, what stands in a key's place may be the secret.
  if (parentSchema["x-code"] === "literal-secret") return literalSecret(parentSchema, path);
  const suggestion = suggestionFor(problem);
  return {
    path: [...path, key],
    what: "key",
    code: "unknown-key",
    message: `there is no key ${show(key)} in ${showPath(path)}`,
    help:
      suggestion === undefined
        ? `keys are ${list(Object.keys(parentSchema.properties ?? {}))}`
        : `did you mean \`${suggestion}\`?`,
  };
}

function wrongType({ data, parentSchema }: Problem, at: { path: Path; what: "value" }): ValueMistake {
  if (parentSchema["x-code"] === "literal-secret") return literalSecret(parentSchema, at.path);
  const wanted = [parentSchema.type ?? []].flat();
  const must = parentSchema.errorMessage ?? `must be ${list(wanted.map(typeName), "or")}`;
  const message =
    data === null
      ? `${showPath(at.path)} is empty; it ${must}`
      : `${showPath(at.path)} ${must}, not ${typeName(typeOf(data, wanted))}`;
  const help = typeHint(data, wanted);
  return { ...at, code: "wrong-type", message, ...(help === undefined ? {} : { help }) };
}

function literalSecret(schema: ProblemSchema, path: Path): ValueMistake {
  const message = `${showPath(path)} ${schema.errorMessage ?? "must not hold a secret"}`;
  const help = "if this secret was committed anywhere, replace it by a new one";
  return { path, what: "value", code: "literal-secret", message, help };
}

function typeHint(data: unknown, wanted: readonly string[]): string | undefined {
  const isText = wanted.includes("string");
  if (
    !isText &&
    typeof data === "string" &&
    data.includes("${") &&
    wanted.some((type) => type !== "array" && type !== "object")
  ) {
    return "a placeholder may stand there alone, without other text";
  }
  if (isText && (typeof data === "number" || typeof data === "boolean")) return "put it in quotes";
  if (wanted.includes("boolean") && typeof data === "string") return "write true or false, without quotes";
  if (wanted.some((type) => type === "integer" || type === "number") && typeof data === "string") {
    return "write the number without quotes";
  }
  if (wanted.includes("array") && data !== null) return "put a list there: [ … ], or lines that start with '- '";
  return undefined;
}

function notOneOf(data: unknown, allowed: readonly unknown[]): [string, string?] {
  const help = suggested(data, allowed);
  const message = `must be ${list(allowed.map(String), "or")}`;
  return help === undefined ? [message] : [message, help];
}

function suggested(data: unknown, allowed: readonly unknown[]): string | undefined {
  return typeof data === "string" ? didYouMean(data, allowed.map(String)) : undefined;
}

/** What stands where only a run can be waited for. */
function runHelp(data: unknown): string {
  const { kind } = parseAddress(String(data)) ?? {};
  if (kind === undefined) return "write PipelineRun/ before the run's name";
  if (kind === "SampleBatch") {
    return "a run waits for runs alone; apply the samples first, by `--target` with the batch's address";
  }
  return `a run waits for runs alone${kind === "PipelineRunSet" ? ": name those of the set that are meant" : ""}`;
}

/** Names under which other tools know our keys: ICA's own API and its command line. */
const elsewhere: Record<string, readonly string[]> = {
  pipeline: ["pipelineId", "pipelineCode"],
  storage: ["analysisStorageId", "storageSize"],
  activationCode: ["activationCodeDetailId", "activationCodeId"],
  outputFolder: ["outputParentFolderId"],
  outputs: ["analysisOutput"],
  input: ["analysisInput", "inputs"],
  files: ["dataIds"],
  file: ["dataId"],
  path: ["mountPath", "logsFolderPath"],
  folder: ["logsFolderId"],
  parameter: ["parameterCode"],
  technical: ["technicalTags"],
  user: ["userTags"],
  reference: ["referenceTags"],
  source: ["sourcePath"],
  target: ["targetPath"],
  project: ["targetProjectId", "projectId"],
  external: ["externalData", "externalDataValues"],
  data: ["dataValues"],
  credential: ["storageCredentialsId", "s3Details"],
  basespace: ["basespaceDetails"],
};

/** The key that an unknown one was meant to be. */
export function suggestionFor({ params, parentSchema }: Problem): string | undefined {
  const key = String(params.additionalProperty);
  const allowed = Object.keys(parentSchema.properties ?? {});
  return allowed.find((candidate) => elsewhere[candidate]?.includes(key)) ?? closest(key, allowed);
}

function typeOf(data: unknown, wanted: readonly string[]): string {
  if (typeof data === "number" && wanted.includes("integer")) return "fraction";
  return Array.isArray(data) ? "array" : data === null ? "null" : typeof data;
}

function typeName(type: string): string {
  const names: Record<string, string> = {
    string: "text",
    number: "a number",
    integer: "a whole number",
    fraction: "a fraction",
    boolean: "true or false",
    array: "a list",
    object: "a mapping of keys",
  };
  return names[type] ?? type;
}
