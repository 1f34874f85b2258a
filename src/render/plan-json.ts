import type { Diagnostic } from "../core/diagnostic.ts";
import type { Plan } from "../core/plan.ts";
import { jsonText } from "./json.ts";

/** The plan as one JSON document (contract, "Plan JSON"); what policy refuses stands among its diagnostics. */
export function planJson(plan: Plan, refusals: readonly string[] = []): string {
  const refused = refusals.map((message): Diagnostic => ({ severity: "error", code: "policy", message }));
  // Frames repeat the manifests; programs have file, line and column.
  const diagnostics = [...plan.diagnostics, ...refused].map(({ frame: _frame, ...rest }) => rest);
  return `${jsonText({ ...plan, diagnostics }, 2)}\n`;
}
