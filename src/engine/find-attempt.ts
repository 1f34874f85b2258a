import { changedSections } from "../core/fingerprint.ts";
import type { Analysis } from "../core/ica.ts";
import { type Identity, parseIdentity, stackTag } from "../core/identity.ts";
import { type ApplyContext, type CreateTask, runOf } from "./task.ts";

/** An analysis with who it says that it is. */
export interface Seen {
  analysis: Analysis;
  identity: Identity;
}

/** All analyses of this very attempt of a run, read by tag, whoever started them and from whatever they were made. */
export async function seenAs({ change, step }: CreateTask, context: ApplyContext): Promise<Seen[]> {
  const run = runOf({ change, step });
  const seen: Seen[] = [];
  for await (const analysis of context.reader.analyses(step.projectId, `icaform.run=${run}`)) {
    const identity = parseIdentity(analysis.tags.technicalTags);
    if (identity === undefined || identity.stack !== context.stack || identity.run !== run) continue;
    if (identity.attempt === change.attempt) seen.push({ analysis, identity });
  }
  return seen;
}

/** Whether the declared sections are those that the run was started with. */
export function isAsDeclared({ change }: CreateTask, { identity }: Seen): boolean {
  const { fingerprint } = identity;
  return fingerprint !== undefined && changedSections(change.fingerprint ?? {}, fingerprint).length === 0;
}

/** All analyses of the stack in a project, by run and attempt. */
export async function attemptsOf(projectId: string, context: ApplyContext): Promise<Map<string, Seen[]>> {
  const attempts = new Map<string, Seen[]>();
  for await (const analysis of context.reader.analyses(projectId, stackTag(context.stack))) {
    const identity = parseIdentity(analysis.tags.technicalTags);
    if (identity === undefined || identity.stack !== context.stack) continue;
    const key = attemptKey(identity.run, identity.attempt);
    const seen = attempts.get(key);
    if (seen === undefined) attempts.set(key, [{ analysis, identity }]);
    else seen.push({ analysis, identity });
  }
  return attempts;
}

/** The key of a task's attempt in `attemptsOf`. */
export function attemptOf(task: CreateTask): string {
  return attemptKey(runOf(task), task.change.attempt ?? 1);
}

/**
 * Whether an analysis is this user's. Another user's apply may have started the same attempt, under a key that ICA
 * keeps apart: theirs never settles what became of ours. Where it cannot be told it counts as neither.
 */
export function ownership(analysis: Analysis, context: ApplyContext): "ours" | "theirs" | "unclear" {
  const user = ownUser(context);
  if (user === undefined || analysis.owner === undefined) return "unclear";
  return analysis.owner.id === user ? "ours" : "theirs";
}

/** Told best by what this process made; a token may be opaque. */
function ownUser({ sent, writer }: ApplyContext): string | undefined {
  const made = [...sent.values()].find((one) => one.made?.owner !== undefined)?.made;
  return made?.owner?.id ?? writer.userId();
}

function attemptKey(run: string, attempt: number): string {
  return `${run} ${attempt}`;
}
