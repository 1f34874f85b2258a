import type { Decision } from "./decision.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { SECTIONS, type Section } from "./fingerprint.ts";
import type { Plan } from "./plan.ts";
import type { Attempt, Desired } from "./resource.ts";

/** Why a run is, or is not, going to run: `plan --explain`. */
export interface Explanation {
  formatVersion: "1.0";
  address: string;
  action: Plan["changes"][number]["action"];
  reason: string;
  project?: string;
  /** Hashes of what is declared beside those of the newest attempt; `ignored`: a change of it is no reason to rerun. */
  sections: {
    section: Section;
    declared?: string;
    inIca?: string;
    state: "same" | "changed" | "new";
    ignored: boolean;
  }[];
  /** From the first to the newest; `api`: where ICA's API tells of it. */
  attempts: (Attempt & { api: string })[];
  dependsOn: { address: string; action: string; status?: string }[];
  rerun: Desired["rerun"];
  /** What policy refuses of the whole plan; until it is gone, nothing is applied. */
  refusals: string[];
  diagnostics: Diagnostic[];
}

/** Puts together what the plan has decided of one declared run, and from what. Undefined when it is not in the plan. */
export function explainRun(
  address: string,
  decisions: readonly Decision[],
  plan: Plan,
  refusals: readonly string[],
): Explanation | undefined {
  const found = decisions.find(({ change, desired }) => change.address === address && desired !== undefined);
  if (found?.desired === undefined) return undefined;
  const { change, desired, observed } = found;
  const was = observed?.fingerprint;
  const attempts = (observed?.attempts ?? []).map((attempt) => ({
    ...attempt,
    api: `${plan.server.replace(/\/$/, "")}/api/projects/${observed?.project?.id}/analyses/${attempt.id}`,
  }));
  return {
    formatVersion: "1.0",
    address,
    action: change.action,
    reason: change.reason,
    ...(change.project === undefined ? {} : { project: change.project }),
    sections: SECTIONS.flatMap((section) => {
      const [declared, inIca] = [desired.fingerprint[section], was?.[section]];
      if (declared === undefined && inIca === undefined) return [];
      const state = was === undefined ? "new" : declared === inIca ? "same" : "changed";
      // Tags are updated in place.
      const ignored = section === "tags" || !desired.rerun.onChange || desired.rerun.ignoreChanges.includes(section);
      return [{ section, ...(declared && { declared }), ...(inIca && { inIca }), state, ignored } as const];
    }),
    attempts,
    dependsOn: desired.dependsOn.map((upstream) => {
      const other = decisions.find((one) => one.change.address === upstream);
      const status = other?.observed?.status;
      return {
        address: upstream,
        action: other?.change.action ?? "not planned",
        ...(status === undefined ? {} : { status }),
      };
    }),
    rerun: desired.rerun,
    refusals: [...refusals],
    diagnostics: plan.diagnostics.filter(({ message }) => message.split(/[^\w/-]/).includes(address)),
  };
}
