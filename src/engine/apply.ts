import { inDependencyOrder } from "../core/graph.ts";
import type { Change } from "../core/plan.ts";
import type { SecretRef } from "../core/spec.ts";
import { applyCredential } from "./apply-credential.ts";
import { applyRun } from "./apply-run.ts";
import { applySamples, isSampleTask } from "./apply-samples.ts";
import { applyTags } from "./apply-tags.ts";
import { forEachBounded } from "./bounded.ts";
import { failureOf, INTERRUPTED, messageOf } from "./failure.ts";
import type { Result } from "./outcome.ts";
import type { PlannedStack } from "./plan.ts";
import { checkSecrets, credentialsIn, secretsOf } from "./secrets.ts";
import { settle } from "./settle.ts";
import { type ApplyContext, named, type Task } from "./task.ts";
import { verify } from "./verify.ts";

/**
 * Carries out exactly the planned writes: credentials first, then all runs, which never depend on one another within
 * a plan. Failures do not stop what is independent of them. Unknown outcomes are settled by reading, and every run
 * that was made is verified to be there exactly once.
 *
 * @param ahead secrets that what starts later will need: nothing is begun that could not be ended
 * @throws TreeError before anything is sent, when a secret is missing
 */
export async function applyPlan(
  planned: PlannedStack,
  given: Omit<ApplyContext, "sent">,
  ahead: readonly SecretRef[] = [],
): Promise<Result[]> {
  const context: ApplyContext = Object.assign(Object.create(given), { sent: new Map() });
  const tasks = planned.plan.changes.flatMap((change): Task[] => {
    const step = planned.steps.get(change);
    return step === undefined ? [] : [{ change, step }];
  });
  const secrets = [...tasks.flatMap((task) => secretsOf(task.step)), ...ahead];
  await checkSecrets(secrets, context.secrets, (ref) => context.placeOfSecret?.(ref));

  const results = new Map<Change, Result>();
  const record = (change: Change, result: Result) => {
    results.set(change, result);
    if (result.outcome !== "unknown") context.onResult(result);
  };
  const credentials = new Map(planned.credentials);
  const failedCredentials = new Map<string, string>();
  const isCredential = (task: Task) => task.step.type === "create-credential" || task.step.type === "update-credential";

  await forEachBounded(tasks.filter(isCredential), context.concurrency, async (task) => {
    const result = await attempt(task, context, () => applyCredential(task, context, credentials));
    if (result.outcome !== "done" && isNeeded(task, credentials)) {
      const why = task.step.type === "create-credential" ? "which is not there" : "whose secrets could not be updated";
      failedCredentials.set(task.change.address.slice("StorageCredential/".length), `${task.change.address}, ${why}`);
    }
    record(task.change, result);
  });

  // Nothing depends on samples, and ICA may take its time with a batch of them.
  const samples = applySamples(tasks.filter(isSampleTask), context, record);
  await forEachBounded(
    tasks.filter((task) => !isCredential(task) && !isSampleTask(task)),
    context.concurrency,
    async (task) => {
      const blocking = credentialsIn(task.step)
        .map((name) => failedCredentials.get(name))
        .find((address) => address !== undefined);
      record(
        task.change,
        blocking === undefined
          ? await attempt(task, context, () => applyTask(task, context, credentials))
          : { ...named(task.change), outcome: "skipped", error: `needs ${blocking}` },
      );
    },
  );
  await samples;
  const others = tasks.filter((task) => !isSampleTask(task));
  await settle(others, results, context);
  await verify(tasks, results, context);
  for (const [change, result] of skippedDependents(planned.plan.changes, results)) record(change, result);
  return planned.plan.changes.flatMap((change) => {
    const result = results.get(change);
    return result === undefined ? [] : [withPlace(result, planned, change)];
  });
}

/** What waits for something that did not come about in this apply, through all levels; each names what it waits for. */
function skippedDependents(changes: readonly Change[], results: ReadonlyMap<Change, Result>): [Change, Result][] {
  const missing = new Set(
    [...results].flatMap(([change, { outcome }]) => (outcome === "done" ? [] : [change.address])),
  );
  const waiting = changes.filter((change) => change.action === "wait");
  return inDependencyOrder(
    waiting,
    (change) => change.address,
    (change) => change.dependsOn ?? [],
  ).flatMap((change): [Change, Result][] => {
    const upstream = change.dependsOn?.find((address) => missing.has(address));
    if (upstream === undefined) return [];
    missing.add(change.address);
    return [[change, { ...named(change), outcome: "skipped", error: `waits for ${upstream}, which did not start` }]];
  });
}

/** Whether runs must not start on this credential: it is not there, or still holds the old secrets. */
function isNeeded({ step }: Task, credentials: ReadonlyMap<string, string>): boolean {
  if (step.type === "create-credential") return !credentials.has(step.name);
  return step.type === "update-credential" && step.secrets !== undefined;
}

/** What did not end well names the manifest's line. */
function withPlace(result: Result, planned: PlannedStack, change: Change): Result {
  const locate = planned.locators.get(change);
  if (result.outcome === "done" || locate === undefined) return result;
  const { file, line, column } = locate(["metadata", "name"]);
  return { ...result, file, line, column };
}

async function applyTask(task: Task, context: ApplyContext, credentials: ReadonlyMap<string, string>): Promise<Result> {
  const { change, step } = task;
  if (step.type === "create-analysis") return applyRun({ change, step }, context, credentials);
  if (step.type === "update-tags") return applyTags({ change, step }, context);
  if (step.type === "abort") {
    for (const [done, id] of step.analysisIds.entries()) {
      try {
        await context.writer.abortAnalysis(step.projectId, id);
      } catch (error) {
        if (done === 0) throw error;
        const failure = `${done} of ${step.analysisIds.length} attempts aborted, then: ${messageOf(error)}`;
        return { ...named(change), ...failureOf(error), outcome: "failed", error: failure };
      }
    }
    return { ...named(change), outcome: "done", note: "the abort is asked for; ICA carries it out" };
  }
  throw new Error(`no executor for ${step.type}`);
}

/** Runs one task; an error that it does not handle is its failure and nobody else's. */
async function attempt(task: Task, context: ApplyContext, run: () => Promise<Result>): Promise<Result> {
  if (context.signal.aborted) return { ...named(task.change), outcome: "skipped", error: INTERRUPTED };
  try {
    return await run();
  } catch (error) {
    return { ...named(task.change), ...failureOf(error) };
  }
}
