import type { Plan } from "../core/plan.ts";
import { bytesText, counted } from "./amounts.ts";

/**
 * What a reviewer must not overlook, shortest first: what is lost, what is stopped, what is said further down. Empty
 * for a plan that only adds.
 */
export function attentionOf({ changes, diagnostics }: Plan, refusals: readonly string[]): string[] {
  const warnings = diagnostics.filter((diagnostic) => diagnostic.severity === "warning").length;
  const aborts = changes.filter((change) => change.action === "abort").length;
  return [
    ...(refusals.length > 0 ? ["refused by policy"] : []),
    ...overwrites(changes),
    ...(aborts > 0 ? [`${counted(aborts, "run")} will be aborted`] : []),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
  ];
}

function overwrites(changes: Plan["changes"]): string[] {
  const met = changes.flatMap((change) => change.effects).filter((one) => one.action === "OVERWRITE" && one.files > 0);
  if (met.length === 0) return [];
  const files = met.reduce((sum, one) => sum + one.files, 0);
  const bytes = met.some((one) => one.bytes === null) ? null : met.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  // Which files a run writes into a folder is known only once it has run.
  const verb = met.every((one) => one.type === "FILE") ? "will" : "may";
  return [`${counted(files, "file")}${bytes === null ? "" : ` (${bytesText(bytes)})`} ${verb} be overwritten`];
}
