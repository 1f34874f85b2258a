import type { Plan } from "../core/plan.ts";
import { bytesText, counted } from "./amounts.ts";
import { distinctEffects, isOverwriting, sumOf } from "./effect.ts";

/** Something said of a plan, and how much it matters; `danger`: something is lost or stopped. */
export interface Remark {
  text: string;
  level: "danger" | "warning" | "plain";
}

/**
 * What a reviewer must not overlook, shortest first: what is lost, what is stopped, what is said further down. Empty
 * for a plan that only adds.
 */
export function attentionOf({ changes, diagnostics }: Plan, refusals: readonly string[]): Remark[] {
  const warnings = diagnostics.filter((diagnostic) => diagnostic.severity === "warning").length;
  const aborts = changes.filter((change) => change.action === "abort").length;
  const dangers = [
    ...(refusals.length > 0 ? ["refused by policy"] : []),
    ...overwrites(changes),
    ...(aborts > 0 ? [`${counted(aborts, "run")} will be aborted`] : []),
  ];
  return [
    ...dangers.map((text): Remark => ({ text, level: "danger" })),
    ...(warnings > 0 ? [{ text: counted(warnings, "warning"), level: "warning" } as const] : []),
  ];
}

function overwrites(changes: Plan["changes"]): string[] {
  const met = distinctEffects(changes.flatMap((change) => change.effects).filter(isOverwriting));
  if (met.length === 0) return [];
  const { files, bytes } = sumOf(met);
  // Which files a run writes into a folder is known only once it has run.
  const verb = met.every((one) => one.type === "FILE") ? "will" : "may";
  return [`${counted(files, "file")}${bytes === null ? "" : ` (${bytesText(bytes)})`} ${verb} be overwritten`];
}
