/** Reads the fields we use from an answer; all others, known or new, are let be. */
import { ProtocolError } from "../core/errors.ts";
import { jsonOf } from "./media-type.ts";
import type { IcaRequest, IcaResponse } from "./types.ts";

/**
 * One JSON object of an answer. Each getter throws a `ProtocolError` that names the field when it is missing or of
 * another type; a status rides along, so that callers know whether a write may have taken effect.
 */
export class Fields {
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly request: IcaRequest;
  private readonly status: number | undefined;
  private readonly where: string;

  constructor(value: unknown, request: IcaRequest, status?: number, where = "") {
    this.request = request;
    this.status = status;
    this.where = where;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.missing(where === "" ? "body" : where, "an object");
    }
    this.values = value as Record<string, unknown>;
  }

  text(name: string): string {
    const value = this.values[name];
    if (typeof value !== "string") {
      throw this.missing(this.pathOf(name), "a string");
    }
    return value;
  }

  /** Null and absent are the same to us. */
  optionalText(name: string): string | undefined {
    return this.isAbsent(name) ? undefined : this.text(name);
  }

  optionalNumber(name: string): number | undefined {
    const value = this.values[name] ?? undefined;
    if (value !== undefined && typeof value !== "number") {
      throw this.missing(this.pathOf(name), "a number");
    }
    return value;
  }

  /** Null and absent count as false. */
  flag(name: string): boolean {
    const value = this.values[name] ?? false;
    if (typeof value !== "boolean") {
      throw this.missing(this.pathOf(name), "true or false");
    }
    return value;
  }

  /** How many items a list has, whatever they are; absent: none. */
  count(name: string): number {
    return this.isAbsent(name) ? 0 : this.list(name).length;
  }

  object(name: string): Fields {
    return new Fields(this.values[name], this.request, this.status, this.pathOf(name));
  }

  optionalObject(name: string): Fields | undefined {
    return this.isAbsent(name) ? undefined : this.object(name);
  }

  objects(name: string): Fields[] {
    return this.list(name).map((item) => new Fields(item, this.request, this.status, `${this.pathOf(name)}[]`));
  }

  texts(name: string): string[] {
    return this.list(name).map((item) => {
      if (typeof item !== "string") {
        throw this.missing(`${this.pathOf(name)}[]`, "a string");
      }
      return item;
    });
  }

  /** Items may be null. */
  optionalTexts(name: string): (string | null)[] {
    return this.list(name).map((item) => {
      if (typeof item !== "string" && item !== null) {
        throw this.missing(`${this.pathOf(name)}[]`, "a string");
      }
      return item;
    });
  }

  isAbsent(name: string): boolean {
    return this.values[name] === undefined || this.values[name] === null;
  }

  /** For a value that has the right type but cannot be used. */
  wrong(name: string, what: string): ProtocolError {
    return this.missing(this.pathOf(name), what);
  }

  private list(name: string): unknown[] {
    const value = this.values[name];
    if (!Array.isArray(value)) {
      throw this.missing(this.pathOf(name), "a list");
    }
    return value;
  }

  private pathOf(name: string): string {
    return this.where === "" ? name : `${this.where}.${name}`;
  }

  private missing(path: string, what: string): ProtocolError {
    return new ProtocolError(this.request, `the answer's ${path} is missing or not ${what}`, this.status);
  }
}

/** @throws ProtocolError when the body is not a JSON object */
export function fieldsOf(request: IcaRequest, response: IcaResponse): Fields {
  return new Fields(jsonOf(request, response), request, response.status);
}
