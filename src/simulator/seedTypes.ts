import type { FaultInput } from "./faultRules.ts";
import type { AnalysisStatus, DataStatus } from "./records.ts";
import type { Switches } from "./switches.ts";

/** The world that a simulator starts with. What is absent is made up, the same for the same random seed. */
export interface Seed {
  users?: SeedUser[];
  projects?: { id?: string; name: string }[];
  pipelines?: SeedPipeline[];
  storages?: { id?: string; name: string; description?: string }[];
  data?: SeedData[];
  credentials?: SeedCredential[];
  activationCodes?: { id?: string; name?: string; pipelines?: string[] }[];
  analyses?: SeedAnalysis[];
  switches?: Partial<Switches>;
  faults?: FaultInput[];
}

export interface SeedUser {
  id?: string;
  name: string;
  apiKey?: string;
}

export interface SeedData {
  id?: string;
  /** Name or id; absent: the first. */
  project?: string;
  /** A folder's ends with "/"; the folders above are made up. */
  path: string;
  size?: number;
  status?: DataStatus;
}

export interface SeedCredential {
  id?: string;
  name: string;
  type?: "AWS_USER";
  /** Name of the user who made it; absent: the first. */
  owner?: string;
  shared?: boolean;
  timeCreated?: string;
  timeModified?: string;
}

export interface SeedPipeline {
  id?: string;
  code: string;
  language?: "NEXTFLOW" | "CWL";
  inputFormType?: "XML" | "JSON";
  /** Names or ids; absent: all projects. */
  projects?: string[];
  parameters?: { code: string; type?: string; required?: boolean; multiValue?: boolean; values?: string[] }[];
  /** Paths in the run's working directory; `{userReference}` stands for that of the run. */
  outputs?: { path: string; size?: number }[];
  /** Simulated seconds. */
  duration?: number;
  outcome?: "SUCCEEDED" | "FAILED";
  /** Name or id of its own storage. */
  storage?: string;
}

export interface SeedAnalysis {
  id?: string;
  project?: string;
  /** Code or id. */
  pipeline: string;
  userReference: string;
  reference?: string;
  status?: AnalysisStatus;
  tags?: { technicalTags?: string[]; userTags?: string[]; referenceTags?: string[] };
  timeCreated?: string;
  storage?: string;
  /** Name of the user who made it; absent: the first. */
  owner?: string;
  /** iCredits that it cost. */
  price?: number;
  /** Whether its outputs are there. */
  outputs?: boolean;
}
