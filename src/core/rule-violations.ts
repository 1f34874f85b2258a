import { withoutFrames } from "./diagnostic.ts";
import type { Plan } from "./plan.ts";
import type { Breach, PolicyRule } from "./rule.ts";

/** So many changes are named for one rule; they are mostly alike. */
const MAX_NAMED = 10;

/**
 * What a plan does against the stack's rules, one line for each rule and change, as refusals. A rule that cannot be
 * asked refuses too: nobody knows what it would have said.
 */
export function ruleViolations(rules: readonly PolicyRule[], plan: Plan): string[] {
  if (rules.length === 0) return [];
  const document = documentOf(plan);
  return rules.flatMap((rule) => {
    const found = rule.breaches(document);
    return "unusable" in found ? [unusableLine(rule, found.unusable)] : linesOf(rule, found, plan);
  });
}

function unusableLine({ file }: PolicyRule, why: string): string {
  const advice = "simplify it, most often a pattern that repeats a repetition";
  return `policy.rules ${file}: the rule ${why}, so that nobody knows whether the plan keeps it; ${advice}`;
}

/** The plan as `--format json` prints it. */
function documentOf(plan: Plan): unknown {
  const diagnostics = withoutFrames(plan.diagnostics);
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
