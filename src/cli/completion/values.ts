import type { Tree } from "../../core/spec.ts";
import { loadTree } from "../../manifest/load.ts";
import { readVariables } from "../variables.ts";

/** One thing to offer, and what shells that can show it say about it. */
export interface Candidate {
  value: string;
  about: string;
}

/** Which manifests a command line is about, as far as it is typed. */
export interface Manifests {
  paths: readonly string[];
  variables: readonly string[];
  variableFiles: readonly string[];
}

/**
 * What fits a placeholder of the command line, such as `<address>`: read from the manifests, offline. A tree with
 * mistakes offers nothing; `validate` is there to tell them.
 */
export async function candidatesFor(placeholder: string, manifests: Manifests): Promise<Candidate[]> {
  if (placeholder === "kind") {
    const { schemaNames } = await import("../commands/schema.ts");
    return schemaNames().map((value) => ({ value, about: "" }));
  }
  if (!["address", "run", "name"].includes(placeholder)) return [];
  const tree = await treeOf(manifests);
  if (tree === undefined) return [];
  if (placeholder === "address") return addressesOf(tree).map((value) => ({ value, about: "" }));
  const named = placeholder === "name" ? tree.credentials : tree.runs;
  return named.map(({ name, kind }) => ({ value: name, about: kind }));
}

async function treeOf({ paths, variables, variableFiles }: Manifests): Promise<Tree | undefined> {
  const values = await readVariables(variables, variableFiles).catch(() => undefined);
  if (values === undefined) return undefined;
  return (await loadTree({ paths: paths.length > 0 ? [...paths] : ["."], variables: values })).tree;
}

/** All that `--target` takes: a set stands for all of its runs, a batch for all of its samples. */
function addressesOf({ runs, credentials, sampleBatches }: Tree): string[] {
  const sets = new Set(runs.flatMap(({ set }) => set ?? []));
  return [
    ...[...sets].map((name) => `PipelineRunSet/${name}`),
    ...[...runs, ...credentials].map(({ kind, name }) => `${kind}/${name}`),
    ...sampleBatches.flatMap(({ name, spec }) => [
      `SampleBatch/${name}`,
      ...spec.samples.map((sample) => `SampleBatch/${name}/${sample.name}`),
    ]),
  ];
}
