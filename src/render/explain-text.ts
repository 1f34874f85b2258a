import { withoutFrames } from "../core/diagnostic.ts";
import type { Explanation } from "../core/explain.ts";
import { SIGNS } from "../core/plan.ts";
import { diagnosticText } from "./diagnostics.ts";
import { jsonText } from "./json.ts";
import { safe } from "./safe.ts";
import { PLAIN, type Style } from "./style.ts";
import { padCells, wrapped } from "./wrap.ts";

/** Why a run is, or is not, going to run: what was decided, and each thing that it was decided from. */
export function explainText(explanation: Explanation, style: Style = PLAIN, columns?: number): string {
  const { address, action, reason, project, rerun } = explanation;
  const sign = SIGNS[action].trim();
  const blocks = [
    [
      `${sign === "" ? "" : `${sign} `}${style.bold(safe(address))}${project === undefined ? "" : `  project ${safe(project)}`}`,
      `    ${action}: ${safe(reason)}`,
    ],
    ["Sections, by their hashes:", ...explanation.sections.map(sectionText)],
    ["Attempts in ICA:", ...(explanation.attempts.length === 0 ? ["    none"] : explanation.attempts.map(attemptText))],
    [
      "Depends on:",
      ...(explanation.dependsOn.length === 0 ? ["    nothing"] : explanation.dependsOn.map(dependencyText)),
    ],
    [
      "Rerun settings:",
      `    onChange: ${rerun.onChange}, onFailure: ${rerun.onFailure}, onUpstream: ${rerun.onUpstream}, ignoreChanges: [${rerun.ignoreChanges.map(safe).join(", ")}]`,
    ],
    [
      "Policy:",
      ...(explanation.refusals.length === 0
        ? ["    allows the plan"]
        : explanation.refusals.map((line) => `    refuses the plan: ${safe(line)}`)),
    ],
    ...explanation.diagnostics.map((diagnostic) => [diagnosticText(diagnostic, style)]),
  ];
  return `${wrapped(blocks.map((lines) => lines.join("\n")).join("\n\n"), columns)}\n`;
}

export function explainJson(explanation: Explanation): string {
  const diagnostics = withoutFrames(explanation.diagnostics);
  return `${jsonText({ ...explanation, diagnostics }, 2)}\n`;
}

function sectionText({
  section,
  declared = "(not declared)",
  inIca,
  state,
  ignored,
}: Explanation["sections"][number]): string {
  const name = padCells(section, 14);
  if (state === "new") return `    ${name} ${declared}`;
  if (state === "same") return `    ${name} ${declared}  the same in ICA`;
  const note = ignored ? "; no reason for a rerun" : "";
  return `    ${name} ${declared}  changed: in ICA ${safe(inIca ?? "(not declared)")}${note}`;
}

function attemptText({
  attempt,
  status = "",
  reference = "",
  id,
  summary,
  reason,
  api,
}: Explanation["attempts"][number]): string {
  const said = summary === undefined ? "" : `, as ICA says: ${safe(summary)}`;
  const asked = reason === undefined ? "" : `, asked for: ${safe(reason)}`;
  return `    ${attempt}  ${safe(status)}${said}${asked}\n       ${safe(reference)} ${safe(id)}\n       ${safe(api)}`;
}

function dependencyText({ address, action, status }: Explanation["dependsOn"][number]): string {
  return `    ${safe(address)}  ${status === undefined ? "not in ICA" : safe(status)}, in this plan: ${action}`;
}
