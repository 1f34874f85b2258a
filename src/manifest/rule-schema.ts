/** The one place that compiles a schema when a command runs; loaded only for a Stack that has rules. */
import { runInNewContext } from "node:vm";
import { Ajv, type ErrorObject, MissingRefError, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { PolicyRule } from "../core/rule.ts";
import type { ValueMistake } from "./finding.ts";
import { breachesFrom, keysOf, wordsOf } from "./rule-breaches.ts";
import { show } from "./show.ts";

/** A schema ready to be asked, or what is wrong with it. */
export type Compiled = { breaches: PolicyRule["breaches"] } | { mistakes: ValueMistake[] };

/** A rule over thousands of changes takes milliseconds; a pattern that tries everything takes for ever. */
const LONGEST_MS = 5000;
/** What `$schema` may say; the scheme and a last `#` are passed over, as everybody writes them otherwise. */
const DRAFT_07 = "http://json-schema.org/draft-07/schema#";
const DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema";
const OPTIONS: Options = {
  allErrors: true,
  verbose: true,
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  logger: false,
};
const NO_END = "refers to itself without end";
/** Keywords that only say that something inside them failed, which is told too. */
const WRAPPERS = new Set(["if", "allOf", "anyOf", "oneOf", "not", "contains"]);

/** Compiles a rule's schema without any network; what it refers to must stand in it. */
export function compileRule(schema: unknown): Compiled {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    return mistake([], "a rule must be a JSON Schema: a mapping of keywords");
  }
  const draft = draftOf(Reflect.get(schema, "$schema") ?? DRAFT_07);
  if (draft === undefined) {
    const help = `write ${JSON.stringify(DRAFT_07)} or ${JSON.stringify(DRAFT_2020)}`;
    return mistake(["$schema"], "this version of JSON Schema is not supported", help);
  }
  if ("$async" in schema) return mistake(["$async"], "a rule cannot be asynchronous", "remove this line");
  const ajv = draft === DRAFT_07 ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS).addKeyword("$anchor");
  formats.default(ajv);
  try {
    const spelt = { ...schema, $schema: draft };
    const validate = limited(() => (ajv.validateSchema(spelt) === true ? ajv.compile(spelt) : undefined));
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

function draftOf(given: unknown): string | undefined {
  const plain = (text: string) => text.replace(/^https?:/, "").replace(/#$/, "");
  return [DRAFT_07, DRAFT_2020].find((uri) => typeof given === "string" && plain(given) === plain(uri));
}

function breachesOf(validate: ValidateFunction, plan: unknown): ReturnType<PolicyRule["breaches"]> {
  try {
    return limited(() => validate(plan)) ? [] : breachesFrom(validate.errors ?? []);
  } catch (error) {
    if (isTimeout(error)) {
      const help = "simplify it, most often a pattern that repeats a repetition";
      return { unusable: `takes longer than ${LONGEST_MS / 1000} seconds`, help };
    }
    if (error instanceof RangeError) {
      return { unusable: NO_END, help: "let each $ref that leads back to it go a level deeper into the plan first" };
    }
    throw error;
  }
}

/** Ends also what is busy inside one regular expression. */
function limited<Result>(work: () => Result): Result {
  return runInNewContext("work()", { work }, { timeout: LONGEST_MS }) as Result;
}

function explained(error: unknown, schema: object): Compiled {
  if (isTimeout(error)) return mistake([], `this rule takes longer than ${LONGEST_MS / 1000} seconds to read`);
  if (error instanceof RangeError) return mistake([], `this rule ${NO_END}`);
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

function pathOf({ instancePath }: ErrorObject, schema: object): (string | number)[] {
  let node: unknown = schema;
  return keysOf(instancePath).map((key) => {
    const step = Array.isArray(node) ? Number(key) : key;
    node = typeof node === "object" && node !== null ? Reflect.get(node, step) : undefined;
    return step;
  });
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
