import { type Diagnostic, errorAt } from "./diagnostic.ts";
import type { Plan } from "./plan.ts";
import type { Breach, PolicyRule } from "./rule.ts";

/** So many changes are named for one rule; they are mostly alike. */
const MAX_NAMED = 10;

/**
 * What a plan does against the stack's rules, one line for each rule and change, as refusals. A rule that cannot be
 * asked is an error: nobody knows what it would have said.
 */
export function ruleViolations(
  rules: readonly PolicyRule[],
  plan: Plan,
): { refusals: string[]; diagnostics: Diagnostic[] } {
  const refusals: string[] = [];
  const diagnostics: Diagnostic[] = [];
  if (rules.length === 0) return { refusals, diagnostics };
  const document = documentOf(plan);
  for (const rule of rules) {
    const found = rule.breaches(document);
    if ("unusable" in found) {
      const help = "simplify the rule: most often one of its patterns repeats a repetition";
      diagnostics.push(errorAt(rule.at(), "rule-unusable", `the rule ${rule.file} ${found.unusable}`, help));
    } else refusals.push(...linesOf(rule, found, plan));
  }
  return { refusals, diagnostics };
}

/** The plan as `--format json` prints it. */
function documentOf(plan: Plan): unknown {
  const diagnostics = plan.diagnostics.map(({ frame: _frame, ...rest }) => rest);
  return JSON.parse(JSON.stringify({ ...plan, diagnostics }));
}

function linesOf(rule: PolicyRule, breaches: readonly Breach[], plan: Plan): string[] {
  const first = new Map<string, string>();
  for (const { keys, detail } of breaches) {
    const [list, index, ...rest] = keys;
    const address = list === "changes" && index !== undefined ? plan.changes[Number(index)]?.address : undefined;
    const place = (address === undefined ? keys : rest).join(".");
    const text = `${place === "" ? "" : `${place} `}${detail}`;
    const about = address ?? "the plan";
    if (!first.has(about)) first.set(about, `${about}: ${text}`);
  }
  const lines = [...first.values()].map((line) => `policy.rules ${rule.file}: ${rule.message}: ${line}`);
  if (lines.length <= MAX_NAMED) return lines;
  const more = `policy.rules ${rule.file}: ${rule.message}: and ${lines.length - MAX_NAMED} more changes`;
  return [...lines.slice(0, MAX_NAMED), more];
}
