/**
 * A presigned URL's query carries a key to the file and changes at every signing. It counts, and is printed, without
 * it (contract, "Identity"). A family's short names (`st`, `expires`) count as a signature only beside the
 * parameter that makes the URL a signed one, so that no meaningful parameter is ever lost.
 */
const FAMILIES: readonly { marker: RegExp; parameters: RegExp }[] = [
  // AWS Signature Version 4, Google Cloud Storage V4, bearer tokens.
  { marker: /^(x-amz-|x-goog-|token$|access_token$)/i, parameters: /^(x-amz-|x-goog-|token$|access_token$)/i },
  // AWS Signature Version 2, CloudFront, Google Cloud Storage V2.
  { marker: /^signature$/i, parameters: /^(signature|expires|awsaccesskeyid|googleaccessid|key-pair-id|policy)$/i },
  // Azure shared access signatures.
  { marker: /^sig$/i, parameters: /^(sig|se|sp|sv|sr|st|spr|sip|ske|skoid|sks|skt|sktid|skv)$/i },
];

/** The URL without user information and signature parameters; anything that is no URL comes back as it is. */
export function withoutSignature(url: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return url;
  return withoutParameters(url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1"), "");
}

/**
 * The same value with every URL in its strings without its signature parameters. All else is a declared value, user
 * information too, and so are keys. What nothing is to be done about comes back as the same object.
 */
export function withoutSignatures<Value>(value: Value): Value {
  return unsigned(value) as Value;
}

function unsigned(value: unknown): unknown {
  if (typeof value === "string") return value.includes("://") ? unsignedText(value) : value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = value.map(unsigned);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const members = Object.entries(value).map(([key, member]) => [key, unsigned(member), member] as const);
  return members.every(([, now, before]) => now === before)
    ? value
    : Object.fromEntries(members.map(([key, now]) => [key, now]));
}

/** A text that is one URL and nothing else, whatever characters its path has. */
const ONE_URL = /^[a-z][a-z0-9+.-]{0,30}:\/\/(?!.*:\/\/)\S*$/i;

/**
 * A URL inside a text ends at white space, at quotes, and at what people put behind one. A scheme's length is bounded, and it
 * starts where a word does: the text may be long, and anybody's.
 */
const URL_IN_TEXT = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'<>\\^`{|}()[\],;]+/gi;

/** What a signature's own value has no character of stands behind it, and counts. */
const BEHIND_A_VALUE = /^[^=]*=[\w%.~+/=-]*/;

function unsignedText(text: string): string {
  if (ONE_URL.test(text)) return withoutParameters(text, BEHIND_A_VALUE);
  return text.replace(URL_IN_TEXT, (url) => withoutParameters(url, BEHIND_A_VALUE));
}

/** @param own what of a signature parameter is its own, where more may stand behind it; "": all */
function withoutParameters(url: string, own: RegExp | ""): string {
  const question = url.indexOf("?");
  if (question < 0) return url;
  const hash = url.indexOf("#", question);
  const pairs = url.slice(question + 1, hash < 0 ? undefined : hash).split("&");
  const signing = FAMILIES.filter(({ marker }) => pairs.some((pair) => marker.test(parameterName(pair))));
  const isSignature = (pair: string) => signing.some(({ parameters }) => parameters.test(parameterName(pair)));
  let query = "";
  for (const pair of pairs) {
    if (!isSignature(pair)) query += (query === "" ? "?" : "&") + pair;
    else if (own !== "") query += pair.replace(own, "");
  }
  return url.slice(0, question) + query + (hash < 0 ? "" : url.slice(hash));
}

function parameterName(pair: string): string {
  const name = pair.split("=", 1)[0] ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    // A broken escape cannot be one of the known names.
    return name;
  }
}
