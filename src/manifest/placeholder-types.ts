import type { Problem, Validate } from "icaform:validators";
import type { ValueMistake } from "./finding.ts";

type Path = readonly (string | number)[];

/**
 * What the schema says of a filled-in value. Text that stands for one placeholder alone becomes the number, true or false
 * that the schema wants there: YAML has no other way to write a placeholder than as text.
 *
 * @param alone paths of such text
 */
export function problemsOf(validate: Validate, value: unknown, alone: readonly Path[]): readonly Problem[] {
  if (validate(value)) return [];
  const problems = validate.errors ?? [];
  const isChanged = problems.filter((problem) => convert(problem, value, alone)).length > 0;
  if (!isChanged) return problems;
  return validate(value) ? [] : (validate.errors ?? []);
}

/** Whether a number, true or false is wanted where there is text. */
export function isTextForScalar({ keyword, data, parentSchema }: Problem): boolean {
  const wanted = [parentSchema.type ?? []].flat();
  return keyword === "type" && typeof data === "string" && wanted.some((type) => Object.hasOwn(readers, type));
}

/** Quotes are no way out where a placeholder stands: what it stands for is the mistake. */
export function withoutQuoteHelp(mistake: ValueMistake, alone: readonly Path[]): ValueMistake {
  if (mistake.code !== "wrong-type" || !alone.some((path) => isSame(path, mistake.path))) return mistake;
  const { help, ...rest } = mistake;
  return rest;
}

function convert(problem: Problem, value: unknown, alone: readonly Path[]): boolean {
  if (!isTextForScalar(problem)) return false;
  const path = alone.find((one) => `/${one.join("/")}` === problem.instancePath);
  const last = path?.at(-1);
  if (path === undefined || last === undefined) return false;
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((inner, part) => (isObject(inner) ? Reflect.get(inner, part) : undefined), value);
  const [type = ""] = [problem.parentSchema.type ?? []].flat().filter((one) => Object.hasOwn(readers, one));
  const read = readers[type]?.(String(problem.data).trim());
  return read !== undefined && isObject(holder) && Reflect.set(holder, last, read);
}

/** Spreadsheets write TRUE and FALSE. */
const readers: Record<string, (text: string) => number | boolean | undefined> = {
  integer: (text) => (/^[-+]?\d+$/.test(text) ? Number(text) : undefined),
  number: (text) => (/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined),
  boolean: (text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : undefined),
};

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isSame(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((part, index) => other[index] === part);
}
