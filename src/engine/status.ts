import type { Decision } from "../core/decide.ts";
import { type Diagnostic, sortDiagnostics } from "../core/diagnostic.ts";
import { digestOf } from "../core/digest.ts";
import type { Reader } from "../core/ica.ts";
import type { Kind } from "../core/kind.ts";
import type { Tree } from "../core/spec.ts";
import type { Phase } from "../core/status.ts";
import { observeStack } from "./observe.ts";
import { type ApplySummary, type Outcome, type Result, summarizeResults } from "./outcome.ts";
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
  /** What a plan would do about it, and why. */
  reason: string;
}

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
  options: { server: string; now: number; targets: readonly string[]; cost?: boolean },
): Promise<StatusReport> {
  const decide = { prune: false, rotate: new Set<string>(), share: new Set<string>(), ...options };
  const { decisions, diagnostics } = await observeStack(tree, reader, kinds, decide);
  const changes = decisions.map((decision) => decision.change);
  const observed = decisions.flatMap((decision) => decision.observed ?? []);
  const priced = options.cost ? await pricesOf(observed, reader) : undefined;
  const results = decisions
    .map((decision): StatusResult => {
      const credits = priced?.prices.get(decision.observed?.id ?? "");
      return { ...resultOf(decision), ...(credits === undefined ? {} : { credits }) };
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
  const { address, action, reason, project } = change;
  if (observed === undefined) return { address, action, outcome: "skipped", reason, ...(project ? { project } : {}) };
  return {
    address,
    action,
    outcome: OUTCOMES[observed.phase],
    reason,
    ...(project === undefined ? {} : { project }),
    ...(observed.kind === "PipelineRun" ? { attempt: observed.attempt, analysisId: observed.id } : {}),
    ...(observed.status === undefined ? {} : { status: observed.status }),
    ...(observed.reference === undefined ? {} : { reference: observed.reference }),
    ...(observed.summary === undefined ? {} : { summary: observed.summary }),
    timeCreated: observed.timeCreated,
    ...(observed.startDate ? { startDate: observed.startDate } : {}),
    ...(observed.endDate ? { endDate: observed.endDate } : {}),
  };
}
