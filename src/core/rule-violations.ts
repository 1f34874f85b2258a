import { withoutFrames } from "./diagnostic.ts";
import { firstOf } from "./first-of.ts";
import type { Plan } from "./plan.ts";
import type { Breach, PolicyRule } from "./rule.ts";

/** So many changes are named for one rule; they are mostly alike. */
const MAX_NAMED = 10;
/** So many breaches of one change are told. */
const MAX_TOLD = 5;

/**
 * What a plan does against the stack's rules, one line for each rule and change, as refusals. A rule that cannot be
 * asked refuses too: nobody knows what it would have said.
 */
export function ruleViolations(rules: readonly PolicyRule[], plan: Plan): string[] {
  if (rules.length === 0) return [];
  const document = documentOf(plan);
  return rules.flatMap((rule) => {
    const found = rule.breaches(document);
    return "unusable" in found ? [unusableLine(rule, found)] : linesOf(rule, found, plan);
  });
}

function unusableLine({ file }: PolicyRule, { unusable, help }: { unusable: string; help: string }): string {
  return `policy.rules ${file}: the rule ${unusable}, so that nobody knows whether the plan keeps it; ${help}`;
}

/** The plan as `--format json` prints it. */
function documentOf(plan: Plan): unknown {
  const diagnostics = withoutFrames(plan.diagnostics);
  return JSON.parse(JSON.stringify({ ...plan, diagnostics }));
}

function linesOf(rule: PolicyRule, breaches: readonly Breach[], plan: Plan): string[] {
  const told = new Map<string, Set<string>>();
  for (const { keys, detail } of breaches) {
    const [list, index, ...rest] = keys;
    const address = list === "changes" && index !== undefined ? plan.changes[Number(index)]?.address : undefined;
    const place = (address === undefined ? keys : rest).join(".");
    const about = address ?? "the plan";
    told.set(about, (told.get(about) ?? new Set()).add(`${place === "" ? "" : `${place} `}${detail}`));
  }
  const said = `policy.rules ${rule.file}: ${rule.message}`;
  const lines = [...told].map(([about, details]) => `${said}: ${about}: ${firstOf([...details], MAX_TOLD, "; ")}`);
  if (lines.length <= MAX_NAMED) return lines;
  return [...lines.slice(0, MAX_NAMED), `${said}: and ${lines.length - MAX_NAMED} more changes`];
}
