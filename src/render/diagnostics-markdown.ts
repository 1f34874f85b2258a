import type { Diagnostic } from "../core/diagnostic.ts";
import { inert, inertCode } from "./inert.ts";

/** A diagnostic as an item of a list, for a pull request's comment: without the lines around its place. */
export function diagnosticMarkdown({ severity, message, code, help, file, line, column }: Diagnostic): string {
  const place = file === undefined ? "" : ` at ${inertCode(line === undefined ? file : `${file}:${line}:${column}`)}`;
  const advice = help === undefined ? "" : ` · **help:** ${inert(help)}`;
  return `- **${severity}** ${inertCode(code)}${place}: ${inert(message)}${advice}`;
}
