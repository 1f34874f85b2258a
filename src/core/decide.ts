/**
 * The differ: one for all kinds. Whether and why something is to be done is decided here and nowhere else; it looks
 * at what is declared and what was observed, and calls nothing.
 */
import { byCodeUnit } from "./address.ts";
import { decideSample, foreignSamples } from "./decide-sample.ts";
import { type Diagnostic, errorAt, warningAt } from "./diagnostic.ts";
import { changedFields, createdFields } from "./fields.ts";
import { changedSections, type Section } from "./fingerprint.ts";
import { inDependencyOrder } from "./graph.ts";
import type { Action, Change, FieldChange } from "./plan.ts";
import { ACTIONS } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";
import { staleReason } from "./stale.ts";
import { missingTags, renamedFrom } from "./tags.ts";
import { type Outdated, outdated, waitFor } from "./upstream.ts";

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

/** Decides every declared thing, in dependency order, then everything observed that is not declared. */
export function decideAll(
  desired: readonly Desired[],
  observed: ReadonlyMap<string, Observed>,
  orphans: readonly Observed[],
  options: DecideOptions,
): { decisions: Decision[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const byAddress = new Map<string, Decision>();
  const ordered = inDependencyOrder(
    desired,
    (item) => item.address,
    (item) => item.dependsOn,
  );
  for (const item of ordered) {
    byAddress.set(item.address, decide(item, observed.get(item.address), byAddress, options, diagnostics));
  }
  diagnostics.push(...foreignSamples([...byAddress.values()]));
  for (const orphan of orphans) {
    const decision = decideOrphan(orphan, options.prune);
    // By id: two projects may have one name.
    byAddress.set(`${orphan.project?.id}/${decision.change.address}`, decision);
  }
  return { decisions: [...byAddress.values()].sort(byActionThenAddress), diagnostics };
}

function decide(
  desired: Desired,
  observed: Observed | undefined,
  earlier: ReadonlyMap<string, Decision>,
  options: DecideOptions,
  diagnostics: Diagnostic[],
): Decision {
  const warn = (code: string, message: string, help?: string) =>
    diagnostics.push(warningAt(desired.locate([]), code, `${desired.address}: ${message}`, help));
  const request = desired.kind === "PipelineRun" ? options.rerun?.get(desired.name) : undefined;
  if (observed === undefined) {
    if (request !== undefined && request.attempt === undefined) {
      const help = "apply without --rerun: that starts it";
      diagnostics.push(errorAt(desired.locate([]), "rerun-not-started", `${desired.address} is not in ICA yet`, help));
    }
    if (desired.held !== undefined) {
      const { attempt, by } = desired.held;
      const help = `to keep that run under this name, declare it with metadata.formerNames: [${by}]`;
      warn(
        "name-used-before",
        `attempt ${attempt} under this name is PipelineRun/${by} now; another run is started`,
        help,
      );
    }
    return start(desired, undefined, "not in ICA", createdFields(desired), earlier);
  }

  if (desired.sample !== undefined) {
    const { reason, fields } = decideSample(desired, observed);
    const action = fields.length === 0 ? "no-op" : "update";
    return { change: changeOf(action, desired, observed, reason, fields), desired, observed };
  }
  const stale = staleReason(desired, observed, options);
  if (stale !== undefined && desired.freshAfter !== undefined && Date.parse(desired.freshAfter) > options.now) {
    warn(
      "rotate-after-future",
      `rotateAfter ${desired.freshAfter} is still to come: the secrets are updated at every apply until then`,
    );
  }
  if (stale !== undefined)
    return { change: changeOf("update", desired, observed, stale.reason, stale.fields), desired, observed };

  const changed = observed.fingerprint === undefined ? [] : changedSections(desired.fingerprint, observed.fingerprint);
  if (observed.fingerprint === undefined && desired.kind === "PipelineRun") {
    warn(
      "unknown-fingerprint",
      "was started by a newer version of icaform; whether it changed cannot be told",
      "update icaform",
    );
  }
  const relevant = changed.filter((section) => section !== "tags" && !desired.rerun.ignoreChanges.includes(section));
  const isOpen = request !== undefined && observed.attempt < (request.attempt ?? Number.POSITIVE_INFINITY);
  const before =
    isOpen && request.reason !== UNTOLD ? observed.attempts.find(({ reason }) => reason === request.reason) : undefined;
  if (before !== undefined) {
    // Whoever asked may have been killed before the answer: the same words are the same wish.
    warn(
      "rerun-done",
      `attempt ${before.attempt} (${before.status}) was asked for with this reason: nothing more is started for it`,
      "give another --reason for one more attempt",
    );
  } else if (isOpen) {
    const active = observed.attempts.find(({ phase }) => phase === "active" || phase === "unknown");
    if (active !== undefined) {
      const why = active.reason === undefined ? "" : `, asked for by hand: ${active.reason}`;
      const help = "follow it with icaform status --watch, or abort it in ICA first";
      const message = `${desired.address}: attempt ${active.attempt} is ${active.status}${why}; nothing is started beside it`;
      diagnostics.push(errorAt(desired.locate([]), "rerun-active", message, help));
    }
    const fields = relevant.length === 0 ? [] : changedFields(desired, observed, relevant);
    const decision = start(desired, observed, `asked for by --rerun: ${request.reason}`, fields, earlier);
    decision.change.rerunReason = request.reason;
    if (decision.change.action === "wait") {
      warn(
        "rerun-waits",
        `--rerun has to wait: ${decision.change.reason}`,
        "ask again once it has succeeded, or --wait",
      );
    }
    return decision;
  }
  if (relevant.length > 0 && desired.rerun.onChange) {
    if (observed.phase === "active") {
      warn("still-active", `attempt ${observed.attempt} is still ${observed.status} and goes on beside the new one`);
    }
    const reason = `${relevant.join(", ")} changed since attempt ${observed.attempt}`;
    return start(desired, observed, reason, changedFields(desired, observed, relevant), earlier);
  }
  if (relevant.length > 0) {
    warn("change-ignored", `${relevant.join(", ")} changed, but rerun.onChange is false: nothing is started`);
  }
  if (observed.phase === "failed" && observed.failures <= desired.rerun.onFailure) {
    const reason = `attempt ${observed.attempt} ended ${observed.status}; retry ${observed.failures} of ${desired.rerun.onFailure}`;
    return start(desired, observed, reason, [], earlier);
  }
  const newer = outdated(desired.dependsOn, observed, earlier);
  if (newer?.isDirect && desired.rerun.onUpstream) return start(desired, observed, newer.reason, [], earlier);
  if (newer !== undefined) {
    const help = newer.isDirect
      ? "set rerun.onUpstream: true to start it again, or apply --rerun"
      : `bring ${newer.by} and what lies between up to date first`;
    warn("outdated", `is outdated: ${newer.reason}`, help);
  }
  if (observed.phase === "failed" || observed.phase === "aborted") {
    const isUsedUp = observed.phase === "failed" && desired.rerun.onFailure > 0;
    const retry = isUsedUp ? "raise rerun.onFailure, of which all retries are used" : "set rerun.onFailure";
    warn(
      "not-succeeded",
      `attempt ${observed.attempt} ended ${observed.status}${observed.reference ? ` (${observed.reference})` : ""}${observed.summary ? `, as ICA says: ${observed.summary}` : ""}; nothing is started again`,
      `change the run, ${observed.phase === "failed" ? `${retry}, ` : ""}or apply --rerun ${desired.name} for one more attempt`,
    );
  }
  const tagFields = tagUpdate(desired, observed, changed);
  if (tagFields.length > 0) {
    const reason = renamedFrom(desired, observed) ? `renamed from ${observed.name}` : "tags differ";
    return { change: settled(changeOf("update", desired, observed, reason, tagFields), newer), desired, observed };
  }
  const status = observed.status === undefined ? "" : ` (${observed.status})`;
  const change = changeOf("no-op", desired, observed, `as declared${status}`, []);
  return { change: settled(change, newer), desired, observed };
}

/** A start that waits for what it depends on, or a create, or one more attempt. */
function start(
  desired: Desired,
  observed: Observed | undefined,
  reason: string,
  fields: FieldChange[],
  earlier: ReadonlyMap<string, Decision>,
): Decision {
  const wait = waitFor(desired.dependsOn, earlier);
  const action: Action = wait !== undefined ? "wait" : observed === undefined ? "create" : "rerun";
  const change = changeOf(action, desired, observed, wait?.reason ?? reason, fields);
  if (wait?.blockedBy !== undefined) change.blockedBy = wait.blockedBy;
  if (desired.kind === "PipelineRun") change.attempt = Math.max(observed?.attempt ?? 0, desired.held?.attempt ?? 0) + 1;
  return { change, desired, ...(observed === undefined ? {} : { observed }) };
}

/** What stays as it is, with what is to be known of it. */
function settled(change: Change, newer: Outdated | undefined): Change {
  if (newer !== undefined) change.outdatedBy = newer.by;
  return change;
}

function tagUpdate(desired: Desired, observed: Observed, changed: readonly Section[]): FieldChange[] {
  if (desired.tags === undefined || observed.tags === undefined) return [];
  const isIgnored = desired.rerun.ignoreChanges.includes("tags");
  const fields = isIgnored ? [] : missingTags(desired.tags, observed.tags);
  const renamed = renamedFrom(desired, observed);
  if (renamed) fields.push({ path: "name", before: observed.name, after: desired.name, sensitive: false });
  // A tag that is no longer declared stays in ICA, where people may have put it too; only our own mark is renewed.
  if (fields.length === 0 && changed.includes("tags") && !isIgnored) {
    fields.push({ path: "tags", before: observed.tags, after: desired.sections.tags ?? {}, sensitive: false });
  }
  return fields;
}

function decideOrphan(observed: Observed, prune: boolean): Decision {
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

function byActionThenAddress(left: Decision, right: Decision): number {
  return (
    ACTIONS.indexOf(left.change.action) - ACTIONS.indexOf(right.change.action) ||
    byCodeUnit(left.change.address, right.change.address) ||
    byCodeUnit(left.change.project ?? "", right.change.project ?? "")
  );
}
