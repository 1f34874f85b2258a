import { UsageError } from "../core/errors.ts";
import type { Desired } from "../core/resource.ts";
import type { Tree } from "../core/spec.ts";
import { didYouMeanOrAll } from "../core/suggest.ts";

/**
 * The targeted things, with all that they depend on: other runs, and the credentials of a targeted run.
 *
 * @throws UsageError for an address that the tree does not declare
 */
export function selectTargets(tree: Tree, desired: readonly Desired[], targets: readonly string[]): readonly Desired[] {
  if (targets.length === 0) return desired;
  const byAddress = new Map(desired.map((item) => [item.address, item]));
  const selected = new Set<string>();
  const queue = [...targets];
  for (const target of targets) {
    // A batch stands for all of its samples.
    const samples = desired.filter(({ kind, address }) => kind === "SampleBatch" && address.startsWith(`${target}/`));
    queue.push(...samples.map(({ address }) => address));
    if (byAddress.has(target) || samples.length > 0) continue;
    const addresses = [...byAddress.keys()];
    const named = addresses.find((address) => address.endsWith(`/${target}`));
    const help = named === undefined ? didYouMeanOrAll(target, addresses) : `did you mean \`${named}\`?`;
    throw new UsageError(`--target ${target}: stack ${tree.stack.name} declares no such address`, help);
  }
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const item = byAddress.get(next);
    if (item === undefined || selected.has(next)) continue;
    selected.add(next);
    queue.push(...item.dependsOn, ...credentialsOf(item));
  }
  return desired.filter((item) => selected.has(item.address));
}

/** Credentials are found by name in a run's declared input, wherever it holds external data. */
function credentialsOf(item: Desired): string[] {
  const names: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value !== null && typeof value === "object") {
      for (const [key, member] of Object.entries(value)) {
        if (key === "credential" && typeof member === "string") names.push(`StorageCredential/${member}`);
        else walk(member);
      }
    }
  };
  walk(item.sections.input);
  return names;
}
