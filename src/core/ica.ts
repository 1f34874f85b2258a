/**
 * What the tool reads from and writes to ICA: the two typed faces of the client, as the engine sees them, and the few
 * fields of ICA's answers that are used. Field names are ICA's (its OpenAPI description). `plan` gets a `Reader`; only
 * `apply` gets a `Writer`.
 */

export interface Project {
  id: string;
  name: string;
}

export type Language = "NEXTFLOW" | "CWL" | "UNKNOWN";

export interface Pipeline {
  id: string;
  code: string;
  urn?: string | null;
  language: Language;
  inputFormType?: "XML" | "JSON";
  analysisStorage?: Storage;
}

/** An analysis storage option, such as Medium. */
export interface Storage {
  id: string;
  name: string;
  description?: string | null;
}

export interface Credential {
  id: string;
  name: string;
  timeCreated: string;
  timeModified: string;
}

export interface AnalysisTags {
  technicalTags: string[];
  userTags: string[];
  referenceTags: string[];
}

/** `status` is a plain string: a newer server may know statuses that we do not. */
export interface Analysis {
  id: string;
  reference: string;
  userReference: string;
  status: string;
  timeCreated: string;
  timeModified: string;
  startDate?: string | null;
  endDate?: string | null;
  summary?: string | null;
  owner?: { id: string };
  pipeline: { id: string; code: string };
  analysisStorage?: Storage | null;
  tags: AnalysisTags;
}

/** One file or folder. `path` is whole, from the project's root; a folder's ends with "/" (normalised by the client). */
export interface DataItem {
  id: string;
  urn?: string | null;
  path: string;
  name: string;
  type: "FILE" | "FOLDER";
  status: string;
  /** Bytes; absent for folders. */
  size?: number;
}

export interface DataFilter {
  ids?: string[];
  /** Repeated values are alternatives. */
  paths?: string[];
  /** `prefix`: everything whose path starts with one of `paths`; `full`: the whole path; both ignore case in ICA. */
  pathMatch?: "prefix" | "full";
  /** Not recursive; starts and ends with "/". */
  parentFolderPath?: string;
  type?: "FILE" | "FOLDER";
}

/** A node of an analysis' output tree (`GET …/outputs`; the legacy `analysisData` is ignored). */
export interface OutputNode {
  dataId: string;
  name: string;
  dataType: "FILE" | "FOLDER";
  children?: OutputNode[];
}

export interface AnalysisOutput {
  code: string;
  projectId?: string;
  data?: OutputNode[];
}

/** What a pipeline declares that it takes: data inputs and settings alike, by code. */
export interface PipelineParameter {
  code: string;
  kind: "data" | "setting";
  required: boolean;
  multiValue: boolean;
  /** Settings with a default need no value. */
  hasDefault: boolean;
}

/** The activation code that ICA takes when none is given. */
export interface ActivationCode {
  id: string;
  /** The bundle that it belongs to. */
  name: string;
}

/** A parameter as a run was started with it (`GET …/configurations`). */
export interface Configuration {
  name: string;
  multiValue: boolean;
  values: string[];
}

/** The data that a run was started with for one input parameter (`GET …/inputs`). */
export interface AnalysisInput {
  code: string;
  data: { dataId: string; name: string; mountPath?: string }[];
  external: StartedWithExternal[];
}

/** External data as a run was started with it; only JSON forms tell its credential. */
export interface StartedWithExternal {
  url: string;
  type: string;
  mountPath: string;
  credentialId?: string;
  basespace?: { workgroupId?: string; extensions?: string; pathPrefix?: string };
}

/** A field of a JSON-form pipeline as a run was started with it (`GET …/inputFormValues`). */
export interface InputFormField {
  id: string;
  /** Absent for what holds data or groups. */
  values?: (string | null)[];
  data: { dataId: string; mountPath?: string }[];
  external: StartedWithExternal[];
  /** Of a group: one list of fields for each time that it was filled in. */
  groups: InputFormField[][];
  /** A group, though it was never filled in. */
  isGroup?: boolean;
  /** ICA's own word that its values are not to be shown. */
  sensitive: boolean;
}

/** What a finished run cost. */
export interface Price {
  amount: number;
  /** `iCredit`, unless ICA says otherwise. */
  currency: string;
}

/** A step of an analysis (`GET …/steps`); times are RFC 3339, as far as it has come. */
export interface AnalysisStep {
  name: string;
  status: string;
  /** ICA's own, such as copying inputs, not the pipeline's. */
  technical: boolean;
  queueDate?: string;
  startDate?: string;
  endDate?: string;
  exitCode?: number;
  /** Where its standard error is kept once it has ended. */
  stdErr?: { id: string; path?: string };
}

export interface SampleTags {
  technicalTags: string[];
  userTags: string[];
  connectorTags: string[];
  runInTags: string[];
}

/** `status`: PARTIAL until it is completed, then AVAILABLE. */
export interface Sample {
  id: string;
  name: string;
  status: string;
  timeCreated: string;
  timeModified: string;
  tags: SampleTags;
}

/** One sample of a sample creation batch, as it is sent. */
export interface NewSample {
  sampleToCreate: { name: string; tags: Partial<Record<keyof SampleTags, string[] | null>> };
  dataToLink?: { dataId: string }[];
  completeSample: boolean;
}

/** The job that carries a batch out. `status` as in ICA's `Job`, undefined where ICA does not tell. */
export interface SampleBatch {
  id: string;
  status?: string;
  /** How long before ICA's answer the batch was made: an answer from the store of idempotency keys may be days old. */
  ageMs: number;
}

