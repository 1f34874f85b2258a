/**
 * The differ: one for all kinds. Whether and why something is to be done is decided here and nowhere else; it looks
 * at what is declared and what was observed, and calls nothing.
 */
import { byCodeUnit } from "./address.ts";
import { type Diagnostic, warningAt } from "./diagnostic.ts";
import { changedFields, createdFields } from "./fields.ts";
import { changedSections, type Section } from "./fingerprint.ts";
import { inDependencyOrder } from "./graph.ts";
import type { Action, Change, FieldChange } from "./plan.ts";
import { ACTIONS } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";
import { missingTags, renamedFrom } from "./tags.ts";

/** What was decided of one address, with the two sides that it was decided from. */
export interface Decision {
  change: Change;
  desired?: Desired;
  observed?: Observed;
}

export interface DecideOptions {
  /** Abort what is no longer declared and still active. */
  prune: boolean;
  /** Names of credentials whose secrets are updated whatever the dates say. */
  rotate: ReadonlySet<string>;
  /** Names of credentials that are shared again. */
  share: ReadonlySet<string>;
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
  for (const orphan of orphans) {
    const decision = decideOrphan(orphan, options.prune);
    byAddress.set(`${decision.change.project}/${decision.change.address}`, decision);
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
  if (observed === undefined) return start(desired, undefined, "not in ICA", createdFields(desired), earlier);

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
  const newer = newerUpstream(desired, observed, earlier);
  if (newer !== undefined && desired.rerun.onUpstream) {
    return start(desired, observed, `${newer} ran again since attempt ${observed.attempt}`, [], earlier);
  }
  if (newer !== undefined) {
    warn(
      "outdated",
      `is outdated: ${newer} ran again since attempt ${observed.attempt}`,
      "set rerun.onUpstream: true to start it again",
    );
  }
  if (observed.phase === "failed" || observed.phase === "aborted") {
    warn(
      "not-succeeded",
      `attempt ${observed.attempt} ended ${observed.status}${observed.reference ? ` (${observed.reference})` : ""}${observed.summary ? `, as ICA says: ${observed.summary}` : ""}; nothing is started again`,
      "change the run, or set rerun.onFailure to allow another attempt",
    );
  }
  const tagFields = tagUpdate(desired, observed, changed);
  if (tagFields.length > 0) {
    const reason = renamedFrom(desired, observed) ? `renamed from ${observed.name}` : "tags differ";
    return { change: changeOf("update", desired, observed, reason, tagFields), desired, observed };
  }
  const status = observed.status === undefined ? "" : ` (${observed.status})`;
  return { change: changeOf("no-op", desired, observed, `as declared${status}`, []), desired, observed };
}

/** A start that waits for what it depends on, or a create, or one more attempt. */
function start(
  desired: Desired,
  observed: Observed | undefined,
  reason: string,
  fields: FieldChange[],
  earlier: ReadonlyMap<string, Decision>,
): Decision {
  const blocking = desired.dependsOn
    .map((address) => waitReason(address, earlier.get(address)))
    .find((text) => text !== undefined);
  const action: Action = blocking !== undefined ? "wait" : observed === undefined ? "create" : "rerun";
  const change = changeOf(action, desired, observed, blocking ?? reason, fields);
  if (desired.project !== undefined) change.attempt = (observed?.attempt ?? 0) + 1;
  return { change, desired, ...(observed === undefined ? {} : { observed }) };
}

function waitReason(address: string, upstream: Decision | undefined): string | undefined {
  if (upstream === undefined) return undefined;
  const { action } = upstream.change;
  if (action === "create" || action === "rerun") return `waits for ${address}, which this plan starts`;
  if (action === "wait") return `waits for ${address}, which waits itself`;
  const observed = upstream.observed;
  if (observed?.phase === "succeeded") return undefined;
  if (observed?.phase === "failed" || observed?.phase === "aborted") {
    return `blocked: ${address} ended ${observed.status}; it must succeed first`;
  }
  return `waits for ${address} (${observed?.status})`;
}

function newerUpstream(
  desired: Desired,
  observed: Observed,
  earlier: ReadonlyMap<string, Decision>,
): string | undefined {
  return desired.dependsOn.find((address) => {
    const upstream = earlier.get(address)?.observed;
    return (
      upstream !== undefined &&
      upstream.attempt > 1 &&
      Date.parse(upstream.timeCreated) > Date.parse(observed.timeCreated)
    );
  });
}

/** What is to be done to a credential that is there: new secrets, sharing, or both. */
function staleReason(
  desired: Desired,
  observed: Observed,
  options: DecideOptions,
): { reason: string; fields: FieldChange[] } | undefined {
  if (desired.kind !== "StorageCredential") return undefined;
  const reasons: string[] = [];
  const fields: FieldChange[] = [];
  const isDue = desired.freshAfter !== undefined && Date.parse(observed.timeModified) < Date.parse(desired.freshAfter);
  if (options.rotate.has(desired.name) || isDue) {
    reasons.push(isDue ? `secrets are older than rotateAfter ${desired.freshAfter}` : "--rotate asks for it");
    const after = desired.freshAfter ?? "now";
    fields.push({ path: "secrets", before: observed.timeModified, after, sensitive: true });
  }
  if (options.share.has(desired.name)) {
    reasons.push("--share asks for it");
    fields.push({ path: "share", after: true, sensitive: false });
  }
  return fields.length === 0 ? undefined : { reason: reasons.join(", "), fields };
}

function tagUpdate(desired: Desired, observed: Observed, changed: readonly Section[]): FieldChange[] {
  if (desired.tags === undefined || observed.tags === undefined) return [];
  const fields = missingTags(desired.tags, observed.tags);
  const renamed = renamedFrom(desired, observed);
  if (renamed) fields.push({ path: "name", before: observed.name, after: desired.name, sensitive: false });
  // A tag that is no longer declared stays in ICA, where people may have put it too; only our own mark is renewed.
  if (fields.length === 0 && changed.includes("tags")) {
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
    ...(observed.attempt === 0 ? {} : { attempt: observed.attempt, analysisId: observed.id }),
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
