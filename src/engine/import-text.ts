import { canonicalJson } from "../core/canonical.ts";
import { holdsSecret } from "../core/secret-like.ts";
import type { TextInput } from "../core/spec.ts";
import { STAND_IN_TEXT } from "../core/stand-in.ts";
import type { InputSource } from "./import-data.ts";

/**
 * `values` where they give the very same bytes, since they read better; else `text`; a stand-in for what is not told.
 *
 * @param form the input to write instead where the run's form was left empty
 */
export function textOf(
  text: string | undefined,
  form: "form" | "formValues",
  path: readonly string[],
  source: InputSource,
): TextInput {
  const what = path.at(-1) === "json" ? "input.json" : "custom input";
  if (text === undefined) {
    source.missing(path, `ICA does not return the ${what}: what stands here is not what the run was started with`);
    source.note(path, `put ${form} here if the run was started by its form`);
    return { text: STAND_IN_TEXT };
  }
  const values = parsed(text);
  if (holdsSecret(values ?? text)) {
    source.missing(path, `the ${what} that ICA returned holds what looks like a secret, and is not written here`);
    return { text: STAND_IN_TEXT };
  }
  return values !== undefined && canonicalJson(values) === text && isExact(values) ? { values } : { text };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // It is sent byte for byte, whatever it is.
    return undefined;
  }
}

/** Whether a manifest can hold a JSON value as YAML: whole numbers beyond 2^53 and some keys it cannot. */
function isExact(value: unknown): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (value === null || typeof value !== "object") return true;
  return Object.entries(value).every(([key, member]) => key !== "__proto__" && key !== "<<" && isExact(member));
}
