import type { AnalysisRecord, Credential, DataRecord, Pipeline, Project, Storage, User } from "./records.ts";
import type { ActivationCode, AnalysisBatch, Sample, SampleBatch } from "./recordsOfBatches.ts";

/** All that the server remembers: plain data, so that a snapshot is a structured clone. */
export interface Store {
  users: User[];
  projects: Map<string, Project>;
  pipelines: Map<string, Pipeline>;
  storages: Map<string, Storage>;
  credentials: Map<string, Credential>;
  activationCodes: Map<string, ActivationCode>;
  /** Of a seed that says nothing about activation codes: whose they are is not its matter. */
  takesAnyActivationCode: boolean;
  data: Map<string, DataShelf>;
  analyses: Map<string, AnalysisShelf>;
  analysisById: Map<string, AnalysisRecord>;
  /** Analyses whose end is still to come, the next one first. */
  pending: { at: number; analysis: AnalysisRecord }[];
  analysisBatches: Map<string, AnalysisBatch>;
  samples: Map<string, Sample>;
  sampleBatches: Map<string, SampleBatch>;
  idempotency: Map<string, StoredAnswer>;
  /** The next position: records are numbered in the order of their creation, which is the order of cursor paging. */
  sequence: number;
}

/** The data of a project; rows are never removed, for the API has no delete that matters here. */
export interface DataShelf {
  rows: DataRecord[];
  byId: Map<string, DataRecord>;
  byPath: Map<string, DataRecord>;
  /** Rows by the path of the folder they lie in, "/" for the root. */
  byParent: Map<string, DataRecord[]>;
  /** Rows by lower-case path: the API's full match ignores case. */
  byLowerPath: Map<string, DataRecord[]>;
}

/** The analyses of a project, with an index by technical tag, each list in the order of creation. */
export interface AnalysisShelf {
  rows: AnalysisRecord[];
  byTag: Map<string, AnalysisRecord[]>;
}

/** What an Idempotency-Key stands for; without an answer the first call is still running. */
export interface StoredAnswer {
  bodyHash: string;
  storedAt: number;
  answer: { status: number; headers: Record<string, string>; body: string } | null;
}

export function emptyStore(): Store {
  return {
    users: [],
    projects: new Map(),
    pipelines: new Map(),
    storages: new Map(),
    credentials: new Map(),
    activationCodes: new Map(),
    takesAnyActivationCode: false,
    data: new Map(),
    analyses: new Map(),
    analysisById: new Map(),
    pending: [],
    analysisBatches: new Map(),
    samples: new Map(),
    sampleBatches: new Map(),
    idempotency: new Map(),
    sequence: 0,
  };
}

/** The analyses of a project, an empty shelf if there are none yet. */
export function analysisShelf(store: Store, projectId: string): AnalysisShelf {
  return upsert(store.analyses, projectId, () => ({ rows: [], byTag: new Map() }));
}

/** The data of a project, an empty shelf if there are none yet. */
export function dataShelf(store: Store, projectId: string): DataShelf {
  return upsert(store.data, projectId, () => ({
    rows: [],
    byId: new Map(),
    byPath: new Map(),
    byParent: new Map(),
    byLowerPath: new Map(),
  }));
}

export function addAnalysis(store: Store, analysis: AnalysisRecord): void {
  const shelf = analysisShelf(store, analysis.projectId);
  shelf.rows.push(analysis);
  store.analysisById.set(analysis.id, analysis);
  indexTags(shelf, analysis);
}

/** Replaces the tags of an analysis and keeps the index true. */
export function retag(store: Store, analysis: AnalysisRecord, tags: AnalysisRecord["tags"]): void {
  const shelf = analysisShelf(store, analysis.projectId);
  for (const tag of new Set(analysis.tags.technicalTags)) {
    const rows = shelf.byTag.get(tag) ?? [];
    rows.splice(rows.indexOf(analysis), 1);
  }
  analysis.tags = tags;
  indexTags(shelf, analysis);
}

export function addData(store: Store, record: DataRecord): void {
  const shelf = dataShelf(store, record.projectId);
  shelf.rows.push(record);
  shelf.byId.set(record.id, record);
  shelf.byPath.set(record.path, record);
  upsert(shelf.byParent, parentPath(record.path), () => []).push(record);
  upsert(shelf.byLowerPath, record.path.toLowerCase(), () => []).push(record);
}

/** The folder that a path lies in: `/a/b.txt` → `/a/`, `/a/` → `/`. */
export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf("/", path.length - 2) + 1);
}

/** The last part of a path, without a slash. */
export function nameOf(path: string): string {
  return (
    path
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? ""
  );
}

/** Index of the first row whose sequence is greater than `sequence`; rows are in ascending order. */
export function firstAfter(rows: readonly { sequence: number }[], sequence: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.sequence ?? 0) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}

function indexTags(shelf: AnalysisShelf, analysis: AnalysisRecord): void {
  for (const tag of new Set(analysis.tags.technicalTags)) {
    const rows = upsert(shelf.byTag, tag, () => []);
    rows.splice(firstAfter(rows, analysis.sequence), 0, analysis);
  }
}

function upsert<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
