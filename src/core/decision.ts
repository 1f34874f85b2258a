/** What was decided of one address, and the few forms that it can have. */
import { type Diagnostic, errorAt, warningAt } from "./diagnostic.ts";
import type { Action, Change, FieldChange } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";
import { waitFor } from "./upstream.ts";

/** What was decided of one address, with the two sides that it was decided from. */
export interface Decision {
  change: Change;
  desired?: Desired;
  observed?: Observed;
}

/** The reason of who gives none. */
export const UNTOLD = "by hand";

/** One more attempt that a person asks for, whatever ICA has. */
export interface RerunRequest {
  /** Recorded as a tag. An attempt that carries it fulfils the wish, but for `UNTOLD`, which says nothing. */
  reason: string;
  /** Of a plan that was reviewed: the attempt that it held. Once that is there, the wish is fulfilled. */
  attempt?: number;
}

export interface DecideOptions {
  /** Abort what is no longer declared and still active. */
  prune: boolean;
  /** Names of credentials whose secrets are updated whatever the dates say. */
  rotate: ReadonlySet<string>;
  /** Names of credentials that are shared again. */
  share: ReadonlySet<string>;
  /** Names of runs that are started once more. */
  rerun?: ReadonlyMap<string, RerunRequest>;
  /** Milliseconds since the epoch; only warnings look at it. */
  now: number;
}

/** What deciding one address may look at besides the address itself. */
export interface Deciding {
  /** By address: all that it depends on. */
  earlier: ReadonlyMap<string, Decision>;
  options: DecideOptions;
  tell(diagnostic: Diagnostic): void;
}

/** A start that waits for what it depends on, or a create, or one more attempt. */
export function start(
  desired: Desired,
  observed: Observed | undefined,
  reason: string,
  fields: FieldChange[],
  earlier: Deciding["earlier"],
): Decision {
  const wait = waitFor(desired.dependsOn, earlier);
  const action: Action = wait !== undefined ? "wait" : observed === undefined ? "create" : "rerun";
  const change = changeOf(action, desired, observed, wait?.reason ?? reason, fields);
  if (wait?.blockedBy !== undefined) change.blockedBy = wait.blockedBy;
  if (desired.kind === "PipelineRun") change.attempt = Math.max(observed?.attempt ?? 0, desired.held?.attempt ?? 0) + 1;
  return { change, desired, ...(observed === undefined ? {} : { observed }) };
}

/** A change in place; without fields: nothing to do. */
export function settle(desired: Desired, observed: Observed, reason: string, fields: FieldChange[]): Decision {
  const action = fields.length === 0 ? "no-op" : "update";
  return { change: changeOf(action, desired, observed, reason, fields), desired, observed };
}

/** What ICA has and nobody declares any more. */
export function orphanOf(observed: Observed, prune: boolean): Decision {
  const abort = prune && observed.activeIds.length > 0;
  const change: Change = {
    address: `${observed.kind}/${observed.name}`,
    action: abort ? "abort" : "orphan",
    reason: abort
      ? `no longer declared and still ${observed.status}`
      : `in ICA with this stack's tag, not declared (${observed.status})`,
    ...(observed.project === undefined ? {} : { project: observed.project.name }),
    fields: [],
    patch: [],
    effects: [],
    ...observedKeys(observed),
  };
  return { change, observed };
}

/** Something to know about a declared thing, at its name or at the key that it is about. */
export function warningOf(
  desired: Desired,
  code: string,
  message: string,
  help?: string,
  path: readonly string[] = ["metadata", "name"],
): Diagnostic {
  return warningAt(desired.locate(path), code, `${desired.address}: ${message}`, help);
}

/** Something that must not go on. */
export function errorOf(desired: Desired, code: string, message: string, help?: string): Diagnostic {
  return errorAt(desired.locate(["metadata", "name"]), code, message, help);
}

function changeOf(
  action: Action,
  desired: Desired,
  observed: Observed | undefined,
  reason: string,
  fields: FieldChange[],
): Change {
  return {
    address: desired.address,
    action,
    reason,
    ...(desired.project === undefined ? {} : { project: desired.project.name }),
    fields,
    patch: [],
    effects: [],
    ...(observed === undefined ? {} : observedKeys(observed)),
    ...(desired.project === undefined ? {} : { fingerprint: desired.fingerprint }),
    ...(desired.dependsOn.length === 0 ? {} : { dependsOn: [...desired.dependsOn] }),
  };
}

function observedKeys(observed: Observed): Partial<Change> {
  return {
    timeCreated: observed.timeCreated,
    ...(observed.sample === undefined ? {} : { sampleId: observed.id }),
    ...(observed.kind === "PipelineRun" ? { attempt: observed.attempt, analysisId: observed.id } : {}),
    ...(observed.reference === undefined ? {} : { reference: observed.reference }),
    ...(observed.status === undefined ? {} : { status: observed.status }),
  };
}
