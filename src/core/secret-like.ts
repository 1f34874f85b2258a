import { withoutSignature } from "./presigned.ts";

/** The form of every AWS access key id. */
export function isAwsKeyId(text: string): boolean {
  return /^(AKIA|ASIA)[A-Z0-9]{16}$/.test(text);
}

/** Names under which people keep secrets. */
const SECRET_NAME = /secret|token|passw|pwd|credential|api[_-]?key|access[_-]?key|private[_-]?key/i;

/** Forms that only secrets have: AWS key ids, private keys, JSON web tokens. */
const SECRET_FORM = /\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}/;

/**
 * Whether a value that ICA returned may be a secret, by its name or its form. ICA keeps no mark of what was one, so
 * that a word too many is taken for a secret rather than one too few.
 */
export function looksSecret(name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => looksSecret(name, item));
  if (value !== null && typeof value === "object") return holdsSecret(value);
  if (typeof value === "number") return SECRET_NAME.test(name);
  if (typeof value !== "string" || value === "" || value === "true" || value === "false") return false;
  return SECRET_NAME.test(name) || SECRET_FORM.test(value) || withoutSignature(value) !== value;
}

/** The same of everything in a JSON value, or in a text that may be JSON. */
export function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (value === null || typeof value !== "object") return looksSecret("", value);
  return Object.entries(value).some(([name, member]) => looksSecret(name, member));
}
