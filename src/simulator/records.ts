/** What the simulator remembers. All times are milliseconds since 1970; ids are those of the API. */

export type AnalysisStatus =
  | "REQUESTED"
  | "QUEUED"
  | "INITIALIZING"
  | "PREPARING_INPUTS"
  | "IN_PROGRESS"
  | "GENERATING_OUTPUTS"
  | "AWAITING_INPUT"
  | "ABORTING"
  | "SUCCEEDED"
  | "FAILED"
  | "FAILED_FINAL"
  | "ABORTED";

export const ANALYSIS_STATUSES: readonly AnalysisStatus[] = [
  "REQUESTED",
  "QUEUED",
  "INITIALIZING",
  "PREPARING_INPUTS",
  "IN_PROGRESS",
  "GENERATING_OUTPUTS",
  "AWAITING_INPUT",
  "ABORTING",
  "SUCCEEDED",
  "FAILED",
  "FAILED_FINAL",
  "ABORTED",
];

export type DataStatus = "PARTIAL" | "AVAILABLE" | "ARCHIVING" | "ARCHIVED" | "UNARCHIVING" | "DELETING";

export const DATA_STATUSES: readonly DataStatus[] = [
  "PARTIAL",
  "AVAILABLE",
  "ARCHIVING",
  "ARCHIVED",
  "UNARCHIVING",
  "DELETING",
];

export interface User {
  id: string;
  name: string;
  apiKey: string;
}

export interface Project {
  id: string;
  name: string;
  timeCreated: number;
  sequence: number;
}

/** A parameter of an XML form, or a field of a JSON form. */
export interface Parameter {
  code: string;
  /** DATA, REFERENCE, STRING, INTEGER, FLOAT, BOOLEAN, OPTIONS, GROUP; others are taken as STRING. */
  type: string;
  required: boolean;
  multiValue: boolean;
  values: string[] | null;
}

export interface OutputFile {
  /** Relative to the working directory of the run. */
  path: string;
  size: number;
}

export interface Pipeline {
  id: string;
  code: string;
  language: "NEXTFLOW" | "CWL";
  inputFormType: "XML" | "JSON";
  /** Ids of the projects it is linked to. */
  projects: string[];
  /** Null where the seed does not say: then any parameter is taken. */
  parameters: Parameter[] | null;
  outputs: OutputFile[];
  /** Simulated seconds from creation to the end. */
  duration: number;
  outcome: "SUCCEEDED" | "FAILED";
  storageId: string;
  timeCreated: number;
}

export interface Storage {
  id: string;
  name: string;
  description: string;
  timeCreated: number;
}

export interface Credential {
  id: string;
  name: string;
  ownerId: string;
  shared: boolean;
  timeCreated: number;
  timeModified: number;
  version: number;
}

export interface DataTags {
  technicalTags: string[];
  userTags: string[];
  connectorTags: string[];
  runInTags: string[];
  runOutTags: string[];
  referenceTags: string[];
}

export interface DataRecord {
  sequence: number;
  id: string;
  projectId: string;
  type: "FILE" | "FOLDER";
  /** Full path; a folder's ends with "/". */
  path: string;
  size: number;
  status: DataStatus;
  creatorId: string;
  timeCreated: number;
  timeModified: number;
  objectETag: string;
  usedInRun: boolean;
  tags: DataTags;
  sampleId: string | null;
}

export interface AnalysisTags {
  technicalTags: string[];
  userTags: string[];
  referenceTags: string[];
}

/** A status and the progress of the clock from which on it holds. */
export interface Transition {
  status: AnalysisStatus;
  at: number;
}

export interface OutputMapping {
  sourcePath: string;
  type: "FILE" | "FOLDER" | null;
  targetProjectId: string;
  targetPath: string;
  actionOnExist: "OVERWRITE" | "RENAME" | "SKIP";
}

export interface ExternalInput {
  url: string;
  type: string;
  mountPath: string | null;
  credentialId: string | null;
}

export interface DataInput {
  code: string;
  dataIds: string[];
  mounts: { dataId: string; mountPath: string }[];
  external: ExternalInput[];
}

export interface Configuration {
  code: string;
  multiValue: boolean;
  values: (string | null)[];
}

export interface FormGroup {
  code: string;
  rows: { data: DataInput[]; configurations: Configuration[] }[];
}

/** What a run was started with, in one form for all endpoints. */
export interface RunInput {
  data: DataInput[];
  configurations: Configuration[];
  reference: { code: string; id: string }[];
  groups: FormGroup[];
  /** The customInput or inputJson text, byte for byte. */
  document: string | null;
}

/** A file that a finished run delivered, and the path it had in the run's working directory. */
export interface Delivery {
  dataId: string;
  projectId: string;
  /** The folder or file of the target that the outputs endpoint lists at its top. */
  root: string;
}

export interface AnalysisRecord {
  sequence: number;
  id: string;
  reference: string;
  userReference: string;
  projectId: string;
  ownerId: string;
  pipelineId: string;
  storageId: string;
  /** iCredits; null: reckoned from the pipeline's duration and the storage. */
  price: number | null;
  tags: AnalysisTags;
  timeCreated: number;
  /** When the tags were last written. */
  timeEdited: number;
  version: number;
  transitions: Transition[];
  summary: string | null;
  input: RunInput;
  mappings: OutputMapping[];
  outputParentPath: string;
  logsPath: string | null;
  /** Whether its outputs were written (or it needs none written). */
  settled: boolean;
  deliveries: Delivery[];
}
