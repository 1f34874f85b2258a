import { withoutSignature } from "./presigned.ts";

/**
 * Whether a value that ICA returned may be a secret, by its name or its form. ICA keeps no mark of what was one, so
 * that a word too many is taken for a secret rather than one too few. What has such a name makes a secret of everything
 * below it.
 */
export function looksSecret(name: string, value: unknown): boolean {
  return isHeldIn(value, isSecretName(name));
}

/** The same of everything in a JSON value, or in a text that may be JSON. */
export function holdsSecret(value: unknown): boolean {
  return isHeldIn(value, false);
}

/** The form of every AWS access key id. */
export function isAwsKeyId(text: string): boolean {
  return /^(AKIA|ASIA)[A-Z0-9]{16}$/.test(text);
}

/**
 * Names under which people keep secrets, spelled in any case and with any mark between their words. An `author` keeps
 * none, nor does what is `authentic`; a `tokenizer` makes words of texts.
 */
const SECRET_NAME = new RegExp(
  [
    "secret|credential|private|bearer|jwt|cookie",
    "token(?!i[sz])",
    "passw|passphrase|pass.?code|pwd|(^|db|user|admin|root|ftp|smtp).?pass$",
    "(^|[^a-z])creds?($|[^a-z])|creds$",
    "auth(?!or(?!i[sz])|entic(?!at))",
    "(api|access|account|shared|storage|master|service|signing|encryption|licen[cs]e|ssh|sas).?key",
  ].join("|"),
  "i",
);

/** Forms that only secrets have: AWS key ids, private keys, JSON web tokens. */
const SECRET_FORM = /\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}/;

/** Each beginning of a URL, and what follows it. All lengths are bounded: the text may be long, and anybody's. */
const URLS = /[a-z][a-z0-9+.-]{0,20}:\/\/(?=([^\s"'<>]{0,8000}))/gi;

/** `password=x`, `"password": "x"` and `--password x`: a name and the beginning of its value. */
const NAMED =
  /(?:-([\w-]{1,60})[ \t]{1,4}|([\w.-]{1,60})\\?["']?\s{0,4}[:=]\s{0,8})\\?["']?(?!(?:true|false|null)\b)[^\s"'\\]/g;

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** @param isNamed whether it stands below a secret's name */
function isHeldIn(value: unknown, isNamed: boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => isHeldIn(item, isNamed));
  if (value !== null && typeof value === "object") {
    return Object.entries(value).some(([name, member]) => isHeldIn(member, isNamed || isSecretName(name)));
  }
  if (typeof value === "number") return isNamed;
  if (typeof value !== "string" || value === "" || value === "true" || value === "false") return false;
  return isNamed || SECRET_FORM.test(value) || isSigned(value) || holdsNamed(value);
}

function isSigned(text: string): boolean {
  if (withoutSignature(text) !== text) return true;
  return [...text.matchAll(URLS)].some(([scheme, rest = ""]) => withoutSignature(scheme + rest) !== scheme + rest);
}

function holdsNamed(text: string): boolean {
  return [...text.matchAll(NAMED)].some(([, flag, name]) => isSecretName(flag ?? name ?? ""));
}
