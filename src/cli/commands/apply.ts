import { type Diagnostic, withoutFrames } from "../../core/diagnostic.ts";
import { RefusedError, UsageError } from "../../core/errors.ts";
import { isWrite, type Plan } from "../../core/plan.ts";
import { policyViolationsWithWaits } from "../../core/policy.ts";
import { applyPlan } from "../../engine/apply.ts";
import { type ApplySummary, type Result, summarizeResults } from "../../engine/outcome.ts";
import { type PlannedStack, type PlanOptions, planStack } from "../../engine/plan.ts";
import { refreshed } from "../../engine/refresh.ts";
import { placesOfSecrets, secretsOfWaiting } from "../../engine/secrets.ts";
import { createReader, createWriter } from "../../ica/client.ts";
import { KINDS } from "../../kinds/index.ts";
import { applySummaryText, resultText } from "../../render/apply-text.ts";
import { jsonText } from "../../render/json.ts";
import { planText } from "../../render/plan-text.ts";
import { systemClock } from "../clock.ts";
import { confirm } from "../confirm.ts";
import { clientOptions } from "../connect.ts";
import { EXIT } from "../exit.ts";
import { diagnosticsOf } from "../faults.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { loadForCommand } from "../load.ts";
import { createLog } from "../log.ts";
import { type GlobalOptions, refuseUnlessDigest, refuseWithout } from "../options.ts";
import { findPlanFile, readPlan } from "../plan-file.ts";
import { createProgress, tellCalls } from "../progress.ts";
import { reportDiagnostics, reportFault } from "../report.ts";
import { type RerunOptions, rerunsOf, withReruns } from "../reruns.ts";
import { refuseUnlessReviewed } from "../reviewed.ts";
import { secretStore } from "../secrets.ts";
import { hasAnythingAhead, type Waiting, type WaitOptions, waitForAll } from "../wait.ts";

export interface ApplyCommandOptions extends GlobalOptions, RerunOptions, WaitOptions {
  format: "text" | "json";
  autoApprove: boolean;
  expect?: string;
  target: string[];
  prune: boolean;
  rotate: string[];
  share: string[];
  secretsDir?: string;
}

/** The same line as `plan`, then: is it the reviewed one → confirm → execute that plan value → summary. */
export async function apply(given: readonly string[], options: ApplyCommandOptions, io: Io): Promise<number> {
  refuseWithout(options.wait, "--wait", { "--timeout": options.timeout, "--interval": options.interval });
  refuseUnlessDigest("--expect", options.expect);
  const session = await open(given, options, io);
  const { interrupt, writer, settling, progress } = session;
  try {
    const shown = await planAndShow(session);
    const shownAt = Date.now();
    if (hasAnythingAhead(shown, options.wait) && !options.autoApprove) await confirm(shown.plan, io, interrupt.signal);
    const planned = await refreshed(shown, shownAt, systemClock, session.plan);
    const first = await execute(planned, session);
    const waited = options.wait ? await waitForAll(waiting(shown, first, session), io, session.log) : undefined;
    const fault = waited?.followed.fault;
    const known = new Set(planned.plan.diagnostics.map(({ message }) => message));
    const news = (waited?.followed.warnings ?? []).filter(({ message }) => !known.has(message));
    const later = [...news, ...(fault === undefined ? [] : diagnosticsOf(fault))];
    const summary = tellResults(waited?.results ?? first, planned.plan, later, options.format, io);
    if (options.format === "text") reportDiagnostics(news, io);
    // What was started has been told, so that this is no longer an error of which nothing was done.
    if (fault !== undefined) return reportFault(fault, io) === EXIT.refused ? EXIT.refused : EXIT.incomplete;
    const isComplete = summary.failed + summary.skipped + summary.unknown === 0;
    return isComplete && !interrupt.signal.aborted ? EXIT.done : EXIT.incomplete;
  } finally {
    progress.end();
    interrupt.release();
    await Promise.all([writer.close(), settling.close()]);
  }
}

type Session = Awaited<ReturnType<typeof open>>;

