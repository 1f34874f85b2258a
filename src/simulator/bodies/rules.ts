import type { Configuration, DataInput, DataRecord, ExternalInput, Parameter, Pipeline, RunInput } from "../records.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { dataShelf } from "../store.ts";
import type { World } from "../world.ts";

/** Where a run's input is looked at: who asks, and the project that holds the data. */
export interface Scope {
  world: World;
  userId: string;
  projectId: string;
}

/** Data by id or URN in the scope's project, or undefined. */
export function findData(scope: Scope, idOrUrn: string): DataRecord | undefined {
  const id = /^urn:ilmn:ica:region:[^:]+:data:([^#]+)/.exec(idOrUrn)?.[1] ?? idOrUrn;
  return dataShelf(scope.world.store, scope.projectId).byId.get(id);
}

/** Checks the input against data, credentials and the parameters of the pipeline. */
export function checkInput(scope: Scope, pipeline: Pipeline, input: RunInput): void {
  const groups = input.groups.flatMap(({ rows }) => rows);
  for (const data of [...input.data, ...groups.flatMap((row) => row.data)]) checkData(scope, data);
  // A document bypasses the form (ica-api-page), so there are no parameters to compare it with.
  if (pipeline.parameters === null || input.document !== null) return;
  checkParameters(pipeline.parameters, input);
}

function checkData(scope: Scope, input: DataInput): void {
  const name = input.code;
  for (const dataId of [...input.dataIds, ...input.mounts.map((mount) => mount.dataId)]) {
    const record = findData(scope, dataId);
    if (record === undefined)
      throw badRequest(`Data ${dataId} of ${name} does not exist in the project`, { [name]: dataId });
    // A PARTIAL file answers an error naming the parameter (ica-facts).
    if (record.status !== "AVAILABLE") {
      throw badRequest(`Data ${dataId} of ${name} is ${record.status}, it must be AVAILABLE`, {
        [name]: record.status,
      });
    }
  }
  for (const { mountPath } of input.mounts) {
    if (mountPath.endsWith("/"))
      throw badRequest(`Mount path ${mountPath} of ${name} must end with the file name`, { [name]: mountPath });
  }
  for (const external of input.external) checkExternal(scope, name, external);
}

function checkExternal(scope: Scope, name: string, external: ExternalInput): void {
  const { url, type, mountPath, credentialId } = external;
  const scheme = { s3: /^s3:\/\/[^/]+\/./, http: /^https?:\/\/[^/]+/, basespace: /./ }[type] ?? /./;
  const shown = url.split("?")[0] ?? "";
  if (!scheme.test(url)) throw badRequest(`${shown} of ${name} is no ${type} URL`, { [name]: type });
  const wholeFolder = url.endsWith("/") || type === "basespace";
  if (mountPath?.endsWith("/") === true && !wholeFolder) {
    throw badRequest(`Mount path ${mountPath} of ${name} must end with the file name`, { [name]: mountPath });
  }
  if (type === "s3" && credentialId === null) {
    // "public S3 buckets without credentials are not supported" (ica-api-page).
    throw badRequest(`${shown} of ${name} needs s3Details.storageCredentialsId`, {
      [name]: "storageCredentialsId is required",
    });
  }
  if (credentialId === null) return;
  const credential = scope.world.store.credentials.get(credentialId);
  if (credential === undefined || (credential.ownerId !== scope.userId && !credential.shared)) {
    throw badRequest(`Storage credentials ${credentialId} of ${name} do not exist`, {
      storageCredentialsId: credentialId,
    });
  }
}

function checkParameters(parameters: Parameter[], input: RunInput): void {
  const given = new Map<string, number>();
  for (const { code, dataIds, mounts, external } of input.data) {
    const { multiValue } = expectKind(parameters, code, "DATA");
    // A file may be named and mounted, which is still one.
    const files = new Set([...dataIds, ...mounts.map(({ dataId }) => dataId), ...external.map(({ url }) => url)]);
    if (files.size > 1 && !multiValue)
      throw badRequest(`Parameter ${code} takes one file`, { [code]: "takes one file" });
    given.set(code, files.size);
  }
  for (const { code, id } of input.reference) {
    expectKind(parameters, code, "REFERENCE");
    given.set(code, id.length);
  }
  for (const { code, rows } of input.groups) {
    expectKind(parameters, code, "GROUP");
    given.set(code, rows.length);
  }
  for (const configuration of input.configurations) {
    const parameter = expectKind(parameters, configuration.code, "a setting");
    checkValues(parameter, configuration);
    given.set(configuration.code, configuration.values.filter((value) => value !== null).length);
  }
  const missing = parameters.find(({ code, required }) => required && (given.get(code) ?? 0) === 0);
  if (missing !== undefined) {
    throw badRequest(`Required parameter ${missing.code} is missing`, { [missing.code]: "is required" });
  }
}

const NO_SETTINGS = ["DATA", "REFERENCE", "GROUP"] as const;

/** The parameter of this code, if it is what is wanted; settings have many types. */
function expectKind(
  parameters: Parameter[],
  code: string,
  wanted: (typeof NO_SETTINGS)[number] | "a setting",
): Parameter {
  const parameter = parameters.find((candidate) => candidate.code === code);
  if (parameter === undefined) throw badRequest(`The pipeline has no parameter ${code}`, { [code]: "is unknown" });
  const kind = NO_SETTINGS.find((one) => one === parameter.type) ?? "a setting";
  if (kind !== wanted) throw badRequest(`Parameter ${code} is of type ${parameter.type}`, { [code]: parameter.type });
  return parameter;
}

function checkValues(parameter: Parameter, configuration: Configuration): void {
  const { code, type, values, multiValue } = parameter;
  if (configuration.multiValue && !multiValue && configuration.values.length !== 0) {
    throw badRequest(`Parameter ${code} takes one value`, { [code]: "takes one value" });
  }
  for (const value of configuration.values) {
    if (value === null) continue;
    const form = { INTEGER: /^[+-]?\d+$/, FLOAT: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, BOOLEAN: /^(true|false)$/i }[
      type
    ];
    if (form !== undefined && !form.test(value)) {
      throw badRequest(`${value} is no ${type} for parameter ${code}`, { [code]: `must be of type ${type}` });
    }
    if (values !== null && !values.includes(value)) {
      throw badRequest(`${value} is none of the values of parameter ${code}`, {
        [code]: `must be one of ${values.join(", ")}`,
      });
    }
  }
}

/** Tags that are too long for the switch `maxTagLength`. */
export function checkTags(world: World, tags: Record<string, string[]>): void {
  const { maxTagLength } = world.switches;
  for (const [name, words] of Object.entries(tags)) {
    const long = words.find((word) => word.length > maxTagLength);
    if (long === undefined) continue;
    const message = `must have at most ${maxTagLength} characters`;
    throw new Refusal(400, "ICA_API_400", `Tag ${long.slice(0, 60)} of ${name} ${message}`, {
      parameters: { [name]: message },
    });
  }
}
