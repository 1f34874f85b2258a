import { type RerunRequest, UNTOLD } from "../core/decision.ts";
import { UsageError } from "../core/errors.ts";
import { MAX_REASON_LENGTH } from "../core/identity.ts";
import type { Tree } from "../core/spec.ts";
import { didYouMeanOrAll } from "../core/suggest.ts";
import { safe } from "../render/safe.ts";
import type { SavedPlan } from "./plan-file.ts";

export interface RerunOptions {
  /** Names or addresses of runs. */
  rerun: string[];
  reason?: string;
}

const PREFIX = "PipelineRun/";

/**
 * The runs that are asked for once more: on the command line, and in a plan that was saved with such wishes. The
 * latter are fulfilled by the attempt that the plan held, so that a plan that is applied twice starts nothing twice.
 *
 * @throws UsageError for a run that is not declared, and for a reason that cannot be a tag
 */
export function rerunsOf(
  options: RerunOptions,
  tree: Tree,
  reviewed?: Pick<SavedPlan, "changes" | "options">,
): Map<string, RerunRequest> {
  const { rerun } = options;
  // The same words are the same wish.
  const reason = options.reason?.trim();
  if (reason !== undefined && rerun.length === 0) {
    throw new UsageError("--reason says why a run is started once more: give --rerun too");
  }
  if (reason !== undefined) refuseReason(reason);
  const reruns = new Map<string, RerunRequest>();
  for (const saved of reviewed?.options.rerun ?? []) {
    const attempt = reviewed?.changes.find(({ address }) => address === PREFIX + saved.run)?.attempt;
    reruns.set(saved.run, { reason: saved.reason, ...(attempt === undefined ? {} : { attempt }) });
  }
  for (const given of rerun) reruns.set(declaredRun(given, tree), { reason: reason ?? UNTOLD });
  return reruns;
}

/** What is asked for once more is looked at, whatever the targets are. */
export function withReruns(targets: readonly string[], reruns: ReadonlyMap<string, RerunRequest>): string[] {
  return targets.length === 0 ? [] : [...new Set([...targets, ...[...reruns.keys()].map((run) => PREFIX + run)])];
}

function declaredRun(given: string, tree: Tree): string {
  const name = given.startsWith(PREFIX) ? given.slice(PREFIX.length) : given;
  if (tree.runs.some((run) => run.name === name)) return name;
  const help = didYouMeanOrAll(
    name,
    tree.runs.map((run) => run.name),
  );
  throw new UsageError(`--rerun ${given}: stack ${tree.stack.name} declares no such run`, help);
}

function refuseReason(reason: string): void {
  if (reason === UNTOLD) throw new UsageError(`--reason "${UNTOLD}" gives none: say why, or leave it out`);
  if (reason === "") throw new UsageError("--reason is empty: say why, or leave it out");
  if (safe(reason) !== reason) throw new UsageError("--reason must be one line without control characters");
  if (reason.length > MAX_REASON_LENGTH) {
    const help = "it is kept as a tag of the run in ICA; put the long story into the commit";
    throw new UsageError(`--reason has ${reason.length} characters, at most ${MAX_REASON_LENGTH} fit`, help);
  }
}
