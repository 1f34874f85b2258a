import { changedSections, type Fingerprint } from "../core/fingerprint.ts";
import type { Analysis } from "../core/ica.ts";
import { type Identity, parseIdentity, stackTag } from "../core/identity.ts";
import type { ApplyContext, CreateTask } from "./task.ts";

/** The analysis that carries this very attempt and fingerprint, read by tag; undefined when ICA shows none. */
export async function findAttempt(task: CreateTask, context: ApplyContext): Promise<Analysis | undefined> {
  const { change, step } = task;
  const run = change.address.slice("PipelineRun/".length);
  for await (const analysis of context.reader.analyses(step.projectId, `icaform.run=${run}`)) {
    const isIt = isAttempt(parseIdentity(analysis.tags.technicalTags), context.stack, run, change);
    if (isIt && mayBeOurs(analysis, context)) return analysis;
  }
  return undefined;
}

/** All analyses of the stack in a project, by run and attempt. */
export async function attemptsOf(projectId: string, context: ApplyContext): Promise<Map<string, Analysis[]>> {
  const attempts = new Map<string, Analysis[]>();
  for await (const analysis of context.reader.analyses(projectId, stackTag(context.stack))) {
    const identity = parseIdentity(analysis.tags.technicalTags);
    if (identity === undefined || identity.stack !== context.stack) continue;
    const key = attemptKey(identity.run, identity.attempt);
    attempts.set(key, [...(attempts.get(key) ?? []), analysis]);
  }
  return attempts;
}

/** Another user's apply may have started the same attempt: theirs never settles what became of ours. */
export function mayBeOurs(analysis: Analysis, { writer }: ApplyContext): boolean {
  const user = writer.userId();
  return user === undefined || analysis.owner === undefined || analysis.owner.id === user;
}

export function attemptKey(run: string, attempt: number): string {
  return `${run} ${attempt}`;
}

function isAttempt(
  identity: Identity | undefined,
  stack: string,
  run: string,
  wanted: { attempt?: number; fingerprint?: Fingerprint },
): boolean {
  if (identity === undefined || identity.stack !== stack || identity.run !== run) return false;
  if (identity.attempt !== wanted.attempt || identity.fingerprint === undefined) return false;
  return changedSections(wanted.fingerprint ?? {}, identity.fingerprint).length === 0;
}
