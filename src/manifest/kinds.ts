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
  /** Where numbers and booleans are sent as text, just as they are written (contract, "Endpoint chosen"). */
  asWritten?: AsWritten;
}

const fields: AsWritten = { "*": { values: true } };
const runSpec: AsWritten = {
  input: { form: { parameters: true }, formValues: { fields, groups: { "*": { values: { "*": { fields } } } } } },
};

export const manifestKinds: Record<ManifestKind, ManifestForm> = {
  Stack: {},
  StorageCredential: {},
  OutputMapping: {},
  PipelineRun: { asWritten: { spec: runSpec } },
  PipelineRunSet: {
    asWritten: { spec: { forEach: { items: true, where: true }, template: { spec: runSpec } } },
  },
  SampleBatch: {},
};

export function isManifestKind(kind: string): kind is ManifestKind {
  return Object.hasOwn(manifestKinds, kind);
}
