import { badRequest } from "./refusal.ts";

/**
 * Checks a parsed JSON value and returns it typed; refuses with 400 and the field's path. Written by hand after the
 * OpenAPI description, deliberately unlike anything in the client.
 */
export type Reader<T> = (value: unknown, path: string) => T;

export interface TextRule {
  min?: number;
  max?: number;
  /** Must match as a whole. */
  pattern?: RegExp;
  hint?: string;
}

/** A string. */
export function text(rule: TextRule = {}): Reader<string> {
  return (value, path) => {
    if (typeof value !== "string") throw wrong(path, value, "a string");
    if (value.length < (rule.min ?? 0)) throw refuse(path, `must have at least ${rule.min} characters`);
    if (value.length > (rule.max ?? Number.POSITIVE_INFINITY)) {
      throw refuse(path, `must have at most ${rule.max} characters`);
    }
    if (rule.pattern !== undefined && !rule.pattern.test(value)) {
      throw refuse(path, `must match ${rule.hint ?? rule.pattern.source}`);
    }
    return value;
  };
}

/** A string in the shape of a UUID (`format: uuid`). */
export const uuid: Reader<string> = text({ pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, hint: "a UUID" });

/** One of a few words. */
export function oneOf<T extends string>(...words: T[]): Reader<T> {
  return (value, path) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw wrong(path, value, `one of ${words.join(", ")}`);
    return found;
  };
}

/** `true` or `false`. */
export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw wrong(path, value, "true or false");
  return value;
};

/** A list whose items all pass `item`. */
export function list<T>(item: Reader<T>): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, value, "a list");
    return value.map((entry: unknown, index) => item(entry, `${path}[${index}]`));
  };
}

/** Any value, `undefined` where the key is absent. */
export const anything: Reader<unknown> = (value) => value;

/** The key may be absent. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : reader(value, path));
}

/** `nullable: true` and the key may be absent: both give null, as a server that binds to Java objects sees it. */
export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value, path) => (value === undefined || value === null ? null : reader(value, path));
}

type Fields = Record<string, Reader<unknown>>;
type Shape<F extends Fields> = { [Key in keyof F]: ReturnType<F[Key]> };

/** An object with exactly these keys; keys that the API does not know are refused. */
export function object<F extends Fields>(fields: F): Reader<Shape<F>> {
  return (value, path) => {
    const record = mapping(value, path);
    const stranger = Object.keys(record).find((key) => !Object.hasOwn(fields, key));
    if (stranger !== undefined) throw refuse(join(path, stranger), "is not a known field");
    const result: Record<string, unknown> = {};
    for (const [key, reader] of Object.entries(fields)) result[key] = reader(record[key], join(path, key));
    return result as Shape<F>;
  };
}

/** Like {@link object}, but other keys are passed over. */
export function openObject<F extends Fields>(fields: F): Reader<Shape<F>> {
  return (value, path) => {
    const record = mapping(value, path);
    const result: Record<string, unknown> = {};
    for (const [key, reader] of Object.entries(fields)) result[key] = reader(record[key], join(path, key));
    return result as Shape<F>;
  };
}

/** A refusal that names the field. */
export function refuse(path: string, message: string): Error {
  const field = path === "" ? "body" : path;
  return badRequest(`${field} ${message}`, { [field]: message });
}

function mapping(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(path, value, "an object");
  return value as Record<string, unknown>;
}

function wrong(path: string, value: unknown, expected: string): Error {
  return refuse(path, value === undefined ? "is required" : `must be ${expected}`);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
