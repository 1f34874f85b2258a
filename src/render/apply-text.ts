import { safe } from "./safe.ts";
import { PLAIN, type Style } from "./style.ts";

/** One action's end, as the engine reports it. */
export interface ResultView {
  address: string;
  action: string;
  outcome: "done" | "failed" | "skipped" | "unknown";
  analysisId?: string;
  reference?: string;
  /** ICA's word for a run that was followed. */
  status?: string;
  error?: string;
  help?: string;
  note?: string;
  steps?: readonly { name: string; status: string; exitCode?: number; log?: readonly string[]; logPath?: string }[];
  file?: string;
  line?: number;
  column?: number;
}

export interface ApplySummaryView {
  done: number;
  failed: number;
  skipped: number;
  unknown: number;
}

/** `done     PipelineRun/x (create): wgs-x-pipeline-… [id]`, and what went wrong. */
export function resultText(result: ResultView, style: Style = PLAIN): string {
  const word = result.outcome.padEnd(7);
  const colour =
    result.outcome === "done" ? style.green(word) : result.outcome === "skipped" ? style.yellow(word) : style.red(word);
  const made = [result.reference, result.analysisId]
    .filter((part) => part !== undefined)
    .map(safe)
    .join(", ");
  const lines = [`${colour} ${safe(result.address)} (${result.action})${made === "" ? "" : style.dim(`  ${made}`)}`];
  if (result.error !== undefined) {
    const place = result.file === undefined ? "" : `${safe(result.file)}:${result.line}:${result.column}: `;
    lines.push(`        ${place}${safe(result.error)}`);
  }
  for (const step of result.steps ?? []) lines.push(...stepLines(step, style));
  if (result.help !== undefined) lines.push(`        ${style.cyan("help")}: ${safe(result.help)}`);
  if (result.note !== undefined) lines.push(`        ${style.dim(`note: ${safe(result.note)}`)}`);
  return lines.join("\n");
}

/** `Apply: 3 done, 1 failed.`, and how to go on where applying again does something. */
export function applySummaryText(
  summary: ApplySummaryView,
  results: readonly Pick<ResultView, "action" | "outcome" | "status">[],
  style: Style = PLAIN,
): string {
  const parts = (["done", "failed", "skipped", "unknown"] as const).flatMap((outcome) =>
    summary[outcome] > 0 || outcome === "done" ? [`${summary[outcome]} ${outcome}`] : [],
  );
  const lines = [style.bold(`Apply: ${parts.join(", ")}.`)];
  if (results.some(isLeft)) lines.push("Apply again to do what is left; what is done is not done twice.");
  return lines.join("\n");
}

/**
 * What waits goes on with what it waits for, which is left too or blocks it for good. A run that ICA has ended as failed
 * is not started again by itself: its own help says what does that.
 */
function isLeft({ action, outcome, status }: Pick<ResultView, "action" | "outcome" | "status">): boolean {
  return outcome !== "done" && action !== "wait" && !(outcome === "failed" && status !== undefined);
}

/** Characters of one log line that are shown. */
const MAX_LOG_LINE = 200;

function stepLines(step: NonNullable<ResultView["steps"]>[number], style: Style): string[] {
  const code = step.exitCode === undefined ? "" : `, exit code ${step.exitCode}`;
  const where = step.logPath === undefined ? "" : `; its log is ${safe(step.logPath)}`;
  const log = (step.log ?? []).map((line) => style.dim(`          | ${safe(line).slice(0, MAX_LOG_LINE)}`));
  return [`        step ${safe(step.name)} ${safe(step.status)}${code}${where}`, ...log];
}
