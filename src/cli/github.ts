import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";
import { AbortedError, UsageError } from "../core/errors.ts";
import { hasPendingChanges, type Plan } from "../core/plan.ts";
import type { Invocation } from "../render/how-to-apply.ts";
import { safe } from "../render/safe.ts";
import { diagnosticsOf } from "./faults.ts";
import type { Io } from "./io.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** GitHub shows 10 of a kind for a step; more would only fill the log. */
const MAX_ANNOTATIONS = 50;

/**
 * Where a job of GitHub Actions looks for results: `changes` and `digest` as outputs of the step, the plan as its
 * summary, warnings as annotations. Elsewhere nothing is done.
 *
 * @throws UsageError when the files that the runner names cannot be written
 */
export async function writeForGithub(
  { plan, refusals }: { plan: Plan; refusals: readonly string[] },
  invocation: Invocation,
  io: Io,
  environment: Environment,
): Promise<void> {
  annotate(plan.diagnostics, io, environment);
  const changes = String(hasPendingChanges(plan));
  await append("GITHUB_OUTPUT", () => outputLine("changes", changes) + outputLine("digest", plan.digest), environment);
  if (!environment.GITHUB_STEP_SUMMARY) return;
  const { planMarkdown } = await import("../render/markdown.ts");
  const summary = () => `${io.secrets.hide(planMarkdown(plan, refusals, { invocation }))}\n`;
  await append("GITHUB_STEP_SUMMARY", summary, environment);
}

/** What a command gives up over, as annotations: mistakes at the lines of the pull request, all else at the run. */
export function annotateFault(fault: unknown, io: Io, environment: Environment): void {
  if (!(fault instanceof AbortedError)) annotate(diagnosticsOf(fault), io, environment);
}

/**
 * `::error file=a.yaml,line=3,col=5,title=unknown-key::there is no key x`. The escapes are those of GitHub's own
 * toolkit (`actions/toolkit`, `packages/core/src/command.ts`).
 */
export function annotationLine(diagnostic: Diagnostic, environment: Environment): string {
  const { severity, code, message, help, file, line, column } = diagnostic;
  const properties = [
    ...(file === undefined ? [] : [["file", fromWorkspace(file, environment)]]),
    ...(line === undefined ? [] : [["line", String(line)]]),
    ...(column === undefined ? [] : [["col", String(column)]]),
    ["title", `icaform: ${code}`],
  ].map(([name, value = ""]) => `${name}=${escapeProperty(safe(value))}`);
  const advice = help === undefined ? "" : `\nhelp: ${safe(help)}`;
  return `::${severity} ${properties.join(",")}::${escapeMessage(safe(message) + advice)}\n`;
}

/** Mistakes and warnings at the lines of the pull request; elsewhere than in a job of GitHub's nothing. */
export function annotate(diagnostics: readonly Diagnostic[], io: Io, environment: Environment): void {
  if (environment.GITHUB_ACTIONS !== "true") return;
  const { hide } = io.secrets;
  for (const { message, help, ...rest } of diagnostics.slice(0, MAX_ANNOTATIONS)) {
    // Before the escapes: a secret that holds a `%` would not be known again after them.
    const hidden = { ...rest, message: hide(message), ...(help === undefined ? {} : { help: hide(help) }) };
    io.err(annotationLine(hidden, environment));
  }
}

/** The runner ends a value at a line that is the delimiter: one that nobody can guess. */
function outputLine(name: string, value: string): string {
  const delimiter = `icaform_${randomUUID()}`;
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}

async function append(variable: string, text: () => string, environment: Environment): Promise<void> {
  const file = environment[variable];
  if (file === undefined || file === "") return;
  try {
    await appendFile(file, text());
  } catch (cause) {
    throw new UsageError(`${variable}: ${file} cannot be written`, undefined, { cause });
  }
}

/** Annotations name files as the repository does, whatever folder the step runs in. */
function fromWorkspace(file: string, { GITHUB_WORKSPACE: workspace }: Environment): string {
  return workspace === undefined || workspace === "" ? file : relative(workspace, resolve(file));
}

function escapeMessage(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
