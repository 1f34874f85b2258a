import type { CreditsEstimate, CreditsTotal } from "../core/plan.ts";
import { counted } from "./amounts.ts";

/** `costs about 8.2 iCredits, 9.4 at the 90th percentile (of 20 succeeded runs)` */
export function estimateText({ median, p90, runs }: CreditsEstimate): string {
  return `costs about ${median} iCredits, ${p90} at the 90th percentile (of ${counted(runs, "succeeded run")})`;
}

/** The same of a plan, and what it leaves out; nothing for a plan that nobody asked it of. */
export function totalText(credits: CreditsTotal | undefined): string[] {
  if (credits === undefined || credits.estimated + credits.unknown + credits.waiting === 0) return [];
  const { median, p90, estimated, runs, unknown, waiting, calls } = credits;
  const basis = `rests on ${counted(runs, "succeeded run")}, ${counted(calls, "call")}`;
  const parts = [
    ...(estimated > 0
      ? [`about ${median} iCredits for ${counted(estimated, "run")}, ${p90} at the 90th percentile (${basis})`]
      : []),
    ...(unknown > 0 ? [`no succeeded run tells the price of ${counted(unknown, "run")}`] : []),
    ...(waiting > 0 ? [`${waiting} waiting not counted`] : []),
  ];
  return [`Cost: ${parts.join("; ")}`];
}

/** What finished runs cost, as a status report has it. */
export interface CostView {
  credits: number;
  runs: number;
  unpriced: number;
  notAsked: number;
}

/** `Cost: 12.5 iCredits of 3 finished runs, newest attempts; 1 not priced by ICA` */
export function costLines(cost: CostView | undefined): string[] {
  if (cost === undefined) return [];
  const { credits, runs, unpriced, notAsked } = cost;
  const parts = [
    `${credits} iCredits of ${counted(runs, "finished run")}, newest attempts`,
    ...(unpriced > 0 ? [`${unpriced} not priced by ICA, or not yet`] : []),
    ...(notAsked > 0 ? [`${notAsked} older ones not asked for`] : []),
  ];
  return [`Cost: ${parts.join("; ")}`];
}
