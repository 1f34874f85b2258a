/** What a status means for the tool. `unknown`: a newer server's word; the run is there and left alone. */
export type Phase = "active" | "succeeded" | "failed" | "aborted" | "unknown";

const V3_SPELLINGS = ["INPROGRESS", "AWAITINGINPUT", "FAILEDFINAL"];

/** ICA's statuses (ica-facts; V3 spells some without the underscore). The last four are final. */
const PHASES: Record<string, Phase> = {
  REQUESTED: "active",
  QUEUED: "active",
  INITIALIZING: "active",
  PREPARING_INPUTS: "active",
  IN_PROGRESS: "active",
  INPROGRESS: "active",
  GENERATING_OUTPUTS: "active",
  AWAITING_INPUT: "active",
  AWAITINGINPUT: "active",
  ABORTING: "active",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  FAILED_FINAL: "failed",
  FAILEDFINAL: "failed",
  ABORTED: "aborted",
};

export function phaseOf(status: string): Phase {
  return Object.hasOwn(PHASES, status) ? (PHASES[status] as Phase) : "unknown";
}

/** ICA's own statuses, as its newer answers spell them. */
export const STATUSES: readonly string[] = Object.keys(PHASES).filter((status) => !V3_SPELLINGS.includes(status));
