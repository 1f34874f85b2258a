import type { Clock } from "./clock.ts";
import { deliverOutputs } from "./outputs.ts";
import type { AnalysisRecord, AnalysisStatus, Transition } from "./records.ts";
import type { World } from "./world.ts";

/** The statuses after which nothing changes any more (ica-facts). */
const FINAL: readonly AnalysisStatus[] = ["SUCCEEDED", "FAILED", "FAILED_FINAL", "ABORTED"];

/** How much of a run's duration has passed when a status begins. */
const PHASES: readonly [AnalysisStatus, number][] = [
  ["REQUESTED", 0],
  ["QUEUED", 0.02],
  ["INITIALIZING", 0.05],
  ["PREPARING_INPUTS", 0.1],
  ["IN_PROGRESS", 0.2],
  ["GENERATING_OUTPUTS", 0.9],
];

/** Simulated seconds from ABORTING to ABORTED. */
const ABORT_SECONDS = 30;

/** The course of a run that is created now. */
export function plannedCourse(clock: Clock, duration: number, outcome: "SUCCEEDED" | "FAILED"): Transition[] {
  const from = clock.progress();
  const length = Number.isFinite(clock.speed) ? duration : 0;
  const phases = PHASES.map(([status, share]): Transition => ({ status, at: from + share * length }));
  return [...phases, { status: outcome, at: from + length }];
}

/** The course of a seeded run that has reached `status`: final ones are over, active ones go on to their outcome. */
export function seededCourse(
  clock: Clock,
  created: number,
  status: AnalysisStatus,
  plan: { duration: number; outcome: "SUCCEEDED" | "FAILED" },
): Transition[] {
  const from = Math.min(0, (created - clock.timeOf(0)) / 1000);
  const phase = PHASES.find(([name]) => name === status);
  if (phase === undefined) {
    const start: Transition[] = [
      { status: "REQUESTED", at: from },
      { status: "INITIALIZING", at: from },
    ];
    return [...start, { status, at: isFinal(status) ? Math.min(0, from + plan.duration) : from }];
  }
  const passed = phase[1] * plan.duration;
  const phases = PHASES.map(([name, share]): Transition => ({ status: name, at: share * plan.duration - passed }));
  return [...phases, { status: plan.outcome, at: plan.duration - passed }];
}

/** The status of an analysis now. */
export function statusOf(analysis: AnalysisRecord, clock: Clock): AnalysisStatus {
  return current(analysis, clock.progress())?.status ?? "REQUESTED";
}

export function isFinal(status: AnalysisStatus): boolean {
  return FINAL.includes(status);
}

/** Wall times of an analysis: when it started to run, when it ended, and when it last changed. */
export function timesOf(
  analysis: AnalysisRecord,
  clock: Clock,
): { start: number | null; end: number | null; modified: number } {
  const progress = clock.progress();
  const begun = analysis.transitions.find(({ status, at }) => status === "INITIALIZING" && at <= progress);
  const latest = current(analysis, progress);
  const ended = latest !== undefined && isFinal(latest.status) ? latest : undefined;
  const changed = latest === undefined ? analysis.timeCreated : clock.timeOf(latest.at);
  return {
    start: begun === undefined ? null : clock.timeOf(begun.at),
    end: ended === undefined ? null : clock.timeOf(ended.at),
    modified: Math.max(analysis.timeCreated, analysis.timeEdited, changed),
  };
}

/** The progress at which an analysis reached its final status, or null. */
export function endedAt(analysis: AnalysisRecord, clock: Clock): number | null {
  const latest = current(analysis, clock.progress());
  return latest !== undefined && isFinal(latest.status) ? latest.at : null;
}

/** Adds an analysis to those whose outputs are still to be written. */
export function schedule(world: World, analysis: AnalysisRecord): void {
  const at = analysis.transitions.at(-1)?.at ?? 0;
  const pending = world.store.pending;
  let index = pending.length;
  while (index > 0 && (pending[index - 1]?.at ?? 0) > at) index -= 1;
  pending.splice(index, 0, { at, analysis });
}

/** Writes the outputs of all runs that have ended by now, in the order of their ends. Called before every read. */
export function settle(world: World): void {
  const { pending } = world.store;
  const progress = world.clock.progress();
  const first = pending.findIndex(({ at }) => at > progress);
  const due = first === 0 ? [] : pending.splice(0, first === -1 ? pending.length : first);
  for (const { analysis } of due) {
    const last = analysis.transitions.at(-1);
    if (analysis.settled || last === undefined || !isFinal(last.status)) continue;
    if (last.at > progress) {
      schedule(world, analysis);
      continue;
    }
    analysis.settled = true;
    if (last.status === "SUCCEEDED" || last.status === "FAILED") deliverOutputs(world, analysis, last);
  }
}

/** Starts to abort; the caller has seen that the run is not at its end. */
export function abort(world: World, analysis: AnalysisRecord): void {
  if (analysis.transitions.some(({ status }) => status === "ABORTING")) return;
  const begin = world.clock.progress() + world.switches.abortDelay;
  const end = Number.isFinite(world.clock.speed) ? begin + ABORT_SECONDS : begin;
  cut(analysis, begin);
  analysis.transitions.push({ status: "ABORTING", at: begin }, { status: "ABORTED", at: end });
}

/** Sets a status from outside (control endpoint); it stays until it is set again. */
export function force(world: World, analysis: AnalysisRecord, status: AnalysisStatus): void {
  const at = world.clock.progress();
  cut(analysis, at);
  const waiting = status === "REQUESTED" || status === "QUEUED";
  const begun = analysis.transitions.some((transition) => transition.status === "INITIALIZING");
  if (!waiting && !begun) analysis.transitions.push({ status: "INITIALIZING", at });
  analysis.transitions.push({ status, at });
  if (!analysis.settled) schedule(world, analysis);
}

/** Drops what lies ahead. */
function cut(analysis: AnalysisRecord, at: number): void {
  analysis.transitions = analysis.transitions.filter(
    (transition) => transition.at < at || transition.status === "REQUESTED",
  );
}

function current(analysis: AnalysisRecord, progress: number): Transition | undefined {
  return analysis.transitions.findLast(({ at }) => at <= progress);
}
