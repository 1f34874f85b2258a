/** How one action of an apply ended (contract: done, failed, skipped, unknown). */
export type Outcome = "done" | "failed" | "skipped" | "unknown";

export interface Result {
  address: string;
  action: string;
  outcome: Outcome;
  /** ICA's ids of what was made or changed. */
  analysisId?: string;
  reference?: string;
  /** Why it is not done, in one line. */
  error?: string;
  /** What to do about it. */
  help?: string;
  /** What is worth knowing although it is done. */
  note?: string;
  /** Of a run that was followed: ICA's own word. */
  status?: string;
  /** Of a run that failed: its failed steps, and the last lines of their logs. All of it is ICA's text. */
  steps?: { name: string; status: string; exitCode?: number; log?: string[]; logPath?: string }[];
  /** Where the cause is declared. */
  file?: string;
  line?: number;
  column?: number;
}

export interface ApplySummary {
  done: number;
  failed: number;
  skipped: number;
  unknown: number;
}

export function summarizeResults(results: readonly Result[]): ApplySummary {
  const count = (outcome: Outcome) => results.filter((result) => result.outcome === outcome).length;
  return { done: count("done"), failed: count("failed"), skipped: count("skipped"), unknown: count("unknown") };
}
