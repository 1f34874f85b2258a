import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";

/** ICA's own description lies beside the project, never in it; `ICA_OPENAPI` may name another place. */
export const descriptionFile =
  process.env.ICA_OPENAPI || resolve(import.meta.dirname, "../../../shared/ica-openapi.yaml");

export const hasDescription = existsSync(descriptionFile);

/** Said wherever nothing is checked for want of a description. */
export const SKIPPED = `conformance: skipped, there is no ${descriptionFile}; set ICA_OPENAPI to ICA's OpenAPI description`;

/** An OpenAPI 3.0 schema object, as far as anybody looks into it. */
export type Schema = { readonly [keyword: string]: unknown };

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  schema: Schema;
}

/** Media type → schema. */
export type Contents = ReadonlyMap<string, Schema | undefined>;

export interface Response {
  contents: Contents;
  headers: ReadonlyMap<string, Schema>;
}

export interface Operation {
  id: string;
  method: string;
  /** `/api/projects/{projectId}/analyses/{analysisId}:abort` */
  template: string;
  parameters: readonly Parameter[];
  body: { required: boolean; contents: Contents } | undefined;
  /** Status or `default` → response. */
  responses: ReadonlyMap<string, Response>;
  /** Alternatives; each is the names of the schemes that are needed together. */
  security: readonly (readonly string[])[];
}

export interface SecurityScheme {
  type: string;
  scheme?: string;
  name?: string;
  bearerFormat?: string;
}

export interface Description {
  /** Path that all operations are below: `/ica/rest`. */
  base: string;
  operations: readonly Operation[];
  schemas: Readonly<Record<string, Schema>>;
  securitySchemes: Readonly<Record<string, SecurityScheme>>;
}

interface RawOperation {
  operationId: string;
  parameters?: { name: string; in: Parameter["in"]; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: RawContents };
  responses: Record<string, { content?: RawContents; headers?: Record<string, { schema: Schema }> }>;
  security?: Record<string, unknown>[];
}

type RawContents = Record<string, { schema?: Schema }>;

interface RawDescription {
  servers: { url: string }[];
  security?: Record<string, unknown>[];
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, SecurityScheme> };
}

const METHODS = ["get", "put", "post", "delete", "patch", "head", "options"];

/**
 * Reads the description. Parameters that lie on a path or behind a reference are not understood: ICA's has none.
 *
 * @throws Error for a description that needs what is not understood
 */
export function loadDescription(file: string = descriptionFile): Description {
  const raw = parse(readFileSync(file, "utf8")) as RawDescription;
  const operations = Object.entries(raw.paths).flatMap(([template, item]) =>
    Object.entries(item).map(([method, operation]) => {
      if (!METHODS.includes(method)) throw new Error(`${template}: ${method} on a path is not understood`);
      return readOperation(template, method.toUpperCase(), operation, raw.security ?? []);
    }),
  );
  const { schemas, securitySchemes } = raw.components;
  return { base: new URL(raw.servers[0]?.url ?? "/", "http://ica").pathname, operations, schemas, securitySchemes };
}

function readOperation(
  template: string,
  method: string,
  raw: RawOperation,
  security: Record<string, unknown>[],
): Operation {
  const { operationId: id, parameters = [], requestBody, responses } = raw;
  const reference = parameters.find((parameter) => parameter.schema === undefined);
  if (reference !== undefined) throw new Error(`${id}: a parameter without a schema of its own is not understood`);
  return {
    id,
    method,
    template,
    parameters: parameters.map((parameter) => ({ ...parameter, required: parameter.required === true })),
    body:
      requestBody === undefined
        ? undefined
        : { required: requestBody.required === true, contents: readContents(requestBody.content) },
    responses: new Map(
      Object.entries(responses).map(([status, { content = {}, headers = {} }]) => [
        status,
        {
          contents: readContents(content),
          headers: new Map(Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header.schema])),
        },
      ]),
    ),
    security: (raw.security ?? security).map((schemes) => Object.keys(schemes)),
  };
}

function readContents(raw: RawContents): Contents {
  return new Map(Object.entries(raw).map(([type, { schema }]) => [type.toLowerCase(), schema]));
}
