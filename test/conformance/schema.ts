import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { Description, Schema } from "./openapi.ts";

/** What is wrong with a value, and where: a JSON pointer into it. */
export interface Flaw {
  pointer: string;
  message: string;
}

/**
 * How undeclared fields are taken. ICA may answer more than it describes (`analysisData` is such a one), but what we
 * send beyond the description would be lost without a word, so it is a flaw.
 */
export type Strictness = "open" | "closed";

export type Examine = (schema: Schema, value: unknown, strictness: Strictness) => Flaw[];

/** So many flaws of one value are worth reading. */
const MOST_FLAWS = 10;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Checks values against the schemas of a description; each schema is compiled when it is first needed. */
export function examiner({ schemas }: Pick<Description, "schemas">): Examine {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // ajv-formats takes `urn:uuid:…` for one, ICA does not say so.
  ajv.addFormat("uuid", UUID);
  for (const strictness of ["open", "closed"] as const) {
    const converted = Object.entries(schemas).map(([name, schema]) => [name, convert(schema, strictness)]);
    ajv.addSchema({ $id: strictness, components: { schemas: Object.fromEntries(converted) } });
  }
  const compiled = { open: new WeakMap<Schema, ValidateFunction>(), closed: new WeakMap<Schema, ValidateFunction>() };
  return (schema, value, strictness) => {
    const validate = compiled[strictness].get(schema) ?? ajv.compile(convert(schema, strictness));
    compiled[strictness].set(schema, validate);
    if (validate(value)) return [];
    const flaws = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if").map(flawOf);
    // The first at each place tells enough: of a wrong type the format is wrong, too.
    return [...new Map(flaws.toReversed().map((flaw) => [flaw.pointer, flaw])).values()]
      .toReversed()
      .slice(0, MOST_FLAWS);
  };
}

/** OpenAPI 3.0 → JSON Schema draft 7. Of the keywords only those that say something about values are taken over. */
export function convert(schema: Schema, strictness: Strictness): Schema {
  const { $ref, nullable, discriminator, pattern, properties, allOf, oneOf, anyOf } = understood(schema);
  // "This object cannot be extended with additional properties and any properties added SHALL be ignored" (OpenAPI
  // 3.0.1, Reference Object).
  if (typeof $ref === "string") return { $ref: $ref.replace("#", `${strictness}#`) };
  const of = (inner: unknown, how = strictness): Schema => convert(inner as Schema, how);
  const each = (members: unknown, how = strictness): Schema[] => (members as unknown[]).map((one) => of(one, how));
  const result: Record<string, unknown> = { ...plainKeywords(schema), ...limits(schema) };
  if (typeof pattern === "string") result.pattern = wholeValue(pattern);
  if (properties !== undefined) {
    const entries = Object.entries(properties as Record<string, Schema>);
    result.properties = Object.fromEntries(entries.map(([name, property]) => [name, of(property)]));
    if (strictness === "closed") result.additionalProperties = false;
  }
  const { items, additionalProperties, not } = schema;
  if (items !== undefined) result.items = of(items);
  if (typeof additionalProperties === "boolean") result.additionalProperties = additionalProperties;
  else if (additionalProperties !== undefined) result.additionalProperties = of(additionalProperties);
  if (not !== undefined) result.not = of(not, "open");
  // The parts of an allOf describe one object together, so none of them may refuse the fields of the others.
  if (allOf !== undefined) result.allOf = each(allOf, "open");
  if (anyOf !== undefined) result.anyOf = each(anyOf);
  if (oneOf !== undefined && discriminator !== undefined) {
    Object.assign(result, discriminated(discriminator as Discriminator, oneOf as Schema[], strictness));
  } else if (oneOf !== undefined) result.oneOf = each(oneOf);
  return nullable === true ? orNull(result) : result;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** What JSON Schema says in the same words. */
const PLAIN = words(
  "type enum required format minLength maxLength minItems maxItems uniqueItems minProperties maxProperties multipleOf",
);

const TRANSLATED = words(
  "$ref nullable discriminator pattern properties items additionalProperties not allOf oneOf anyOf " +
    "minimum maximum exclusiveMinimum exclusiveMaximum",
);

/** What says nothing about values. */
const REMARKS = words("title description default example deprecated externalDocs xml");

/** @throws Error for a keyword that would be passed over: then less would be checked than the description says */
function understood(schema: Schema): Schema {
  const isKnown = (keyword: string): boolean =>
    PLAIN.has(keyword) || TRANSLATED.has(keyword) || REMARKS.has(keyword) || keyword.startsWith("x-");
  const strange = Object.keys(schema).find((keyword) => !isKnown(keyword));
  if (strange !== undefined) throw new Error(`the schema keyword ${strange} is not understood`);
  return schema;
}

function plainKeywords(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => PLAIN.has(keyword)));
}

/** `exclusiveMinimum` is a flag in OpenAPI 3.0 and a number in JSON Schema. */
function limits({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): Schema {
  const least = exclusiveMinimum === true ? { exclusiveMinimum: minimum } : { minimum };
  const most = exclusiveMaximum === true ? { exclusiveMaximum: maximum } : { maximum };
  return Object.fromEntries(Object.entries({ ...least, ...most }).filter(([, limit]) => limit !== undefined));
}

/** `OVERWRITE|RENAME|SKIP` is meant for the whole value; as it stands it would also be found in `NOT_SKIPPED`. */
function wholeValue(pattern: string): string {
  return pattern.startsWith("^") || pattern.endsWith("$") ? pattern : `^(?:${pattern})$`;
}

function orNull(schema: Record<string, unknown>): Schema {
  if (typeof schema.type !== "string") return { anyOf: [schema, { type: "null" }] };
  const words = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
  return { ...schema, type: [schema.type, "null"], ...words };
}

interface Discriminator {
  propertyName: string;
  mapping?: Record<string, string>;
}

/**
 * The named property tells which branch counts, so that a mistake is reported for that branch alone. Each branch is
 * written as `if` not its word, `else` the branch: an object with a `then` would be taken for a promise by `await`.
 */
function discriminated({ propertyName, mapping }: Discriminator, branches: Schema[], strictness: Strictness): Schema {
  const implied = branches.map(({ $ref }) => [String($ref).split("/").at(-1), String($ref)]);
  const entries = Object.entries(mapping ?? (Object.fromEntries(implied) as Record<string, string>));
  return {
    required: [propertyName],
    properties: { [propertyName]: { enum: entries.map(([word]) => word) } },
    allOf: entries.map(([word, $ref]) => ({
      if: { not: { properties: { [propertyName]: { const: word } }, required: [propertyName] } },
      else: convert({ $ref }, strictness),
    })),
  };
}

function flawOf({ instancePath, keyword, message = keyword, params }: ErrorObject): Flaw {
  const { missingProperty, additionalProperty, allowedValues } = params as Record<string, unknown>;
  const inner = missingProperty ?? additionalProperty;
  const pointer = inner === undefined ? instancePath : `${instancePath}/${escapePointer(String(inner))}`;
  if (missingProperty !== undefined) return { pointer, message: "is required" };
  if (additionalProperty !== undefined) return { pointer, message: "is not declared" };
  return { pointer, message: Array.isArray(allowedValues) ? `${message}: ${allowedValues.join(", ")}` : message };
}

/** RFC 6901, section 3. */
function escapePointer(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
