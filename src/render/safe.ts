import { stripVTControlCharacters } from "node:util";

/**
 * A string that came from ICA or a manifest, made safe for a terminal and for one line: escape sequences, control
 * characters and the marks that reverse the direction of text are gone (they can forge or hide output).
 */
export function safe(text: string): string {
  const clean = stripVTControlCharacters(text)
    .replace(/[\r\n\t]+/g, " ")
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "");
  return withoutRunnerCommands(clean);
}

/**
 * The runner of GitHub Actions takes `##[` for a command wherever it stands in a line of the log (`actions/runner`,
 * `ActionCommand.cs`); as wide as before, for what is aligned with it.
 */
export function withoutRunnerCommands(text: string): string {
  return text.replaceAll("##[", "# [");
}

/** The same, but that lines stay lines. */
export function safeLines(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map(safe)
    .join("\n");
}
