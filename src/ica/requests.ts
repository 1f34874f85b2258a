/** Requests as operations build them: media type and safety belong together with the path. */
import { UsageError } from "../core/errors.ts";
import { NOTHING, V3 } from "./media-type.ts";
import type { IcaRequest } from "./types.ts";

/** The version of a media type, see `media-type.ts`. */
type MediaType = string;

export function reading(path: string, type: MediaType, query: readonly (readonly [string, string])[] = []): IcaRequest {
  return { method: "GET", path, query, accept: type, safe: true, auth: "token" };
}

/** A POST that only asks. */
export function searching(path: string, body: unknown): IcaRequest {
  return {
    method: "POST",
    path,
    body: JSON.stringify(body),
    accept: V3,
    contentType: V3,
    safe: true,
    auth: "token",
  };
}

/** A POST that acts, without a body: answered by 204. */
export function acting(path: string): IcaRequest {
  return { method: "POST", path, accept: NOTHING, safe: false, auth: "token" };
}

/** One segment of a path. */
export function segment(id: string): string {
  if (id === "" || id === "." || id === "..") {
    throw new UsageError(`"${id}" is not an id`);
  }
  return encodeURIComponent(id);
}

/** A path below a project. */
export function projectPath(projectId: string, ...rest: string[]): string {
  return ["/api/projects", segment(projectId), ...rest].join("/");
}
