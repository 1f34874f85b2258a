import { UsageError } from "../core/errors.ts";
import { inputPartsOf } from "../core/input-parts.ts";
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
  const bySet = runsBySet(tree);
  const selected = new Set<string>();
  const queue = [...targets];
  for (const target of targets) {
    // A batch stands for all of its samples, a set for all of its runs.
    const samples = desired.filter(({ kind, address }) => kind === "SampleBatch" && address.startsWith(`${target}/`));
    const members = [...samples.map(({ address }) => address), ...(bySet.get(target) ?? [])];
    queue.push(...members);
    if (byAddress.has(target) || members.length > 0) continue;
    const addresses = [...bySet.keys(), ...byAddress.keys()];
    const named = addresses.find((address) => address.endsWith(`/${target}`));
    const help = named === undefined ? didYouMeanOrAll(target, addresses) : `did you mean \`${named}\`?`;
    throw new UsageError(`--target ${target}: stack ${tree.stack.name} declares no such address`, help);
  }
  const credentials = credentialsByRun(tree);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const item = byAddress.get(next);
    if (item === undefined || selected.has(next)) continue;
    selected.add(next);
    queue.push(...item.dependsOn, ...(credentials.get(next) ?? []));
  }
  return desired.filter((item) => selected.has(item.address));
}

/** Addresses of the runs that each set declares, by the set's address. */
function runsBySet({ runs }: Tree): Map<string, string[]> {
  const bySet = new Map<string, string[]>();
  for (const { name, set } of runs) {
    if (set === undefined) continue;
    const address = `PipelineRunSet/${set}`;
    const known = bySet.get(address);
    if (known === undefined) bySet.set(address, [`PipelineRun/${name}`]);
    else known.push(`PipelineRun/${name}`);
  }
  return bySet;
}

/** Addresses of the credentials with which each run reads external data, by the run's address. */
function credentialsByRun(tree: Tree): Map<string, string[]> {
  return new Map(
    tree.runs.map(({ name, spec }) => [
      `PipelineRun/${name}`,
      inputPartsOf(spec).externals.flatMap(({ value: { credential } }) =>
        typeof credential === "string" ? [`StorageCredential/${credential}`] : [],
      ),
    ]),
  );
}
