import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { parse } from "yaml";

type Json = Record<string, unknown>;

/** The OpenAPI description, which lies beside the project and never in it; `ICA_OPENAPI` may name another place. */
export const descriptionFile =
  process.env.ICA_OPENAPI ?? fileURLToPath(new URL("../../../shared/ica-openapi.yaml", import.meta.url));

export const described = existsSync(descriptionFile);

export interface Description {
  /** What is wrong with an answer; empty if nothing is. */
  faultsOf(method: string, path: string, answer: { status: number; mediaType: string | null; body: unknown }): string[];
  /** Operations of a path template. */
  has(method: string, template: string): boolean;
}

/** Loads the description and turns its schemas into what ajv understands (`nullable` → a type that allows null). */
export function loadDescription(): Description {
  const document = parse(readFileSync(descriptionFile, "utf8")) as {
    paths: Record<
      string,
      Record<string, { responses: Record<string, { content?: Record<string, { schema: Json }> }> }>
    >;
    components: { schemas: Json };
  };
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "ica", components: { schemas: plain(document.components.schemas) } });
  const compiled = new Map<string, ValidateFunction>();
  const validator = (schema: Json): ValidateFunction => {
    const key = JSON.stringify(schema);
    const made = compiled.get(key) ?? ajv.compile(plain(schema) as Json);
    compiled.set(key, made);
    return made;
  };
  const templates = Object.keys(document.paths).map((template) => ({ template, pattern: patternOf(template) }));
  const operationOf = (method: string, path: string) => {
    const fitting = templates.filter(
      ({ pattern, template }) => pattern.test(path) && document.paths[template]?.[method.toLowerCase()],
    );
    // Of two templates that fit, the one with more text of its own is meant: `{id}:complete` before `{id}`.
    const ownText = (template: string): number => template.replaceAll(/\{\w+\}/g, "").length;
    fitting.sort((one, other) => ownText(other.template) - ownText(one.template));
    return document.paths[fitting[0]?.template ?? ""]?.[method.toLowerCase()];
  };
  return {
    has: (method, template) => document.paths[template]?.[method.toLowerCase()] !== undefined,
    faultsOf(method, path, { status, mediaType, body }) {
      const operation = operationOf(method, path);
      if (operation === undefined)
        return status === 404 || status === 405 ? [] : [`${method} ${path} is not described`];
      const response = operation.responses[String(status)] ?? (status >= 400 ? operation.responses.default : undefined);
      if (response === undefined) return [`status ${status} is not described`];
      const contents = response.content ?? {};
      if (Object.keys(contents).length === 0) return body === undefined ? [] : ["there should be no body"];
      const content = contents[mediaType ?? ""];
      if (content === undefined) return [`media type ${mediaType} is none of ${Object.keys(contents).join(", ")}`];
      const validate = validator(content.schema);
      if (validate(body)) return [];
      return (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );
    },
  };
}

/** OpenAPI 3.0 → JSON Schema: references into our schema, `nullable`, and keywords that ajv does not know. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== "object" || schema === null) return schema;
  const { nullable, discriminator: _discriminator, ...rest } = schema as Json;
  const result = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, plain(value)]));
  const { $ref, type, enum: words } = result;
  if (typeof $ref === "string") return { $ref: $ref.replace("#", "ica#") };
  if (nullable !== true) return result;
  if (Array.isArray(words)) result.enum = [...words, null];
  return typeof type === "string" ? { ...result, type: [type, "null"] } : { anyOf: [result, { type: "null" }] };
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+?")}$`);
}
