/**
 * A plan is data: what would be done and why, without any word of how it is printed. Shapes and names are the
 * contract's ("Plan JSON"); keys beyond it are additions of the same major version.
 */
import { byCodeUnit } from "./address.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Fingerprint } from "./fingerprint.ts";
import type { ActionOnExist } from "./spec.ts";

/** Closed: a deletion cannot be represented. */
export type Action = "create" | "rerun" | "update" | "abort" | "wait" | "orphan" | "no-op";

/** The order in which actions are listed. */
export const ACTIONS: readonly Action[] = ["create", "rerun", "update", "abort", "wait", "orphan", "no-op"];

export const SIGNS: Record<Action, string> = {
  create: "+",
  rerun: "±",
  update: "~",
  abort: "-",
  wait: "…",
  orphan: "?",
  "no-op": " ",
};

/** One field that differs; a sensitive one shows references, never values. */
export interface FieldChange {
  path: string;
  before?: unknown;
  after?: unknown;
  sensitive: boolean;
  /** ICA would tell what it was; of many reruns it is read for the first `MAX_READ_BACK` alone. */
  unread?: true;
}

/** Reruns whose earlier input is read for the plan; more than policy lets through unasked. */
export const MAX_READ_BACK = 20;

/** What a mapping will meet: the files that are there now. `bytes` sums the sizes that ICA tells; null: unknown. */
export interface Effect {
  target: string;
  project: string;
  type: "FILE" | "FOLDER";
  action: ActionOnExist;
  files: number;
  bytes: number | null;
}

/** One operation of JSON Patch (RFC 6902). */
export type PatchOperation = { op: "add" | "replace"; path: string; value: unknown } | { op: "remove"; path: string };

/** What a run that is to be started is likely to cost, in iCredits; from runs with the same pipeline and storage in the same project. */
export interface CreditsEstimate {
  median: number;
  p90: number;
  /** Succeeded runs that the two numbers rest on; never 0. */
  runs: number;
}

/** The same of all that a plan starts now. What waits is counted by the plan that starts it. */
export interface CreditsTotal {
  /** Sum of the medians, and of the 90th percentiles, of the runs that have an estimate. */
  median: number;
  p90: number;
  estimated: number;
  /** Succeeded runs that the sums rest on. */
  runs: number;
  /** Runs to be started of whose kind ICA has priced none. */
  unknown: number;
  waiting: number;
  /** Calls that were made to find it out. */
  calls: number;
}

/** Which files a sample gets, by ICA's rule for files of the same name. */
export interface SampleFiles {
  /** Paths. */
  linked: string[];
  bytes: number;
  /** Not linked, since a copy of the same name lies in a deeper folder. */
  ignored: { path: string; original: string }[];
  /** Files of one name in equally deep folders: ICA does not say which of them counts, so all are linked. */
  ties: string[][];
}

export interface Change {
  address: string;
  action: Action;
  reason: string;
  /** The project's name; absent for what belongs to no project, such as credentials. */
  project?: string;
  fields: FieldChange[];
  /** The same as `fields`, for programs; written last, by `writePatches`. */
  patch: PatchOperation[];
  effects: Effect[];
  /** Of runs: the attempt that will be made, or that is there. */
  attempt?: number;
  /** Of runs: the declared sections' hashes. */
  fingerprint?: Fingerprint;
  /** What is in ICA now. */
  analysisId?: string;
  reference?: string;
  status?: string;
  /** RFC 3339. */
  timeCreated?: string;
  endpoint?: string;
  pipeline?: string;
  storage?: string;
  /** The run declares no storage, so that the pipeline's own is used. */
  isPipelinesOwnStorage?: boolean;
  /** Under which activation code the run is accounted; `isBestMatch`: chosen by ICA, not declared. */
  activationCode?: { id: string; name?: string; isBestMatch: boolean };
  dependsOn?: string[];
  /** Of what is started: what it is likely to cost; absent where nobody asked, and where no price is known. */
  credits?: CreditsEstimate;
  /** Of a sample whose data is linked. */
  sampleFiles?: SampleFiles;
  /** Of a sample: its id in ICA. */
  sampleId?: string;
  /** Of what waits: the run that ended otherwise than by success, so that nothing goes on without a person. */
  blockedBy?: string;
  /** Of what was started before what it depends on ran again: that run. */
  outdatedBy?: string;
  /** Of one more attempt that is asked for by hand: why. Recorded as a tag. */
  rerunReason?: string;
}

export interface Summary {
  create: number;
  rerun: number;
  update: number;
  abort: number;
  wait: number;
  orphan: number;
  unchanged: number;
}

/** Calls that an apply will make, and the seconds that they take. */
export interface Requests {
  estimated: number;
  seconds: number;
  /** What `seconds` rests on: the stack's limit, the limit that was met while planning, or a guess. */
  requestsPerSecond: number;
  basis: "declared" | "found" | "assumed";
}

export interface Plan {
  formatVersion: "1.0";
  stack: string;
  server: string;
  digest: string;
  summary: Summary;
  changes: Change[];
  requests: Requests;
  /** Absent where nobody asked: neither `--estimate` nor `policy.maxCredits`. */
  credits?: CreditsTotal;
  diagnostics: Diagnostic[];
}

/** By what is done, then by address and project. */
export function byActionThenAddress(left: Change, right: Change): number {
  return (
    ACTIONS.indexOf(left.action) - ACTIONS.indexOf(right.action) ||
    byCodeUnit(left.address, right.address) ||
    byCodeUnit(left.project ?? "", right.project ?? "")
  );
}

export function summarize(changes: readonly Change[]): Summary {
  const count = (action: Action) => changes.filter((change) => change.action === action).length;
  return {
    create: count("create"),
    rerun: count("rerun"),
    update: count("update"),
    abort: count("abort"),
    wait: count("wait"),
    orphan: count("orphan"),
    unchanged: count("no-op"),
  };
}

/** Whether an apply would call ICA to write. The one place that decides it. */
export function isWrite(action: Action): boolean {
  return action === "create" || action === "rerun" || action === "update" || action === "abort";
}

/** Whether there is anything to do, now or later: what `plan --detailed-exitcode` answers 2 for. */
export function hasPendingChanges(plan: Pick<Plan, "changes">): boolean {
  return plan.changes.some((change) => isWrite(change.action) || change.action === "wait");
}
