import { type Exchange, type Finding, headerOf } from "./exchange.ts";
import { checkTypes } from "./media.ts";
import type { Description, Operation, Parameter, Schema, SecurityScheme } from "./openapi.ts";
import type { Examine } from "./schema.ts";

/** Headers of HTTP itself, which no description of an API lists. */
const HTTP_HEADERS = new Set(
  (
    "accept accept-encoding accept-language authorization cache-control connection content-length content-type host " +
    "keep-alive origin pragma referer sec-fetch-mode sec-fetch-site sec-fetch-dest te transfer-encoding user-agent x-api-key"
  ).split(" "),
);

/** Everything that a description says about the requests of an operation. */
export function requestChecker({ securitySchemes }: Pick<Description, "securitySchemes">, examine: Examine) {
  return (operation: Operation, path: ReadonlyMap<string, string>, exchange: Exchange): Finding[] => [
    ...checkPath(operation, path, examine),
    ...checkQuery(operation, exchange, examine),
    ...checkHeaders(operation, exchange, examine),
    ...checkSecurity(operation, exchange, securitySchemes),
    ...checkTypes(operation, exchange),
    ...checkBody(operation, exchange, examine),
  ];
}

function checkPath(operation: Operation, path: ReadonlyMap<string, string>, examine: Examine): Finding[] {
  return parametersIn(operation, "path").flatMap(({ name, schema }): Finding[] => {
    const value = decoded(path.get(name) ?? "");
    if (value === undefined) return [{ rule: "path", pointer: name, message: "is not well encoded" }];
    return flawsOf("path", name, schema, value, examine);
  });
}

/** Unknown parameters are violations: ICA would pass them over, and a filter that is passed over finds too much. */
function checkQuery(operation: Operation, { target }: Exchange, examine: Examine): Finding[] {
  const { searchParams } = new URL(target, "http://ica");
  const declared = parametersIn(operation, "query");
  const unknown = [...new Set(searchParams.keys())].filter((name) => !declared.some((one) => one.name === name));
  const findings = unknown.map((name): Finding => ({ rule: "query", pointer: name, message: "is not declared" }));
  return [
    ...findings,
    ...declared.flatMap((parameter) => checkValues(parameter, searchParams.getAll(parameter.name), examine)),
  ];
}

/** Lists are repeated, which is `style: form, explode: true`, OpenAPI's default for queries. */
function checkValues({ name, required, schema }: Parameter, values: string[], examine: Examine): Finding[] {
  if (values.length === 0) return required ? [{ rule: "query", pointer: name, message: "is required" }] : [];
  if (schema.type === "array") {
    const items = (schema.items ?? {}) as Schema;
    return flawsOf(
      "query",
      name,
      schema,
      values.map((value) => coerced(items, value)),
      examine,
    );
  }
  const [first = "", ...others] = values;
  if (others.length > 0) return [{ rule: "query", pointer: name, message: "is given several times, but is no list" }];
  return flawsOf("query", name, schema, coerced(schema, first), examine);
}

function checkHeaders(operation: Operation, { headers }: Exchange, examine: Examine): Finding[] {
  const declared = parametersIn(operation, "header");
  const names = declared.map(({ name }) => name.toLowerCase());
  const unknown = Object.keys(headers).filter((name) => !HTTP_HEADERS.has(name) && !names.includes(name));
  return [
    ...unknown.map((name): Finding => ({ rule: "header", pointer: name, message: "is not declared" })),
    ...declared.flatMap(({ name, required, schema }): Finding[] => {
      const value = headerOf(headers, name.toLowerCase());
      if (value === undefined) return required ? [{ rule: "header", pointer: name, message: "is required" }] : [];
      return flawsOf("header", name, schema, coerced(schema, value), examine);
    }),
  ];
}

function checkSecurity(
  operation: Operation,
  { headers }: Exchange,
  schemes: Description["securitySchemes"],
): Finding[] {
  const { security } = operation;
  const given = (name: string): boolean => carries(schemes[name], headers);
  if (security.length === 0 || security.some((together) => together.every(given))) return [];
  const names = security.map((together) => together.join(" and ")).join(" or ");
  return [{ rule: "security", pointer: "authorization", message: `there is no ${names}` }];
}

function carries(scheme: SecurityScheme | undefined, headers: Exchange["headers"]): boolean {
  if (scheme?.type === "apiKey") return (headerOf(headers, String(scheme.name).toLowerCase()) ?? "") !== "";
  const [kind = "", credentials = ""] = (headers.authorization ?? "").split(" ");
  if (kind.toLowerCase() !== scheme?.scheme) return false;
  return scheme.bearerFormat === "JWT" ? credentials.split(".").length === 3 : credentials !== "";
}

/** Fields that are not declared are violations: they would be lost without a word. */
function checkBody({ body: declared }: Operation, { body, headers }: Exchange, examine: Examine): Finding[] {
  const finding = (message: string): Finding => ({ rule: "body", pointer: "", message });
  if (body === "") return declared?.required === true ? [finding("is required")] : [];
  if (declared === undefined) return [finding("the operation has none")];
  const schema = declared.contents.get((headerOf(headers, "content-type") ?? "").trim().toLowerCase());
  if (schema === undefined) return [];
  try {
    return examine(schema, JSON.parse(body), "closed").map((flaw) => ({ rule: "body", ...flaw }));
  } catch (error) {
    return [finding(`is not JSON: ${String(error)}`)];
  }
}

function parametersIn({ parameters }: Operation, place: Parameter["in"]): Parameter[] {
  return parameters.filter((parameter) => parameter.in === place);
}

function flawsOf(rule: Finding["rule"], name: string, schema: Schema, value: unknown, examine: Examine): Finding[] {
  return examine(schema, value, "open").map(({ pointer, message }) => ({
    rule,
    pointer: `${name}${pointer}`,
    message,
  }));
}

/** The text of a parameter as the JSON value that its schema speaks of; text that is none stays text, and fails. */
function coerced({ type }: Schema, text: string): unknown {
  if (type === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
