/** A code under which analyses are accounted. */
export interface ActivationCode {
  id: string;
  name: string;
  /** Pipeline ids; null: all. */
  pipelineIds: string[] | null;
}

/** The tags of a sample, as its schema has them. */
export interface SampleTags {
  technicalTags: string[];
  userTags: string[];
  connectorTags: string[];
  runInTags: string[];
}

export interface Sample {
  sequence: number;
  id: string;
  projectId: string;
  ownerId: string;
  name: string;
  description: string | null;
  tags: SampleTags;
  status: "PARTIAL" | "AVAILABLE" | "DELETED";
  timeCreated: number;
  timeModified: number;
  version: number;
  /** Of a sample that a batch makes: from when on it is there for those who look. */
  visibleFrom: number;
}

interface Batch {
  id: string;
  jobId: string;
  projectId: string;
  ownerId: string;
  timeCreated: number;
  /** Until then its items are shown as running. */
  doneAt: number;
}

export interface AnalysisBatchItem {
  sequence: number;
  id: string;
  userReference: string;
  pipelineId: string;
  tags: { technicalTags: string[]; userTags: string[]; referenceTags: string[] };
  analysisId: string | null;
  error: string | null;
}

export interface AnalysisBatch extends Batch {
  items: AnalysisBatchItem[];
}

export interface SampleBatchItem {
  sequence: number;
  id: string;
  name: string;
  description: string | null;
  tags: SampleTags;
  complete: boolean;
  sampleId: string | null;
  error: string | null;
}

export interface SampleBatch extends Batch {
  items: SampleBatchItem[];
}
