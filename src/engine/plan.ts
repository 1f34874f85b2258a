import type { Decision } from "../core/decision.ts";
import { type Diagnostic, hasErrors, type Locator, sortDiagnostics } from "../core/diagnostic.ts";
import { digestOf } from "../core/digest.ts";
import { TreeError } from "../core/errors.ts";
import type { Reader } from "../core/ica.ts";
import type { Kind, StepContext } from "../core/kind.ts";
import type { Resolved } from "../core/need.ts";
import { writePatches } from "../core/patch.ts";
import { byActionThenAddress, type Change, isWrite, MAX_READ_BACK, type Plan, summarize } from "../core/plan.ts";
import { policyViolations } from "../core/policy.ts";
import { ruleViolations } from "../core/rule-violations.ts";
import type { Tree } from "../core/spec.ts";
import type { Step } from "../core/step.ts";
import { type Blocked, block } from "../core/upstream.ts";
import { type ActivationWish, showActivationCodes } from "./activation.ts";
import { estimateCredits } from "./credits.ts";
import { effectsOf } from "./effects.ts";
import { lookUp } from "./lookup.ts";
import { type ObservedStack, type ObserveOptions, observeStack } from "./observe.ts";
import { atProjects } from "./project-errors.ts";
import { sampleCalls } from "./sample-calls.ts";
import { sharedData } from "./shared-data.ts";
import { folderOverlaps, targetConflicts } from "./target-conflicts.ts";

export interface PlanOptions extends ObserveOptions {
  /** The server's base URL, as the plan names it. */
  server: string;
  /** Calls a second that the client has found to be permitted so far, if it has met a limit. */
  foundRate?: () => number | undefined;
  /** Show what the plan is likely to cost; done unasked where policy limits it. */
  estimate?: boolean;
  /** What the offline checks have found already; the plan tells it first. */
  warnings?: readonly Diagnostic[];
}

/** A plan with what is needed to carry it out: for each change its one write, and the ids of known credentials. */
export interface PlannedStack {
  plan: Plan;
  steps: ReadonlyMap<Change, Step>;
  /** Names of credentials in ICA → their ids. */
  credentials: ReadonlyMap<string, string>;
  /** Where each declared thing stands in a manifest. */
  locators: ReadonlyMap<Change, Locator>;
  /** Beyond policy: one line each; not to be applied. */
  refusals: readonly string[];
  /** What each change was decided from. */
  decisions: readonly Decision[];
}

/** A change that starts something, with what the plan still wants to show of it. */
interface Starting extends ActivationWish {
  kind: Kind;
  context: StepContext;
}

/** Calls a second that are reckoned with where no limit is known: those at which an apply begins (`src/ica/pace.ts`). */
const ASSUMED_RATE = 20;

/**
 * resolve → observe → decide → look up → effects → guard. Reads only.
 *
 * @throws TreeError with every mistake that shows only in ICA (unknown names, data that is not available)
 */
export async function planStack(
  tree: Tree,
  reader: Reader,
  kinds: readonly Kind[],
  options: PlanOptions,
): Promise<PlannedStack> {
  const observed = await observeStack(tree, reader, kinds, options);
  return atProjects(observed.projects, observed.named, () => planObserved(tree, reader, kinds, options, observed));
}

async function planObserved(
  tree: Tree,
  reader: Reader,
  kinds: readonly Kind[],
  options: PlanOptions,
  { projects, credentials, matched, decisions, diagnostics }: ObservedStack,
): Promise<PlannedStack> {
  const kindOf = new Map(kinds.map((kind) => [kind.kind, kind]));
  const contexts = decisions.flatMap((decision) => contextOf(tree, decision, kindOf));
  const needs = contexts.flatMap(({ kind, context }) => kind.needs(context));
  const { resolved, diagnostics: notFound } = await lookUp(reader, needs, projects, matched.observed);
  diagnostics.push(...notFound, ...folderOverlaps(tree, projects));
  block(
    decisions,
    contexts.flatMap(({ kind, context }) => missingOutputOf(kind, context, resolved) ?? []),
  );

  const steps = new Map<Change, Step>();
  const starting: Starting[] = [];
  for (const { kind, context } of contexts) {
    const full: StepContext = { ...context, resolved };
    const { step, diagnostics: mistakes, activation } = kind.toStep(full);
    diagnostics.push(...mistakes);
    if (step !== undefined) steps.set(context.change, step);
    if (context.change.action === "create" || context.change.action === "rerun") {
      starting.push({ change: context.change, kind, context: full, activation });
    }
  }
  diagnostics.push(...sharedData(decisions, steps));
  if (hasErrors(diagnostics)) throw new TreeError(sortDiagnostics(diagnostics));
  await readBackChanges(starting, reader);
  await showActivationCodes(starting, reader, credentials);
  for (const { change, observed } of decisions) {
    if (change.action !== "abort" || observed?.project === undefined) continue;
    steps.set(change, { type: "abort", projectId: observed.project.id, analysisIds: observed.activeIds });
  }
  await showEffects(
    contexts.map(({ kind, context }) => ({ kind, context: { ...context, resolved } })),
    reader,
  );

  const changes = decisions.map((decision) => decision.change).sort(byActionThenAddress);
  const starts = starting.flatMap(({ change, context }) =>
    context.desired.project === undefined ? [] : [{ change, projectId: context.desired.project.id }],
  );
  const isLimited = tree.stack.spec.policy?.maxCredits !== undefined;
  const credits = options.estimate || isLimited ? await estimateCredits(reader, starts, changes) : undefined;
  await writePatches(changes);
  const plan: Plan = {
    formatVersion: "1.0",
    stack: tree.stack.name,
    server: options.server,
    digest: digestOf({ stack: tree.stack.name, server: options.server, changes }),
    summary: summarize(changes),
    changes,
    requests: estimate(decisions, steps, tree, options.foundRate?.()),
    ...(credits === undefined ? {} : { credits }),
    diagnostics: [...(options.warnings ?? []), ...sortDiagnostics(diagnostics)],
  };
  const locators = new Map(
    decisions.flatMap(({ change, desired }) => (desired ? [[change, desired.locate] as const] : [])),
  );
  const refusals = [...policyViolations(tree.stack.spec.policy, changes, credits), ...ruleViolations(tree.rules, plan)];
  return { plan, steps, credentials, locators, refusals, decisions };
}

