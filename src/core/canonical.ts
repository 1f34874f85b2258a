import { createHash } from "node:crypto";

/**
 * JSON with keys in code-unit order, without white space, `undefined` members left out: the same text for the same
 * value on every machine. Used for fingerprints, digests, and `custom: { values }`.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "null";
}

/** SHA-256 of a text's UTF-8 bytes, in lower-case hex (64 characters). */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  // A null prototype, so that a key called __proto__ is a key like any other.
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value).sort()) copy[key] = sorted((value as Record<string, unknown>)[key]);
  return copy;
}
