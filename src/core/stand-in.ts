import { inputPartsOf, type Placed } from "./input-parts.ts";
import type { PipelineRunSpec } from "./spec.ts";

/**
 * In the place of a custom input or an input.json that an import could not tell. A manifest with it is valid, so that
 * what has run can be adopted; ICA would refuse it too, since it is neither JSON nor a map of YAML.
 */
export const STAND_IN_TEXT = "stand-in of icaform import, to be filled in";

/** In the place of an S3 credential that an import could not tell: nobody's. */
export const STAND_IN_CREDENTIAL = { id: "00000000-0000-0000-0000-000000000000" };

/** What an import left to be filled in before a run of this spec can be started. */
export function standInsOf(spec: PipelineRunSpec): Placed<"input" | "credential">[] {
  const texts = (["custom", "json"] as const)
    .filter((kind) => spec.input[kind]?.text === STAND_IN_TEXT)
    .map((kind) => ({ value: "input" as const, path: ["spec", "input", kind, "text"] }));
  const credentials = inputPartsOf(spec)
    .externals.filter(({ value: { credential } }) => {
      return typeof credential === "object" && credential.id === STAND_IN_CREDENTIAL.id;
    })
    .map(({ path }) => ({ value: "credential" as const, path: [...path, "credential", "id"] }));
  return [...texts, ...credentials];
}
