import type { Analysis } from "./ica.ts";
import type { PipelineRunSpec } from "./spec.ts";

/** What ICA does not return, or what is not as it stands there: said as a comment at its place in the manifest. */
export interface Note {
  /** Below `spec`; the note stands at the innermost part of it that is there. */
  path: readonly (string | number)[];
  text: string;
}

/** An analysis as a run that a manifest can declare. */
export interface ImportedRun {
  name: string;
  analysis: Analysis;
  spec: PipelineRunSpec;
  notes: Note[];
}

/**
 * An analysis of which no manifest is made, and why: some stack owns it; all names that it could have are taken; or no
 * valid manifest can say what it is.
 */
export interface PassedOver {
  kind: "owned" | "nameless" | "unwritable";
  analysis: Analysis;
  reason: string;
}

/** Sections that ICA never returns. */
export const NOT_RETURNED = ["outputs", "activationCode", "outputFolder", "logs"] as const;