export interface SampleBatchItem {
  name: string;
  /** Of the sample that was asked for. */
  technicalTags: string[];
  status: string;
  /** Why it failed, as far as ICA says. */
  message?: string;
  /** Of the sample that was made. */
  sampleId?: string;
}

export type CreateEndpoint =
  | "analysis:nextflow"
  | "analysis:nextflowJson"
  | "analysis:nextflowWithCustomInput"
  | "analysis:cwl"
  | "analysis:cwlWithStructuredInput"
  | "analysis:cwlWithJsonInput"
  | "analysis:cwlJson";

/** Everything `plan` may do. Listings stream; all of them throw `ListingError` when they cannot be whole. */
export interface Reader {
  /** Projects whose name contains `name`, in ICA's loose sense; the caller compares again. Without it: all. */
  projects(name?: string): AsyncIterable<Project>;
  project(id: string): Promise<Project>;
  pipelines(projectId: string): Promise<Pipeline[]>;
  storages(projectId: string): Promise<Storage[]>;
  credentials(): Promise<Credential[]>;
  credential(id: string): Promise<Credential>;
  /** Analyses that carry the technical tag; ICA may answer with more, the caller compares again. */
  analyses(projectId: string, technicalTag: string): AsyncIterable<Analysis>;
  /** With the ETag of the answer, for a later `updateTags`. */
  analysis(projectId: string, analysisId: string): Promise<{ analysis: Analysis; etag?: string; body: unknown }>;
  data(projectId: string, filter: DataFilter): AsyncIterable<DataItem>;
  /** How many match, in one call (offset paging's `totalItemCount`). */
  countData(projectId: string, filter: DataFilter): Promise<number>;
  outputs(projectId: string, analysisId: string): Promise<AnalysisOutput[]>;
  /** Undefined where ICA does not tell what a pipeline takes. */
  pipelineParameters(projectId: string, pipelineId: string): Promise<PipelineParameter[] | undefined>;
  /** Undefined where none matches, or ICA does not tell. */
  bestActivationCode(
    language: Language,
    request: { projectId: string; pipelineId: string; analysisInput: unknown },
  ): Promise<ActivationCode | undefined>;
  steps(projectId: string, analysisId: string): Promise<AnalysisStep[]>;
  /** A URL that is a secret for as long as it holds; to be read without any key. */
  downloadUrl(projectId: string, dataId: string): Promise<string>;
  configurations(projectId: string, analysisId: string): Promise<Configuration[]>;
  inputs(projectId: string, analysisId: string): Promise<AnalysisInput[]>;
  inputFormValues(projectId: string, analysisId: string): Promise<InputFormField[]>;
  /** The `input.json` of a CWL run; undefined where there is none. */
  inputJson(projectId: string, analysisId: string): Promise<string | undefined>;
  /** All analyses of a project, whoever started them; those of `statuses` alone unless it is empty. */
  projectAnalyses(projectId: string, statuses: readonly string[]): AsyncIterable<Analysis>;
  /** The succeeded analyses of a project that ended last, `most` of them at most, in one call. */
  newestSucceeded(projectId: string, most: number): Promise<Analysis[]>;
  /** Undefined while ICA is still reckoning, and for runs that have no price. */
  price(projectId: string, analysisId: string): Promise<Price | undefined>;
  /** All samples of the project, whoever made them, or those with this technical tag. */
  samples(projectId: string, technicalTag?: string): AsyncIterable<Sample>;
  /** With the ETag of the answer, for a later `updateSample`. */
  sample(projectId: string, sampleId: string): Promise<{ sample: Sample; etag?: string; body: unknown }>;
  /** The files that are linked to a sample. */
  sampleData(projectId: string, sampleId: string): AsyncIterable<DataItem>;
  sampleBatch(projectId: string, batchId: string): Promise<SampleBatch>;
  /** Batches of samples of the project whose jobs ICA lists for this user, newest first: whoever stops early pays less. */
  sampleBatches(projectId: string): AsyncIterable<SampleBatch>;
  sampleBatchItems(projectId: string, batchId: string): AsyncIterable<SampleBatchItem>;
}

export interface AwsSecrets {
  accessKeyId: string;
  secretAccessKey: string;
}

/** What only `apply` may do, beside reading. Every create of an analysis carries an idempotency key. */
export interface Writer extends Reader {
  /** The id of the user whose key this is, as far as the token in use tells it: the owner of what is created. */
  userId(): string | undefined;
  /** `body` is sent byte for byte. */
  createAnalysis(projectId: string, endpoint: CreateEndpoint, body: string, idempotencyKey: string): Promise<Analysis>;
  /** PUT of the whole analysis as it was read, with other tags; `etag` goes out as If-Match. */
  updateTags(projectId: string, analysisId: string, body: unknown, etag: string): Promise<Analysis>;
  abortAnalysis(projectId: string, analysisId: string): Promise<void>;
  /** `body` is sent byte for byte. ICA carries the batch out later: follow it by `sampleBatch`. */
  createSampleBatch(projectId: string, body: string, idempotencyKey: string): Promise<SampleBatch>;
  /** PUT of the whole project sample as it was read, with other tags; `etag` goes out as If-Match. */
  updateSample(projectId: string, sampleId: string, body: unknown, etag: string): Promise<void>;
  linkSampleData(projectId: string, sampleId: string, dataId: string): Promise<void>;
  completeSample(projectId: string, sampleId: string): Promise<void>;
  /** Has no idempotency key, so it is sent once and never retried after an unknown outcome. */
  createCredential(name: string, secrets: AwsSecrets): Promise<Credential>;
  shareCredential(id: string): Promise<void>;
  updateCredentialSecrets(id: string, secrets: AwsSecrets): Promise<void>;
}
