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
  const withoutUser = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
  const question = withoutUser.indexOf("?");
  if (question < 0) return withoutUser;
  const hash = withoutUser.indexOf("#", question);
  const pairs = withoutUser.slice(question + 1, hash < 0 ? undefined : hash).split("&");
  const kept = FAMILIES.reduce((rest, { marker, parameters }) => {
    const signed = rest.some((pair) => marker.test(parameterName(pair)));
    return signed ? rest.filter((pair) => !parameters.test(parameterName(pair))) : rest;
  }, pairs);
  const query = kept.length > 0 ? `?${kept.join("&")}` : "";
  return withoutUser.slice(0, question) + query + (hash < 0 ? "" : withoutUser.slice(hash));
}

/**
 * A URL inside a text ends at white space, at quotes, and at what people put behind one: a comma more would be taken for
 * a part of the signature, and a change behind it would not be seen.
 */
const URL_IN_TEXT = /[a-z][a-z0-9+.-]*:\/\/[^\s"'<>\\^`{|}()[\],;]+/gi;

/** The same value with every URL in its strings as `withoutSignature` gives it; keys stay as they are. */
export function withoutSignatures<Value>(value: Value): Value {
  return unsigned(value) as Value;
}

function unsigned(value: unknown): unknown {
  if (typeof value === "string") return value.includes("://") ? value.replace(URL_IN_TEXT, withoutSignature) : value;
  if (Array.isArray(value)) return value.map(unsigned);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unsigned(member)]));
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
