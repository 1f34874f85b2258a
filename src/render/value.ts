import { safe } from "./safe.ts";

/** One leaf of a declared value: `input.form.parameters.sample_id`, `"NA12878"`. */
export interface Leaf {
  path: string;
  text: string;
}

const MAX_VALUE = 200;

/** A value's leaves in declared order; lists of scalars stay on one line. `limit`: characters of one value at most. */
export function leavesOf(path: string, value: unknown, limit = MAX_VALUE): Leaf[] {
  if (Array.isArray(value)) {
    if (value.every(isScalar)) return [{ path, text: `[${value.map((item) => scalarText(item, limit)).join(", ")}]` }];
    return value.flatMap((item, index) => leavesOf(`${path}[${index}]`, item, limit));
  }
  if (isScalar(value)) return [{ path, text: scalarText(value, limit) }];
  const entries = Object.entries(value as object);
  if (entries.length === 0) return [{ path, text: "{}" }];
  const secret = secretText(value as Record<string, unknown>);
  if (secret !== undefined) return [{ path, text: secret }];
  return entries.flatMap(([key, member]) => leavesOf(`${path}.${safe(key)}`, member, limit));
}

/** One value on one line; a longer one than `limit` is cut, with its length in characters. */
export function scalarText(value: unknown, limit = MAX_VALUE): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "—";
  const text = safe(value);
  return text.length > limit ? `${text.slice(0, limit)}… (${value.length} characters)` : text;
}

/** A secret is shown by its reference, which is all that is known of it here. */
function secretText(value: Record<string, unknown>): string | undefined {
  const keys = Object.keys(value);
  if (keys.length !== 1 || !(keys[0] === "env" || keys[0] === "file") || typeof value[keys[0]] !== "string")
    return undefined;
  return `(secret from ${keys[0]} ${scalarText(value[keys[0]])})`;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}
