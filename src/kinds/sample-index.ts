import type { Need } from "../core/need.ts";
import type { Desired } from "../core/resource.ts";
import type { Declared, SampleBatchSpec, SampleSpec, Tree } from "../core/spec.ts";

/** The project that a batch's samples are in, as the manifest names it, and where it does. */
export function projectOfBatch(tree: Tree, batch: Declared<SampleBatchSpec>): { name: string; place: Need["place"] } {
  const path = ["spec", "project"];
  if (batch.spec.project !== undefined) return { name: batch.spec.project, place: { locate: batch.locate, path } };
  return { name: tree.stack.spec.project ?? "", place: { locate: tree.stack.locate, path } };
}

/** The declaration that a desired sample was made of. */
export function declaredSample(tree: Tree, { address }: Desired): SampleSpec | undefined {
  let index = indexes.get(tree);
  if (index === undefined) {
    index = new Map(
      tree.sampleBatches.flatMap((batch) =>
        batch.spec.samples.map((sample) => [`SampleBatch/${batch.name}/${sample.name}`, sample] as const),
      ),
    );
    indexes.set(tree, index);
  }
  return index.get(address);
}

const indexes = new WeakMap<Tree, Map<string, SampleSpec>>();
