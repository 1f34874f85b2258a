import type { Diagnostic } from "../core/diagnostic.ts";
import { safe, withoutRunnerCommands } from "./safe.ts";
import { PLAIN, type Style } from "./style.ts";

/** `file:line:column: error: what is wrong [code]`, the lines around it, and what to do. */
export function diagnosticText(diagnostic: Diagnostic, style: Style = PLAIN): string {
  const { severity, message, code, frame, help } = diagnostic;
  const word = severity === "error" ? style.red("error") : style.yellow("warning");
  const lines = [`${placeText(diagnostic)}${word}: ${safe(message)} ${style.dim(`[${code}]`)}`];
  if (frame !== undefined && severity === "error")
    lines.push(
      withoutRunnerCommands(frame)
        .split("\n")
        .map((line) => `  ${line}`)
        .join("\n"),
    );
  if (help !== undefined) lines.push(`  ${style.cyan("help")}: ${safe(help)}`);
  return lines.join("\n");
}

/** `2 errors, 1 warning`. */
export function diagnosticCounts(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic["severity"]) => diagnostics.filter((one) => one.severity === severity).length;
  const parts = (["error", "warning"] as const).flatMap((severity) => {
    const found = count(severity);
    return found === 0 ? [] : [`${found} ${severity}${found === 1 ? "" : "s"}`];
  });
  return parts.join(", ");
}

function placeText({ file, line, column }: Diagnostic): string {
  if (file === undefined) return "";
  // A line of a job's log that begins with `::` is a command to GitHub's runner; files are named by anyone.
  const name = safe(file).replace(/^\s*(?=::)/, "./");
  return line === undefined ? `${name}: ` : `${name}:${line}:${column}: `;
}
