import type { Declared, SampleBatchSpec } from "../../core/spec.ts";
import type { Declarations } from "../declare.ts";
import type { Finding } from "../finding.ts";
import { show } from "../show.ts";

interface Owner {
  batch: Declared<SampleBatchSpec>;
  path: (string | number)[];
  name: string;
}

/** A sample is declared once in its project; a file belongs to one sample. */
export function* checkSamples({ stacks, sampleBatches }: Declarations): Generator<Finding> {
  const names = new Map<string, Owner>();
  const data = new Map<string, Owner>();
  for (const batch of sampleBatches) {
    const project = batch.spec.project ?? stacks[0]?.spec.project ?? "";
    for (const [index, sample] of batch.spec.samples.entries()) {
      const path = ["spec", "samples", index];
      const named = { batch, path: [...path, "name"], name: sample.name };
      const key = `${project} ${sample.name}`;
      const first = names.get(key);
      if (first === undefined) names.set(key, named);
      else {
        yield {
          on: batch,
          path: named.path,
          code: "duplicate-sample",
          message: `the sample ${show(sample.name)} is already declared at ${placeOf(first)}`,
          help: "a project has one sample of a name: remove it here or there",
        };
      }
      for (const [at, ref] of (sample.data ?? []).entries()) {
        const owner = data.get(`${project} ${ref}`);
        const here = { batch, path: [...path, "data", at], name: sample.name };
        if (owner === undefined) data.set(`${project} ${ref}`, here);
        else if (owner.name !== sample.name) {
          yield {
            on: batch,
            path: here.path,
            severity: "warning",
            code: "shared-data",
            message: `${show(ref)} is data of the sample ${show(owner.name)} as well, at ${placeOf(owner)}`,
            help: "ICA may refuse to link a file to a second sample",
          };
        }
      }
    }
  }
}

function placeOf({ batch, path }: Owner): string {
  const { file, line, column } = batch.locate(path);
  return `${file}:${line}:${column}`;
}
