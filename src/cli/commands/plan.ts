import { RefusedError, UsageError } from "../../core/errors.ts";
import { hasPendingChanges } from "../../core/plan.ts";
import type { Tree } from "../../core/spec.ts";
import { didYouMean } from "../../core/suggest.ts";
import { type PlannedStack, planStack } from "../../engine/plan.ts";
import { createReader } from "../../ica/client.ts";
import { KINDS } from "../../kinds/index.ts";
import type { Invocation } from "../../render/how-to-apply.ts";
import { planJson } from "../../render/plan-json.ts";
import { planText } from "../../render/plan-text.ts";
import { clientOptions } from "../connect.ts";
import { EXIT } from "../exit.ts";
import type { PlanFormat } from "../formats.ts";
import { writeForGithub } from "../github.ts";
import type { Io } from "../io.ts";
import { loadForCommand } from "../load.ts";
import { createLog } from "../log.ts";
import type { GlobalOptions } from "../options.ts";
import { savePlan } from "../plan-file.ts";
import { createProgress } from "../progress.ts";
import { type RerunOptions, rerunsOf, withReruns } from "../reruns.ts";

export interface PlanCommandOptions extends GlobalOptions, RerunOptions {
  format: PlanFormat;
  verbose: boolean;
  out?: string;
  detailedExitcode: boolean;
  estimate: boolean;
  target: string[];
  prune: boolean;
  against?: string;
  explain?: string;
}

/** load → connect to read → plan → print. The client that it makes has no method that writes. */
export async function plan(paths: readonly string[], options: PlanCommandOptions, io: Io): Promise<number> {
  const ref = options.against;
  if (ref === undefined) return planAndPrint(paths, options, io);
  return (await import("./against.ts")).against(paths, ref, options, io);
}

async function planAndPrint(paths: readonly string[], options: PlanCommandOptions, io: Io): Promise<number> {
  const { tree, warnings } = await loadForCommand(paths, options, io);
  refuseBesideExplain(options);
  const reruns = rerunsOf(options, tree);
  const targets = withReruns(options.target, reruns);
  const log = createLog(io, options);
  const progress = createProgress(io, log, options);
  const client = clientOptions(options, tree.stack.spec, io, log, progress.onEvent);
  const reader = createReader(client);
  try {
    const planned = await planStack(tree, reader, KINDS, {
      server: client.server.href,
      foundRate: reader.governor.limit,
      prune: options.prune,
      rotate: new Set(),
      share: new Set(),
      rerun: reruns,
      now: Date.now(),
      estimate: options.estimate,
      targets,
      warnings,
    }).finally(progress.end);
    if (options.explain === undefined) {
      const invocation = invocationOf(paths, options);
      io.out(await planAs(options, planned, tree, invocation, io));
      await writeForGithub(planned, invocation, io, process.env);
    } else {
      io.out(await explanationOf(options.explain, tree, planned, options, io));
    }
    if (planned.refusals.length > 0) throw new RefusedError("the plan is beyond the stack's policy", planned.refusals);
    if (options.out !== undefined) {
      const rerun = [...reruns].map(([run, { reason }]) => ({ run, reason }));
      await savePlan(options.out, planned.plan, paths, { prune: options.prune, targets, rerun });
    }
    return options.detailedExitcode && hasPendingChanges(planned.plan) ? EXIT.pending : EXIT.done;
  } finally {
    await reader.close();
  }
}

/** What an apply must be given too, to do what this plan says. */
function invocationOf(paths: readonly string[], options: PlanCommandOptions): Invocation {
  const { prune, target: targets, var: variables, varFile, server } = options;
  return { paths, prune, targets, var: variables, varFile, server };
}

/** @throws UsageError for what `--explain` cannot be given, or cannot be given with */
function refuseBesideExplain({ explain, format, out }: PlanCommandOptions): void {
  if (explain === undefined) return;
  if (nameOf(explain) === "") throw new UsageError("--explain is empty: give the name of a run");
  if (format !== "text" && format !== "json") throw new UsageError(`--explain prints text or json, no ${format}`);
  if (out !== undefined) throw new UsageError("--explain tells of one run: it saves no plan with --out");
}

/** @throws UsageError for a run that is not declared, or not in this plan */
async function explanationOf(
  given: string,
  tree: Tree,
  planned: PlannedStack,
  options: PlanCommandOptions,
  io: Io,
): Promise<string> {
  const name = nameOf(given);
  const address = `PipelineRun/${name}`;
  const names = tree.runs.map((run) => run.name);
  if (!names.includes(name)) {
    if (planned.plan.changes.some((change) => change.address === address)) {
      const help = "declare it again to keep it; apply --prune aborts it while it is active";
      throw new UsageError(`--explain ${given}: in ICA, no longer declared (orphan)`, help);
    }
    throw new UsageError(`--explain ${given}: stack ${tree.stack.name} declares no such run`, didYouMean(name, names));
  }
  const [{ explainRun }, { explainJson, explainText }] = await Promise.all([
    import("../../core/explain.ts"),
    import("../../render/explain-text.ts"),
  ]);
  const explanation = explainRun(address, planned.decisions, planned.plan, planned.refusals);
  if (explanation === undefined) throw new UsageError(`--explain ${given}: --target leaves this run out`);
  return options.format === "json"
    ? explainJson(explanation)
    : explainText(explanation, io.outStyle, process.stdout.columns);
}

function nameOf(given: string): string {
  return given.replace(/^PipelineRun\//, "");
}

/** The formats that few ask for are loaded only then. */
async function planAs(
  options: PlanCommandOptions,
  { plan, refusals }: PlannedStack,
  { stack }: Tree,
  invocation: Invocation,
  io: Io,
): Promise<string> {
  switch (options.format) {
    case "json":
      return planJson(plan, refusals, stack);
    case "markdown":
      return (await import("../../render/markdown.ts")).planMarkdown(plan, refusals, { invocation });
    case "html":
      return (await import("../../render/html.ts")).planHtml(plan, refusals, invocation);
    case "text":
      return planText(plan, refusals, io.outStyle, { verbose: options.verbose, columns: process.stdout.columns });
  }
}