/** What the mappings of everything that starts, now or after a wait, will meet. */
async function showEffects(starts: readonly { kind: Kind; context: StepContext }[], reader: Reader): Promise<void> {
  const writing = starts
    .filter(({ context }) => context.change.action !== "update")
    .map(({ kind, context }) => ({ change: context.change, desired: context.desired, targets: kind.targets(context) }));
  const conflicts = targetConflicts(writing);
  if (conflicts.length > 0) throw new TreeError(conflicts);
  const effectOf = await effectsOf(
    reader,
    writing.flatMap(({ targets }) => targets),
  );
  for (const { change, targets } of writing) change.effects = targets.map(effectOf);
}

/** For reruns only, of which the first few are read: each takes calls of its own. The others say that they are not. */
async function readBackChanges(starting: readonly Starting[], reader: Reader): Promise<void> {
  const readings = starting.flatMap(({ change, kind, context }) => {
    const read = change.action === "rerun" ? kind.readBack(context) : undefined;
    return read === undefined ? [] : [{ change, read }];
  });
  await Promise.all(
    readings.slice(0, MAX_READ_BACK).map(async ({ change, read }) => {
      const fields = await read(reader);
      if (fields === undefined) return;
      change.fields = change.fields.flatMap((field) => (field.path === "input" ? fields : [field]));
    }),
  );
  for (const { change } of readings.slice(MAX_READ_BACK)) {
    change.fields = change.fields.map((field) => (field.path === "input" ? { ...field, unread: true } : field));
  }
}

/** What keeps a run from starting although all that it depends on has succeeded: an output that is not there. */
function missingOutputOf(kind: Kind, context: Omit<StepContext, "resolved">, resolved: Resolved): Blocked | undefined {
  for (const need of kind.needs(context)) {
    if (need.type !== "output" || resolved.output(need.project, need.run, need.path) !== undefined) continue;
    const reason = `blocked: ${need.run} wrote no ${need.path} that it can read`;
    return { address: context.change.address, reason, blockedBy: need.run };
  }
  return undefined;
}

function contextOf(
  tree: Tree,
  { change, desired, observed }: Decision,
  kindOf: ReadonlyMap<string, Kind>,
): { kind: Kind; context: Omit<StepContext, "resolved"> }[] {
  const kind = desired === undefined ? undefined : kindOf.get(desired.kind);
  if (kind === undefined || desired === undefined || !(isWrite(change.action) || change.action === "wait")) return [];
  return [{ kind, context: { tree, change, desired, observed } }];
}

/** One call for each write, one more for what is shared, and the listing that verifies the creates. */
function estimate(
  decisions: readonly Decision[],
  steps: ReadonlyMap<Change, Step>,
  tree: Tree,
  found: number | undefined,
): Plan["requests"] {
  const limits = tree.stack.spec.limits;
  const calls = [...steps.values()].reduce((sum, step) => sum + callsOf(step), 0);
  const runs = decisions.filter(({ change }) => change.attempt !== undefined).length;
  const isStarting = [...steps.values()].some((step) => step.type === "create-analysis");
  const verify = isStarting ? Math.ceil(runs / (limits?.pageSize ?? 1000)) : 0;
  const own = new Map<string, number>();
  for (const { observed } of decisions) {
    if (observed?.sample === undefined || observed.attempt === 0 || observed.project === undefined) continue;
    own.set(observed.project.id, (own.get(observed.project.id) ?? 0) + 1);
  }
  const estimated = calls + verify + sampleCalls(steps.values(), own, limits?.pageSize ?? 1000);
  const rate = rateOf(limits?.requestsPerSecond, found);
  return { estimated, seconds: Math.ceil(estimated / rate.requestsPerSecond), ...rate };
}

/** A declared limit is a ceiling: the server may have less to give. */
function rateOf(
  declared: number | undefined,
  found: number | undefined,
): Pick<Plan["requests"], "requestsPerSecond" | "basis"> {
  if (found !== undefined && found < (declared ?? Number.POSITIVE_INFINITY)) {
    return { requestsPerSecond: Math.max(0.1, Math.round(found * 10) / 10), basis: "found" };
  }
  return declared === undefined
    ? { requestsPerSecond: ASSUMED_RATE, basis: "assumed" }
    : { requestsPerSecond: declared, basis: "declared" };
}

function callsOf(step: Step): number {
  if (step.type === "create-credential") return step.share ? 2 : 1;
  if (step.type === "update-credential") return (step.secrets === undefined ? 0 : 2) + (step.share ? 1 : 0);
  if (step.type === "update-tags") return 2;
  if (step.type === "create-sample") return 0;
  if (step.type === "update-sample") return 2 + step.link.length + (step.complete ? 1 : 0);
  return step.type === "abort" ? step.analysisIds.length : 1;
}
