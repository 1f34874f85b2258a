import { type Diagnostic, errorAt } from "../core/diagnostic.ts";
import type { Target } from "../core/kind.ts";
import type { Desired } from "../core/resource.ts";

/**
 * Two runs that write the same file, once projects are known by their ids: the offline check sees only how manifests
 * spell them. Allowed when both keep what is there under another name.
 */
export function targetConflicts(writing: readonly { desired: Desired; targets: readonly Target[] }[]): Diagnostic[] {
  const writers = new Map<string, { desired: Desired; target: Target }>();
  const diagnostics: Diagnostic[] = [];
  for (const { desired, targets } of writing) {
    for (const target of targets) {
      if (target.type !== "FILE") continue;
      const key = `${target.project.id} ${target.target}`;
      const first = writers.get(key) ?? { desired, target };
      writers.set(key, first);
      if (first.desired === desired || (first.target.action === "RENAME" && target.action === "RENAME")) continue;
      const where = `${target.project.name}:${target.target}`;
      const message = `${first.desired.address} and ${desired.address} write the same file ${where}`;
      const help = "give each a target of its own, or set actionOnExist: Rename on both";
      diagnostics.push(errorAt(desired.locate(target.path), "target-conflict", message, help));
    }
  }
  return diagnostics;
}
