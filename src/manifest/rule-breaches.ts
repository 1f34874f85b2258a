import type { ErrorObject } from "ajv";
import type { Breach } from "../core/rule.ts";

/** Keywords whose failure says more than what failed inside them: there it is one of several ways to be right. */
const CHOICES = new Set(["anyOf", "oneOf", "contains"]);
/** As long as a quoted part of a rule may be. */
const LONGEST = 100;

/** What ajv found, as it is told: of a choice that failed the choice, not each of the ways that it leaves open. */
export function breachesFrom(errors: readonly ErrorObject[]): Breach[] {
  const told: ErrorObject[] = [];
  for (const error of errors) {
    // Before a choice ajv lists what failed inside it.
    while (CHOICES.has(error.keyword) && isInside(told.at(-1), error)) told.pop();
    told.push(error);
  }
  // `if` only says that `then` or `else` failed, which is told too.
  const plain = told.filter(({ keyword }) => keyword !== "if");
  return (plain.length > 0 ? plain : told).map((error) => ({
    keys: keysOf(error.instancePath),
    detail: wordsOf(error),
  }));
}

/** What stands beside a choice has the same schema around it; what lies behind a `$ref` has another one's path. */
function isInside(error: ErrorObject | undefined, choice: ErrorObject): boolean {
  if (error === undefined) return false;
  const { instancePath: at, schemaPath } = error;
  if (at !== choice.instancePath && !at.startsWith(`${choice.instancePath}/`)) return false;
  const around = choice.schemaPath.slice(0, -choice.keyword.length);
  return schemaPath.startsWith(`${choice.schemaPath}/`) || !schemaPath.startsWith(around);
}

/** ajv's words, with what it keeps apart: the values that it would take, the key that it knows nothing of. */
export function wordsOf({ keyword, message = "is not as it should be", params, schema }: ErrorObject): string {
  switch (keyword) {
    case "enum":
      return `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(", ")}`;
    case "const":
      return `must be ${JSON.stringify(params.allowedValue)}`;
    case "additionalProperties":
      return `must not have ${JSON.stringify(params.additionalProperty)}`;
    case "false schema":
      return "must not be there";
    case "anyOf":
      return Array.isArray(schema) ? `must fit one of ${schema.length} alternatives` : message;
    case "oneOf": {
      const fits = params.passingSchemas?.length ?? "none";
      return Array.isArray(schema) ? `must fit just one of ${schema.length} alternatives, fits ${fits}` : message;
    }
    case "contains":
      return schema === undefined ? message : containsWords(params, schema);
    case "not":
      return schema === undefined ? message : `must not fit ${excerpt(schema)}`;
    default:
      return message;
  }
}

function containsWords({ minContains: least, maxContains: most }: ErrorObject["params"], schema: unknown): string {
  const count = most === undefined ? `at least ${least}` : least === most ? `just ${least}` : `${least} to ${most}`;
  return `must contain ${count} of ${excerpt(schema)}`;
}

function excerpt(schema: unknown): string {
  const text = JSON.stringify(schema);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** A JSON Pointer's keys. */
export function keysOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}
