import { type Exchange, type Finding, headerOf } from "./exchange.ts";
import type { Contents, Operation } from "./openapi.ts";

export const PROBLEM = "application/problem+json";

/** The types that an Accept header names, without their weights. */
export function acceptedTypes(accept: string | undefined): string[] {
  const ranges = (accept ?? "").split(",").map((range) => range.replace(/;\s*q=[\d.]+\s*$/i, ""));
  return ranges.map((range) => range.trim().toLowerCase()).filter((range) => range !== "");
}

/** The types of the answers that are no problems; none where all of them are 204. */
export function successTypes({ responses }: Operation): string[] {
  return [...responses].flatMap(([status, { contents }]) => (/^2/.test(status) ? [...contents.keys()] : []));
}

/**
 * The media types of a request: all that Accept names must be among those of the operation's answers (a wrong one is
 * answered by 400, ica-facts), one of them that of a success, and Content-Type one of those of the body. Where both
 * come in several versions they "must contain a matching version" (ICA's description).
 */
export function checkTypes(operation: Operation, { headers, body }: Exchange): Finding[] {
  const accepted = acceptedTypes(headerOf(headers, "accept"));
  const contentType = headerOf(headers, "content-type")?.trim().toLowerCase();
  return [
    ...checkAccept(operation, accepted),
    ...checkContentType(operation.body?.contents, contentType, body !== ""),
    ...checkVersions(operation, accepted, contentType),
  ];
}

function checkAccept(operation: Operation, accepted: string[]): Finding[] {
  const listed = new Set([...operation.responses.values()].flatMap(({ contents }) => [...contents.keys()]));
  const wrong = accepted.filter((type) => !listed.has(type));
  const finding = (message: string): Finding => ({ rule: "accept", pointer: "accept", message });
  const offer = `the answers are ${[...listed].join(", ")}`;
  const findings = wrong.map((type) => finding(`${type} is no type of this operation's answers: ${offer}`));
  const wanted = successTypes(operation);
  const enough = wanted.length === 0 ? accepted.length > 0 : accepted.some((type) => wanted.includes(type));
  return enough || findings.length > 0
    ? findings
    : [finding(`names none of ${(wanted[0] ? wanted : [...listed]).join(", ")}`)];
}

function checkContentType(contents: Contents | undefined, type: string | undefined, hasBody: boolean): Finding[] {
  const finding = (message: string): Finding => ({ rule: "media-type", pointer: "content-type", message });
  if (contents === undefined) return type === undefined ? [] : [finding("the operation has no body")];
  if (type === undefined) return hasBody ? [finding("is missing")] : [];
  return contents.has(type) ? [] : [finding(`${type} is none of ${[...contents.keys()].join(", ")}`)];
}

function checkVersions(operation: Operation, accepted: string[], contentType: string | undefined): Finding[] {
  const version = versionOf(contentType);
  const versions = new Set([...(operation.body?.contents.keys() ?? [])].map(versionOf));
  versions.delete(undefined);
  if (version === undefined || versions.size < 2) return [];
  const other = accepted.find((type) => versionOf(type) !== undefined && versionOf(type) !== version);
  if (other === undefined) return [];
  return [{ rule: "accept", pointer: "accept", message: `${other} does not match the version of ${contentType}` }];
}

function versionOf(type: string | undefined): string | undefined {
  return /^application\/vnd\.illumina\.(v\d+)\+json$/.exec(type ?? "")?.[1];
}