/** All that the steps of one apply share: the tree, what was reviewed, the clients, and how to plan. */
async function open(given: readonly string[], options: ApplyCommandOptions, io: Io) {
  const planFile = await findPlanFile(given);
  const reviewed = { plan: planFile === undefined ? undefined : await readPlan(planFile), digest: options.expect };
  const named = given.filter((path) => path !== planFile);
  const { tree, warnings } = await loadForCommand(named.length > 0 ? named : (reviewed.plan?.paths ?? []), options, io);
  for (const name of [...options.rotate, ...options.share]) {
    if (tree.credentials.some((credential) => credential.name === name)) continue;
    throw new UsageError(`stack ${tree.stack.name} declares no StorageCredential named ${name}`);
  }
  const reruns = rerunsOf(options, tree, reviewed.plan);
  const interrupt = interruptible(io);
  const log = createLog(io, options);
  const progress = createProgress(io, log, options);
  const client = clientOptions(options, tree.stack.spec, io, log, progress.onEvent);
  const writer = createWriter({ ...client, signal: interrupt.signal, deadline: interrupt.deadline });
  // After an interrupt the writer stops; what it left open is settled by reading, for as long as the grace lasts.
  const settling = createReader({ ...client, signal: interrupt.deadline, governor: writer.governor });
  const targets = options.target.length > 0 ? options.target : (reviewed.plan?.options.targets ?? []);
  const planOptions = (): PlanOptions => ({
    server: client.server.href,
    foundRate: writer.governor.limit,
    prune: options.prune || (reviewed.plan?.options.prune ?? false),
    rotate: new Set(options.rotate),
    share: new Set(options.share),
    rerun: reruns,
    now: Date.now(),
    targets: withReruns(targets, reruns),
    warnings,
  });
  const plan = () => planStack(tree, writer, KINDS, planOptions());
  const planWhole = async () => (await planStack(tree, writer, KINDS, { ...planOptions(), targets: [] })).plan;
  const context: Parameters<typeof applyPlan>[1] = {
    stack: tree.stack.name,
    writer,
    get reader() {
      return interrupt.signal.aborted ? settling : writer;
    },
    secrets: secretStore(process.env, options.secretsDir ?? process.env.ICAFORM_SECRETS_DIR, io.secrets.add),
    placeOfSecret: placesOfSecrets(tree),
    clock: systemClock,
    concurrency: client.concurrency ?? 8,
    signal: interrupt.signal,
    onResult: progress.tick,
  };
  return {
    options,
    io,
    tree,
    reviewed,
    reruns,
    interrupt,
    log,
    progress,
    writer,
    settling,
    planOptions,
    plan,
    context,
    planWhole: targets.length > 0 ? planWhole : undefined,
  };
}

/** @throws RefusedError for what was not reviewed, and for what policy does not allow */
async function planAndShow({
  options,
  io,
  tree,
  reviewed,
  reruns,
  progress,
  plan,
  planWhole,
}: Session): Promise<PlannedStack> {
  const shown = await plan();
  progress.pause();
  if (options.format === "text")
    io.out(planText(shown.plan, shown.refusals, io.outStyle, { columns: process.stdout.columns }));
  await refuseUnlessReviewed(shown.plan, reviewed, planWhole, io);
  if (shown.refusals.length > 0) throw new RefusedError("the plan is beyond the stack's policy", shown.refusals);
  const withWaits = options.wait ? policyViolationsWithWaits(tree.stack.spec.policy, shown.plan.changes) : [];
  if (withWaits.length > 0) throw new RefusedError("with what waits, the plan is beyond the stack's policy", withWaits);
  for (const { address, attempt, rerunReason } of shown.plan.changes) {
    const request = rerunReason === undefined ? undefined : reruns.get(address.slice(address.indexOf("/") + 1));
    // From here on the wish is for that attempt: once it is there, it is fulfilled.
    if (request !== undefined && attempt !== undefined) request.attempt = attempt;
  }
  return shown;
}

/** The first round, with the calls that it took beside those that were foreseen. */
async function execute(planned: PlannedStack, session: Session): Promise<Result[]> {
  const { options, tree, interrupt, log, progress, writer, settling, context } = session;
  const before = writer.stats();
  const begunAt = Date.now();
  const toDo = planned.plan.changes.filter((change) => isWrite(change.action)).length;
  interrupt.begin();
  progress.begin(toDo);
  const ahead = options.wait ? secretsOfWaiting(tree, planned.plan.changes) : [];
  const results = await applyPlan(planned, context, ahead).finally(progress.end);
  if (toDo > 0) {
    const after = [writer.stats(), settling.stats()];
    tellCalls(log, planned.plan.requests, {
      calls: sum(after.map((stats) => stats.requests)) - before.requests,
      throttled: sum(after.map((stats) => stats.throttled)) - before.throttled,
      seconds: (Date.now() - begunAt) / 1000,
    });
  }
  return results;
}

function waiting(approved: PlannedStack, results: readonly Result[], session: Session): Waiting {
  const { options, tree, reviewed, writer, planOptions, plan, context, interrupt } = session;
  return {
    ...options,
    tree,
    reader: writer,
    planOptions,
    approved,
    results,
    plan,
    signal: interrupt.signal,
    isPinned: reviewed.plan !== undefined || reviewed.digest !== undefined,
    apply: (ready) => applyPlan(ready, context),
  };
}

/** @param later what was found only while runs were followed */
function tellResults(
  results: readonly Result[],
  plan: Plan,
  later: readonly Diagnostic[],
  format: "text" | "json",
  io: Io,
): ApplySummary {
  const summary = summarizeResults(results);
  if (format === "json") {
    const diagnostics = withoutFrames([...plan.diagnostics, ...later]);
    io.out(`${jsonText({ formatVersion: "1.0", digest: plan.digest, summary, results, diagnostics }, 2)}\n`);
  } else if (results.length > 0) {
    const lines = results.map((result) => resultText(result, io.outStyle)).join("\n");
    io.out(`\n${lines}\n\n${applySummaryText(summary, results, io.outStyle)}\n`);
  }
  return summary;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
