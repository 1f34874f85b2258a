import { withoutFrames } from "../core/diagnostic.ts";
import type { Plan } from "../core/plan.ts";
import { refusalDiagnostics } from "../core/refusal-places.ts";
import type { Declared, StackSpec } from "../core/spec.ts";
import { jsonText } from "./json.ts";

/**
 * The plan as one JSON document (contract, "Plan JSON"); what policy refuses stands among its diagnostics.
 *
 * @param stack whose policy it is, to tell where its limits stand
 */
export function planJson(plan: Plan, refusals: readonly string[] = [], stack?: Declared<StackSpec>): string {
  const diagnostics = withoutFrames([...plan.diagnostics, ...refusalDiagnostics(refusals, stack)]);
  return `${jsonText({ ...plan, diagnostics }, 2)}\n`;
}
