import * as validators from "icaform:validators";
import type { AsWritten } from "./value.ts";

/** The kinds of documents that a tree may have. */
export type ManifestKind =
  | "Stack"
  | "StorageCredential"
  | "OutputMapping"
  | "PipelineRun"
  | "PipelineRunSet"
  | "SampleBatch";

interface ManifestForm {
  validate: validators.Validate;
  /** Where numbers and booleans are sent as text, just as they are written (contract, "Endpoint chosen"). */
  asWritten?: AsWritten;
}

const fields: AsWritten = { "*": { values: true } };
const runSpec: AsWritten = {
  input: { form: { parameters: true }, formValues: { fields, groups: { "*": { values: { "*": { fields } } } } } },
};

export const manifestKinds: Record<ManifestKind, ManifestForm> = {
  Stack: { validate: validators.Stack },
  StorageCredential: { validate: validators.StorageCredential },
  OutputMapping: { validate: validators.OutputMapping },
  PipelineRun: { validate: validators.PipelineRun, asWritten: { spec: runSpec } },
  PipelineRunSet: {
    validate: validators.PipelineRunSet,
    asWritten: { spec: { forEach: { items: true, where: true }, template: { spec: runSpec } } },
  },
  SampleBatch: { validate: validators.SampleBatch },
};

export function isManifestKind(kind: string): kind is ManifestKind {
  return Object.hasOwn(manifestKinds, kind);
}
