import type { ExternalData, ExternalType } from "./spec.ts";

/** The type of an external input: as given, else from its URL's scheme; undefined when neither tells. */
export function externalType(external: Pick<ExternalData, "url" | "type">): ExternalType | undefined {
  if (external.type !== undefined) return external.type;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(external.url)?.[1]?.toLowerCase();
  if (scheme === "s3") return "s3";
  if (scheme === "http" || scheme === "https") return "http";
  if (scheme === "basespace" || scheme === "bs") return "basespace";
  return undefined;
}
