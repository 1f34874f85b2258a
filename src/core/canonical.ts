import { createHash } from "node:crypto";

/**
 * JSON with keys in code-unit order, without white space, `undefined` members left out: the same text for the same
 * value on every machine. Used for fingerprints, digests, and `custom: { values }`.
 */
export function canonicalJson(value: unknown): string {
  return textOf(value) ?? "null";
}

/** SHA-256 of a text's UTF-8 bytes, in lower-case hex (64 characters). */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Member by member: an object filled anew would put keys that look like whole numbers first. */
function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return `[${value.map((item) => textOf(item) ?? "null").join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const text = textOf((value as Record<string, unknown>)[key]);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(",")}}`;
}
