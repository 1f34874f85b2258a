import type { Diagnostic } from "./diagnostic.ts";
import type { Declared, StackSpec } from "./spec.ts";

/**
 * What policy refuses, as diagnostics at the key of the Stack that each line names: `policy.maxCreates: …`,
 * `policy.rules rules/a.json: …`. A default that nobody wrote is told at the Stack's `spec`.
 */
export function refusalDiagnostics(refusals: readonly string[], stack?: Declared<StackSpec>): Diagnostic[] {
  return refusals.map((message): Diagnostic => {
    const refused = { severity: "error", code: "policy", message } as const;
    const key = /^policy\.(\w+)/.exec(message)?.[1];
    if (stack === undefined || key === undefined) return refused;
    const { file, line, column } = stack.locate([...POLICY, key, ...ruleOf(message, stack)], "key");
    return { ...refused, file, line, column };
  });
}

const POLICY = ["spec", "policy"];

function ruleOf(message: string, { spec }: Declared<StackSpec>): number[] {
  const index = spec.policy?.rules?.findIndex(({ schema }) => message.startsWith(`policy.rules ${schema}: `)) ?? -1;
  return index === -1 ? [] : [index];
}
