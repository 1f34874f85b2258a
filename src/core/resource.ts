import type { Locator } from "./diagnostic.ts";
import type { Fingerprint, Section } from "./fingerprint.ts";
import type { AnalysisTags, Project, SampleTags } from "./ica.ts";
import type { RerunPolicy } from "./spec.ts";
import type { Phase } from "./status.ts";

/** A declared thing, ready to be compared: every kind is brought into this one shape, so that all plans read alike. */
export interface Desired {
  address: string;
  kind: string;
  name: string;
  formerNames: readonly string[];
  /** Absent for what belongs to no project. */
  project?: Project;
  /** Declared sections as they are shown: secrets by reference, URLs without signatures. */
  sections: Partial<Record<Section, unknown>>;
  fingerprint: Fingerprint;
  /** Tags that must be there; others may be there too. */
  tags?: AnalysisTags;
  /** RFC 3339: what is in ICA must have been modified after this. */
  freshAfter?: string;
  /** Of a sample: its tags, and whether it is to be completed. */
  sample?: { tags: SampleTags; complete: boolean };
  rerun: Required<RerunPolicy>;
  /** Hashes of its input as it was when runs that it reads from had their former names. */
  formerInputs?: readonly string[];
  /** What a run that once had this name has used up of its attempts. */
  held?: HeldAttempts;
  /** Addresses that must have succeeded first. */
  dependsOn: readonly string[];
  locate: Locator;
}

/** The highest attempt under a name that now is another run's, and that run's name. */
export interface HeldAttempts {
  attempt: number;
  by: string;
}

/** One attempt of a run, as ICA has it. */
export interface Attempt {
  id: string;
  attempt: number;
  /** Why it was asked for by hand. */
  reason?: string;
  phase: Phase;
  status?: string;
  reference?: string;
  summary?: string;
  /** RFC 3339. */
  timeCreated: string;
  startDate?: string;
  endDate?: string;
}

/** Of a sample: whose it is, as its technical tags tell. */
export interface ObservedSample {
  /** Undefined: no stack's. */
  stack: string | undefined;
  tags: SampleTags;
}

/** What ICA has of one address: the newest attempt, and what is to be known of the earlier ones. */
export interface Observed {
  kind: string;
  name: string;
  id: string;
  project?: Project;
  /** 0 for kinds without attempts. */
  attempt: number;
  /** Undefined: written by a version of icaform that this one does not understand. */
  fingerprint?: Fingerprint | undefined;
  phase: Phase;
  status?: string;
  reference?: string;
  /** What ICA says of its end, where it says something. */
  summary?: string;
  /** RFC 3339. */
  timeCreated: string;
  timeModified: string;
  startDate?: string;
  endDate?: string;
  tags?: AnalysisTags;
  sample?: ObservedSample;
  /** What ICA tells of the sections, by section. */
  readable: Partial<Record<Section, unknown>>;
  /** Attempts that failed and were the newest one's, but for tags and for sections whose changes are ignored. */
  failures: number;
  /** All that is known of, from the first to the newest. */
  attempts: readonly Attempt[];
  /** Ids of all attempts that have not ended. */
  activeIds: readonly string[];
}
