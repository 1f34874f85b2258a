/** The one place that compiles a schema when a command runs; loaded only for a Stack that has rules. */
import { runInNewContext } from "node:vm";
import { Ajv, type ErrorObject, MissingRefError, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Breach, PolicyRule } from "../core/rule.ts";
import type { ValueMistake } from "./finding.ts";
import { show } from "./show.ts";

/** A schema ready to be asked, or what is wrong with it. */
export type Compiled = { breaches: PolicyRule["breaches"] } | { mistakes: ValueMistake[] };

/** A rule over thousands of changes takes milliseconds; a pattern that tries everything takes for ever. */
const LONGEST_MS = 5000;
const DRAFTS = ["draft-07", "2020-12"];
/** Keywords that only say that something inside them failed, which is told too. */
const WRAPPERS = new Set(["if", "allOf", "anyOf", "oneOf", "not", "contains"]);

/** Compiles a rule's schema without any network; what it refers to must stand in it. */
export function compileRule(schema: unknown): Compiled {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    return mistake([], "a rule must be a JSON Schema: a mapping of keywords");
  }
  const draft: unknown = Reflect.get(schema, "$schema") ?? "draft-07";
  const known = DRAFTS.find((name) => typeof draft === "string" && draft.includes(name));
  if (known === undefined) {
    return mistake(["$schema"], "this version of JSON Schema is not supported", `write one of ${DRAFTS.join(", ")}`);
  }
  if ("$async" in schema) return mistake(["$async"], "a rule cannot be asynchronous", "remove this line");
  const options = {
    allErrors: true,
    strictSchema: true,
    strictTypes: false,
    strictTuples: false,
    logger: false,
  } as const;
  const ajv = known === "draft-07" ? new Ajv(options) : new Ajv2020(options);
  formats.default(ajv);
  try {
    const validate = limited(() => (ajv.validateSchema(schema) === true ? ajv.compile(schema) : undefined));
    if (validate !== undefined) return { breaches: (plan) => breachesOf(validate, plan) };
    // Of what is said of one place, the first is the plainest: the words that are allowed come before "must be array".
    const errors = (ajv.errors ?? []).filter(({ keyword }) => !WRAPPERS.has(keyword)).reverse();
    const byPlace = new Map(errors.map((error) => [error.instancePath, error]));
    const told = [...byPlace.values()].map((error) => ({
      path: pathOf(error, schema),
      code: "rule-schema",
      message: wordsOf(error),
    }));
    return { mistakes: told };
  } catch (error) {
    return explained(error, schema);
  }
}

function breachesOf(validate: ValidateFunction, plan: unknown): Breach[] | { unusable: string } {
  try {
    if (limited(() => validate(plan))) return [];
  } catch (error) {
    if (isTimeout(error)) return { unusable: `takes longer than ${LONGEST_MS / 1000} seconds` };
    if (error instanceof RangeError) return { unusable: "refers to itself without end" };
    throw error;
  }
  const errors = validate.errors ?? [];
  const telling = errors.filter(({ keyword }) => !WRAPPERS.has(keyword));
  return [...telling, ...errors.filter(({ keyword }) => WRAPPERS.has(keyword))].map((error) => ({
    keys: keysOf(error.instancePath),
    detail: wordsOf(error),
  }));
}

/** Ends also what is busy inside one regular expression. */
function limited<Result>(work: () => Result): Result {
  return runInNewContext("work()", { work }, { timeout: LONGEST_MS }) as Result;
}

function explained(error: unknown, schema: object): Compiled {
  if (isTimeout(error)) return mistake([], `this rule takes longer than ${LONGEST_MS / 1000} seconds to read`);
  if (error instanceof RangeError) return mistake([], "this rule refers to itself without end");
  if (error instanceof MissingRefError) {
    const help = "a rule is read without any network and without other files: put what it refers to under definitions";
    const at = find(schema, (key, value) => key === "$ref" && typeof value === "string" && refersTo(value, error));
    return mistake(at, `there is nothing at ${show(error.missingRef)} in this file`, help);
  }
  if (!(error instanceof Error)) throw error;
  const keyword = /unknown keyword: "([^"]*)"/.exec(error.message)?.[1];
  if (keyword !== undefined) {
    const at = find(schema, (key) => key === keyword);
    return mistake(
      at,
      `JSON Schema has no keyword ${show(keyword)}`,
      "check its spelling; a keyword that is passed over checks nothing",
    );
  }
  const format = /unknown format "([^"]*)"/.exec(error.message)?.[1];
  if (format !== undefined) {
    return mistake(
      find(schema, (key, value) => key === "format" && value === format),
      `there is no format ${show(format)}`,
    );
  }
  const broken = find(schema, (key, value) => key === "pattern" && typeof value === "string" && !isPattern(value));
  return mistake(broken, `this is no usable JSON Schema: ${error.message}`);
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

function refersTo(ref: string, error: MissingRefError): boolean {
  return error.missingRef.endsWith(ref.replace(/^#?/, "")) || ref === error.missingRef;
}

function mistake(path: ValueMistake["path"], message: string, help?: string): { mistakes: ValueMistake[] } {
  return { mistakes: [{ path, code: "rule-schema", message, ...(help === undefined ? {} : { help }) }] };
}

/** ajv's words, with what it keeps apart: the values that it would take, the key that it knows nothing of. */
function wordsOf({ keyword, message = "is not as it should be", params }: ErrorObject): string {
  if (keyword === "enum")
    return `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(", ")}`;
  if (keyword === "const") return `must be ${JSON.stringify(params.allowedValue)}`;
  if (keyword === "additionalProperties") return `must not have ${JSON.stringify(params.additionalProperty)}`;
  return keyword === "false schema" ? "must not be there" : message;
}

function pathOf({ instancePath }: ErrorObject, schema: object): (string | number)[] {
  let node: unknown = schema;
  return keysOf(instancePath).map((key) => {
    const step = Array.isArray(node) ? Number(key) : key;
    node = typeof node === "object" && node !== null ? Reflect.get(node, step) : undefined;
    return step;
  });
}

function keysOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The path of the first key for which `is` holds; the whole schema when there is none. */
function find(node: unknown, is: (key: string, value: unknown) => boolean): (string | number)[] {
  return search(node, is) ?? [];
}

function search(node: unknown, is: (key: string, value: unknown) => boolean): (string | number)[] | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  for (const [key, value] of Object.entries(node)) {
    const step = Array.isArray(node) ? Number(key) : key;
    if (is(key, value)) return [step];
    const below = search(value, is);
    if (below !== undefined) return [step, ...below];
  }
  return undefined;
}

function isTimeout(error: unknown): boolean {
  return typeof error === "object" && error !== null && Reflect.get(error, "code") === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
