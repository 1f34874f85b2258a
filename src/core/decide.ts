/**
 * The differ: one for all kinds. Whether and why something is to be done is decided here and nowhere else; it looks
 * at what is declared and what was observed, and calls nothing.
 */
import { decideRun } from "./decide-run.ts";
import { decideSample, foreignSamples } from "./decide-sample.ts";
import {
  type DecideOptions,
  type Deciding,
  type Decision,
  errorOf,
  orphanOf,
  settle,
  start,
  warningOf,
} from "./decision.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { createdFields } from "./fields.ts";
import { inDependencyOrder } from "./graph.ts";
import { byActionThenAddress } from "./plan.ts";
import type { Desired, Observed } from "./resource.ts";
import { staleReason } from "./stale.ts";

/** Decides every declared thing, in dependency order, then everything observed that is not declared. */
export function decideAll(
  desired: readonly Desired[],
  observed: ReadonlyMap<string, Observed>,
  orphans: readonly Observed[],
  options: DecideOptions,
): { decisions: Decision[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const byAddress = new Map<string, Decision>();
  const given: Deciding = { earlier: byAddress, options, tell: (diagnostic) => diagnostics.push(diagnostic) };
  const ordered = inDependencyOrder(
    desired,
    (item) => item.address,
    (item) => item.dependsOn,
  );
  for (const item of ordered) byAddress.set(item.address, decide(item, observed.get(item.address), given));
  diagnostics.push(...foreignSamples([...byAddress.values()]));
  for (const orphan of orphans) {
    const decision = orphanOf(orphan, options.prune);
    // By id: two projects may have one name.
    byAddress.set(`${orphan.project?.id}/${decision.change.address}`, decision);
  }
  return {
    decisions: [...byAddress.values()].sort((left, right) => byActionThenAddress(left.change, right.change)),
    diagnostics,
  };
}

function decide(desired: Desired, observed: Observed | undefined, given: Deciding): Decision {
  if (observed === undefined) return decideAbsent(desired, given);
  if (desired.sample !== undefined) {
    const { reason, fields } = decideSample(desired, observed);
    return settle(desired, observed, reason, fields);
  }
  return desired.kind === "StorageCredential"
    ? decideCredential(desired, observed, given)
    : decideRun(desired, observed, given);
}

function decideAbsent(desired: Desired, { earlier, options, tell }: Deciding): Decision {
  const request = desired.kind === "PipelineRun" ? options.rerun?.get(desired.name) : undefined;
  if (request !== undefined && request.attempt === undefined) {
    const help = "apply without --rerun: that starts it";
    tell(errorOf(desired, "rerun-not-started", `${desired.address} is not in ICA yet`, help));
  }
  if (desired.held !== undefined) {
    const { attempt, by } = desired.held;
    const message = `attempt ${attempt} under this name is PipelineRun/${by} now; another run is started`;
    const help = `to keep that run under this name, declare it with metadata.formerNames: [${by}]`;
    tell(warningOf(desired, "name-used-before", message, help));
  }
  return start(desired, undefined, "not in ICA", createdFields(desired), earlier);
}

function decideCredential(desired: Desired, observed: Observed, { options, tell }: Deciding): Decision {
  const stale = staleReason(desired, observed, options);
  if (stale === undefined) return settle(desired, observed, "as declared", []);
  if (desired.freshAfter !== undefined && Date.parse(desired.freshAfter) > options.now) {
    const message = `rotateAfter ${desired.freshAfter} is still to come: the secrets are updated at every apply until then`;
    tell(warningOf(desired, "rotate-after-future", message, undefined, ["spec", "rotateAfter"]));
  }
  return settle(desired, observed, stale.reason, stale.fields);
}
