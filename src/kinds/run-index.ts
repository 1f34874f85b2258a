import type { Declared, OutputMappingSpec, PipelineRunSpec, Tree } from "../core/spec.ts";

interface RunIndex {
  runs: ReadonlyMap<string, Declared<PipelineRunSpec>>;
  mappings: ReadonlyMap<string, Declared<OutputMappingSpec>>;
}

const indexes = new WeakMap<Tree, RunIndex>();

/** A tree's runs and mappings by name; made once a tree, so that 10,000 runs are not searched 10,000 times. */
export function runIndex(tree: Tree): RunIndex {
  const known = indexes.get(tree);
  if (known !== undefined) return known;
  const made: RunIndex = {
    runs: new Map(tree.runs.map((run) => [run.name, run])),
    mappings: new Map(tree.mappings.map((mapping) => [mapping.name, mapping])),
  };
  indexes.set(tree, made);
  return made;
}
