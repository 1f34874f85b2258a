/** What is to be done about a run that is in ICA: the first of a few questions that has an answer. */
import { type Deciding, type Decision, errorOf, settle, start, UNTOLD, warningOf } from "./decision.ts";
import { changedFields } from "./fields.ts";
import { changedSections, type Section } from "./fingerprint.ts";
import type { FieldChange } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";
import { missingTags, renamedFrom } from "./tags.ts";
import { type Outdated, outdated } from "./upstream.ts";

/** A declared run beside its newest attempt. */
interface Case extends Deciding {
  desired: Desired;
  observed: Observed;
  /** All sections that differ: whatever starts it, the next attempt carries them. */
  changed: readonly Section[];
  /** Those whose change asks for another attempt. */
  asking: readonly Section[];
}

export function decideRun(desired: Desired, observed: Observed, given: Deciding): Decision {
  const changed =
    observed.fingerprint === undefined
      ? []
      : changedSections(desired.fingerprint, observed.fingerprint).filter(
          (section) => !isAsBefore(section, desired, observed),
        );
  const { ignoreChanges } = desired.rerun;
  const asking = changed.filter((section) => section !== "tags" && !ignoreChanges.includes(section));
  const about: Case = { ...given, desired, observed, changed, asking };
  if (observed.fingerprint === undefined) {
    const message = "was started by a newer version of icaform; whether it changed cannot be told";
    given.tell(warningOf(desired, "unknown-fingerprint", message, "update icaform"));
  }
  return askedForByHand(about) ?? changedSince(about) ?? retried(about) ?? leftAsItIs(about);
}

/** What reads an output of a run that was renamed since reads the same. */
function isAsBefore(section: Section, { formerInputs = [] }: Desired, { fingerprint }: Observed): boolean {
  return section === "input" && formerInputs.includes(fingerprint?.input ?? "");
}

/** `--rerun`, unless an attempt fulfils the wish already. */
function askedForByHand(about: Case): Decision | undefined {
  const { desired, observed, options, tell } = about;
  const request = options.rerun?.get(desired.name);
  if (request === undefined || observed.attempt >= (request.attempt ?? Number.POSITIVE_INFINITY)) return undefined;
  const before =
    request.reason === UNTOLD ? undefined : observed.attempts.find(({ reason }) => reason === request.reason);
  if (before !== undefined) {
    // Whoever asked may have been killed before the answer: the same words are the same wish.
    const message = `attempt ${before.attempt} (${before.status}) was asked for with this reason: nothing more is started for it`;
    tell(warningOf(desired, "rerun-done", message, "give another --reason for one more attempt"));
    return undefined;
  }
  const active = observed.attempts.find(({ phase }) => phase === "active" || phase === "unknown");
  if (active !== undefined) {
    const why = active.reason === undefined ? "" : `, asked for by hand: ${active.reason}`;
    const message = `${desired.address}: attempt ${active.attempt} is ${active.status}${why}; nothing is started beside it`;
    const help = "follow it with icaform status --watch, or abort it in ICA first";
    tell(errorOf(desired, "rerun-active", message, help));
  }
  const decision = startAgain(about, `asked for by --rerun: ${request.reason}`);
  decision.change.rerunReason = request.reason;
  if (decision.change.action === "wait") {
    const message = `--rerun has to wait: ${decision.change.reason}`;
    tell(warningOf(desired, "rerun-waits", message, "ask again once it has succeeded, or --wait"));
  }
  return decision;
}

function changedSince(about: Case): Decision | undefined {
  const { desired, observed, asking, tell } = about;
  if (asking.length === 0 || !desired.rerun.onChange) return undefined;
  if (observed.phase === "active") {
    const message = `attempt ${observed.attempt} is still ${observed.status} and goes on beside the new one`;
    tell(warningOf(desired, "still-active", message));
  }
  return startAgain(about, `${asking.join(", ")} changed since attempt ${observed.attempt}`);
}

function retried(about: Case): Decision | undefined {
  const { desired, observed } = about;
  const { onFailure } = desired.rerun;
  // Of an attempt that nobody can read no failures are counted: not even its own.
  const isAllowed = observed.failures > 0 && observed.failures <= onFailure;
  if (observed.phase !== "failed" || !isAllowed) return undefined;
  const retry = `retry ${observed.failures} of ${onFailure}`;
  return startAgain(about, `attempt ${observed.attempt} ended ${observed.status}; ${retry}`);
}

/** Outdated it may be, or failed for good, or tagged otherwise than declared; only the first may start it again. */
function leftAsItIs(about: Case): Decision {
  const { desired, observed, earlier, asking, tell } = about;
  const newer = outdated(desired.dependsOn, observed, earlier);
  if (newer?.isDirect && desired.rerun.onUpstream) {
    const decision = startAgain(about, newer.reason);
    decision.change.outdatedBy = newer.by;
    return decision;
  }
  if (asking.length > 0) {
    const message = `${asking.join(", ")} changed, but rerun.onChange is false: nothing is started`;
    tell(warningOf(desired, "change-ignored", message, undefined, ["spec", "rerun", "onChange"]));
  }
  if (newer !== undefined) tell(warningOf(desired, "outdated", `is outdated: ${newer.reason}`, helpFor(newer)));
  if (observed.phase === "failed" || observed.phase === "aborted") warnOfEnd(about);
  const fields = tagUpdate(about);
  const status = observed.status === undefined ? "" : ` (${observed.status})`;
  const update = renamedFrom(desired, observed) ? `renamed from ${observed.name}` : "tags differ";
  const decision = settle(desired, observed, fields.length > 0 ? update : `as declared${status}`, fields);
  if (newer !== undefined) decision.change.outdatedBy = newer.by;
  return decision;
}

function helpFor({ isDirect, by }: Outdated): string {
  return isDirect
    ? "set rerun.onUpstream: true to start it again, or apply --rerun"
    : `bring ${by} and what lies between up to date first`;
}

function warnOfEnd({ desired, observed, tell }: Case): void {
  const { phase, status, attempt, reference, summary } = observed;
  const said = [reference ? ` (${reference})` : "", summary ? `, as ICA says: ${summary}` : ""].join("");
  const raise =
    desired.rerun.onFailure > 0 ? "raise rerun.onFailure, of which all retries are used" : "set rerun.onFailure";
  // What was aborted is never retried.
  const retry = phase === "failed" ? `${raise}, ` : "";
  const help = `change the run, ${retry}or apply --rerun ${desired.name} for one more attempt`;
  const message = `attempt ${attempt} ended ${status}${said}; nothing is started again`;
  tell(warningOf(desired, "not-succeeded", message, help));
}

function tagUpdate({ desired, observed, changed }: Case): FieldChange[] {
  if (desired.tags === undefined || observed.tags === undefined) return [];
  const isIgnored = desired.rerun.ignoreChanges.includes("tags");
  const fields = isIgnored ? [] : missingTags(desired.tags, observed.tags);
  if (renamedFrom(desired, observed))
    fields.push({ path: "name", before: observed.name, after: desired.name, sensitive: false });
  // A tag that is no longer declared stays in ICA, where people may have put it too; only our own mark is renewed.
  if (fields.length === 0 && changed.includes("tags") && !isIgnored)
    fields.push(...changedFields(desired, observed, ["tags"]));
  return fields;
}

function startAgain({ desired, observed, changed, earlier }: Case, reason: string): Decision {
  return start(desired, observed, reason, changedFields(desired, observed, changed), earlier);
}
