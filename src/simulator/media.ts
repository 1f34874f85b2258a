import { badRequest, Refusal } from "./refusal.ts";

export const V3 = "application/vnd.illumina.v3+json";
export const V4 = "application/vnd.illumina.v4+json";
export const JSON_TYPE = "application/json";
export const PROBLEM = "application/problem+json";

export type Version = "V3" | "V4" | null;

/** The version that a media type carries. */
export function versionOf(mediaType: string | null): Version {
  if (mediaType === V3) return "V3";
  return mediaType === V4 ? "V4" : null;
}

/**
 * The media type to answer in: the most wanted of those the operation has; without a wish that of the body's version
 * ("the values for request headers 'Content-Type' and 'Accept' must contain a matching version", OpenAPI).
 *
 * @param offered the types that the OpenAPI description lists for the answer; none for 204
 */
export function answerType(accept: string | undefined, offered: readonly string[], bodyType: string | null): string {
  // An answer without a body has no type, so any that the API knows will do.
  const candidates = offered.length > 0 ? offered : [V3, V4, JSON_TYPE, PROBLEM];
  const version = versionOf(bodyType);
  const preferred = candidates.find((type) => version !== null && versionOf(type) === version);
  if (accept === undefined || accept.trim() === "") return preferred ?? candidates[0] ?? V3;
  for (const range of wishes(accept)) {
    if (range === "*/*" || range === "application/*") return preferred ?? candidates[0] ?? V3;
    const found = candidates.find((type) => type === range);
    if (found === undefined) continue;
    if (preferred !== undefined && found !== preferred && versionOf(found) !== null) {
      throw badRequest("Invalid Accept Header: Accept and Content-Type must carry the same version");
    }
    return found;
  }
  throw badRequest(`Invalid Accept Header: this endpoint answers ${candidates.join(" or ")}`);
}

/** Checks the media type of a body against those of the operation. */
export function bodyType(contentType: string | undefined, consumed: readonly string[]): string {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const found = consumed.find((candidate) => candidate === type);
  if (found === undefined) {
    throw new Refusal(415, "ICA_API_415", `Unsupported Content-Type: this endpoint takes ${consumed.join(" or ")}`);
  }
  return found;
}

/** The ranges of an Accept header, the most wanted first. */
function wishes(accept: string): string[] {
  const ranges = accept.split(",").map((part) => {
    const [range = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    return { range, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
  return ranges
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ range }) => range);
}
