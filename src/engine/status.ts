import type { Decision } from "../core/decision.ts";
import { type Diagnostic, sortDiagnostics } from "../core/diagnostic.ts";
import { digestOf } from "../core/digest.ts";
import type { Reader } from "../core/ica.ts";
import type { Kind } from "../core/kind.ts";
import type { Attempt } from "../core/resource.ts";
import type { Tree } from "../core/spec.ts";
import type { Phase } from "../core/status.ts";
import { observeStack } from "./observe.ts";
import { type ApplySummary, type Outcome, type Result, summarizeResults } from "./outcome.ts";
import { type Phase as RunPhase, stepsOf } from "./phases.ts";
import { pricesOf, type StatusCost } from "./prices.ts";

/** One declared thing, or one orphan, as ICA has it now. */
export interface StatusResult extends Result {
  status?: string;
  attempt?: number;
  project?: string;
  /** RFC 3339, as far as ICA tells them. */
  timeCreated?: string;
  startDate?: string;
  endDate?: string;
  /** What ICA says of its end. */
  summary?: string;
  /** What the attempt cost, in iCredits, where it was asked for and ICA knows it. */
  credits?: number;
  /** All attempts that ICA has, from the first to the newest, with why one was asked for by hand. */
  attempts?: readonly StatusAttempt[];
  /** The stretches of its time, where they were asked for: of its steps, which take a call a run. */
  phases?: readonly RunPhase[];
  /** The run that it depends on and that ran again since. */
  outdatedBy?: string;
  /** Of what waits: the run that did not succeed. */
  blockedBy?: string;
  /** What a plan would do about it, and why. */
  reason: string;
}

export type StatusAttempt = Omit<Attempt, "phase" | "id"> & { analysisId: string };

export interface StatusReport {
  stack: string;
  digest: string;
  summary: ApplySummary;
  /** Where it was asked for. */
  cost?: StatusCost;
  results: StatusResult[];
  diagnostics: Diagnostic[];
}

/** Reads how far everything declared is; as few calls as a plan of nothing to do, and with `cost` one for each price. */
export async function statusOfStack(
  tree: Tree,
  reader: Reader,
  kinds: readonly Kind[],
  options: { server: string; now: number; targets: readonly string[]; cost?: boolean; steps?: number },
): Promise<StatusReport> {
  const decide = { prune: false, rotate: new Set<string>(), share: new Set<string>(), ...options };
  const { decisions, diagnostics } = await observeStack(tree, reader, kinds, decide);
  const changes = decisions.map((decision) => decision.change);
  const observed = decisions.flatMap((decision) => decision.observed ?? []);
  // Samples and credentials have neither a price nor steps.
  const runs = observed.filter(({ kind }) => kind === "PipelineRun");
  const priced = options.cost ? await pricesOf(runs, reader) : undefined;
  const stepped = runs.flatMap(({ id, project, phase }) =>
    project === undefined ? [] : [{ id, project, isActive: phase === "active" }],
  );
  const steps = options.steps ? await stepsOf(stepped, options.steps, reader) : undefined;
  const results = decisions
    .map((decision): StatusResult => {
      const credits = priced?.prices.get(decision.observed?.id ?? "");
      const phases = steps?.get(decision.observed?.id ?? "");
      return {
        ...resultOf(decision),
        ...(credits === undefined ? {} : { credits }),
        ...(phases === undefined ? {} : { phases }),
      };
    })
    .sort((left, right) => (left.address < right.address ? -1 : 1));
  return {
    stack: tree.stack.name,
    digest: digestOf({ stack: tree.stack.name, server: options.server, changes }),
    summary: summarizeResults(results),
    ...(priced === undefined ? {} : { cost: priced.cost }),
    results,
    diagnostics: sortDiagnostics(diagnostics),
  };
}

/** Succeeded is done; what ICA does not have is skipped; what has not ended is not known yet. */
const OUTCOMES: Record<Phase, Outcome> = {
  succeeded: "done",
  failed: "failed",
  aborted: "failed",
  active: "unknown",
  unknown: "unknown",
};

function resultOf({ change, observed }: Decision): StatusResult {
  const { address, action, reason, project, outdatedBy, blockedBy } = change;
  const links = { ...(outdatedBy ? { outdatedBy } : {}), ...(blockedBy ? { blockedBy } : {}) };
  if (observed === undefined)
    return { address, action, outcome: "skipped", reason, ...(project ? { project } : {}), ...links };
  const isRun = observed.kind === "PipelineRun";
  return {
    address,
    action,
    outcome: OUTCOMES[observed.phase],
    reason,
    ...(project === undefined ? {} : { project }),
    ...(isRun ? { attempt: observed.attempt, analysisId: observed.id } : {}),
    ...(observed.status === undefined ? {} : { status: observed.status }),
    ...(observed.reference === undefined ? {} : { reference: observed.reference }),
    ...(observed.summary === undefined ? {} : { summary: observed.summary }),
    timeCreated: observed.timeCreated,
    ...(observed.startDate ? { startDate: observed.startDate } : {}),
    ...(observed.endDate ? { endDate: observed.endDate } : {}),
    ...(isRun
      ? { attempts: observed.attempts.map(({ phase: _phase, id, ...rest }) => ({ analysisId: id, ...rest })) }
      : {}),
    ...links,
  };
}
