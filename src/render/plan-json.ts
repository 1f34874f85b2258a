import { type Diagnostic, withoutFrames } from "../core/diagnostic.ts";
import type { Plan } from "../core/plan.ts";
import { jsonText } from "./json.ts";

/** The plan as one JSON document (contract, "Plan JSON"); what policy refuses stands among its diagnostics. */
export function planJson(plan: Plan, refusals: readonly string[] = []): string {
  const refused = refusals.map((message): Diagnostic => ({ severity: "error", code: "policy", message }));
  const diagnostics = withoutFrames([...plan.diagnostics, ...refused]);
  return `${jsonText({ ...plan, diagnostics }, 2)}\n`;
}
