/**
 * What users declare, as the manifest loader hands it on: validated against `schemas/`, defaults not yet applied.
 * Optional keys that the user left out are absent; a written `null` stays `null` (contract, "Endpoint chosen").
 */
import type { Locator } from "./diagnostic.ts";
import type { PolicyRule } from "./rule.ts";

/** A secret is only ever named in a manifest, never written. */
export type SecretRef = { env: string } | { file: string };

/** A scalar as its author wrote it (`true`, `0.05`, `1e-8`), or a secret by reference. */
export type ParameterScalar = string | null | SecretRef;

/** `{ output: PipelineRun/x, path }`: a file that another run of this stack wrote. */
export interface OutputRef {
  output: string;
  path: string;
}

/** A data id, a urn, a path in the project, or another run's output. */
export type DataRef = string | OutputRef;

export interface Mount {
  file: DataRef;
  path: string;
}

export type ExternalType = "s3" | "http" | "basespace";

export interface ExternalData {
  url: string;
  type?: ExternalType;
  mountPath?: string | null;
  credential?: string | { id: string };
  basespace?: { workgroupId?: string | null; extensions?: string | null; pathPrefix?: string | null };
}

export interface InputData {
  files?: DataRef[];
  mounts?: Mount[] | null;
  external?: ExternalData[] | null;
}

export interface FormInput {
  data?: (InputData & { parameter: string })[];
  parameters?: Record<string, ParameterScalar | ParameterScalar[]> | null;
  referenceData?: Record<string, string> | null;
}

/** Nextflow's `custom` and CWL's `json` input: `values` are serialised by us, `text` goes out byte for byte. */
export interface TextInput extends InputData {
  values?: Record<string, unknown>;
  text?: string;
}

export interface FormField {
  id: string;
  values?: ParameterScalar[] | null;
  data?: (DataRef | Mount)[] | null;
  external?: ExternalData[] | null;
}

export interface FormValuesInput {
  fields?: FormField[];
  groups?: { id: string; values?: { fields?: FormField[] }[] }[];
}

export interface RunInput {
  form?: FormInput;
  custom?: TextInput;
  json?: TextInput;
  formValues?: FormValuesInput;
}

/** Normalised to ICA's spelling by the loader, whatever case the user wrote. */
export type ActionOnExist = "OVERWRITE" | "RENAME" | "SKIP";

export interface MappingSpec {
  source: string;
  target: string;
  type?: "FILE" | "FOLDER";
  actionOnExist?: ActionOnExist;
}

export interface OutputMappingSpec {
  project?: string;
  actionOnExist?: ActionOnExist;
  mappings: MappingSpec[];
}

export type RunOutput = { mapping: string } | (MappingSpec & { project?: string });

export interface Tags {
  technical?: string[] | null;
  user?: string[] | null;
  reference?: string[] | null;
}

export interface RerunPolicy {
  onChange?: boolean;
  onFailure?: number;
  onUpstream?: boolean;
  ignoreChanges?: string[];
}

export interface PipelineRunSpec {
  project?: string;
  pipeline: string;
  userReference?: string;
  storage?: string | null;
  activationCode?: string | null;
  outputFolder?: string | null;
  logs?: { path?: string | null; folder?: string | null } | null;
  tags?: Tags;
  input: RunInput;
  outputs?: RunOutput[] | null;
  dependsOn?: string[];
  rerun?: RerunPolicy;
}

export interface SampleTagSpec {
  technical?: string[] | null;
  user?: string[] | null;
  connector?: string[] | null;
  runIn?: string[] | null;
}

export interface SampleSpec {
  name: string;
  /** Files and folders: ids, urns or paths. */
  data?: string[];
  tags?: SampleTagSpec;
  complete?: boolean;
}

export interface SampleBatchSpec {
  project?: string;
  samples: SampleSpec[];
}

export interface StorageCredentialSpec {
  type: "AWS_USER";
  accessKeyId: SecretRef;
  secretAccessKey: SecretRef;
  share?: boolean;
  /** RFC 3339, as written. */
  rotateAfter?: string;
}

export interface Limits {
  requestsPerSecond?: number;
  concurrency?: number;
  pageSize?: number;
}

export interface Policy {
  maxCreates?: number;
  maxReruns?: number;
  maxAborts?: number;
  /** iCredits that one plan may cost, by the 90th percentile of earlier runs. */
  maxCredits?: number;
  forbidOverwrite?: boolean;
  forbidOverlap?: boolean;
  /** JSON Schemas that the plan JSON must satisfy: files beside the Stack, each with what to say when it is broken. */
  rules?: { schema: string; message: string }[];
}

export interface StackSpec {
  server?: string;
  project?: string;
  defaults?: { actionOnExist?: ActionOnExist; storage?: string; tags?: Tags };
  limits?: Limits;
  policy?: Policy;
}

/** One declared document; `locate` finds any value of it again in its file (empty path: the document itself). */
export interface Declared<Spec> {
  kind: string;
  name: string;
  formerNames: readonly string[];
  spec: Spec;
  /** The PipelineRunSet that made it of a row of its sheet. */
  set?: string;
  locate: Locator;
}

/** All that a tree declares, checked offline: names are unique, references exist, there are no cycles. */
export interface Tree {
  stack: Declared<StackSpec>;
  /** Of the stack's policy, compiled. */
  rules: readonly PolicyRule[];
  credentials: Declared<StorageCredentialSpec>[];
  mappings: Declared<OutputMappingSpec>[];
  sampleBatches: Declared<SampleBatchSpec>[];
  runs: Declared<PipelineRunSpec>[];
}
