import type { Declared } from "../../core/spec.ts";
import type { Declarations } from "../declare.ts";
import type { Finding, Place } from "../finding.ts";
import { show } from "../show.ts";

const namePath = ["metadata", "name"];

/** Names are unique in their kind; a former name of a run is nobody else's name, now or formerly. */
export function* checkNames(declarations: Declarations): Generator<Finding> {
  const { credentials, mappings, runs, sets, sampleBatches } = declarations;
  for (const documents of [credentials, mappings, runs, sets, sampleBatches]) yield* checkUnique(documents);
  yield* checkFormerNames(runs);
}

function* checkUnique(documents: readonly (Declared<unknown> & Place)[]): Generator<Finding> {
  const byName = new Map<string, Declared<unknown> & Place>();
  for (const document of documents) {
    const first = byName.get(document.name);
    if (first === undefined) byName.set(document.name, document);
    else {
      yield {
        on: document,
        path: namePath,
        code: "duplicate-name",
        message: `the ${document.kind} ${show(document.name)} is already declared at ${placeOf(first, namePath)}`,
        help: "give one of them another name, or remove it",
      };
    }
  }
}

function* checkFormerNames(runs: readonly (Declared<unknown> & Place)[]): Generator<Finding> {
  const current = new Map(runs.map((run) => [run.name, run]));
  const former = new Map<string, { run: Place; path: (string | number)[] }>();
  for (const run of runs) {
    for (const [index, name] of run.formerNames.entries()) {
      const path = ["metadata", "formerNames", index];
      const owner = current.get(name);
      const claimed = former.get(name);
      if (owner === undefined && claimed === undefined) {
        former.set(name, { run, path });
        continue;
      }
      const whose = owner === undefined ? "former name" : "name";
      const where = owner === undefined ? claimed && placeOf(claimed.run, claimed.path) : placeOf(owner, namePath);
      yield {
        on: run,
        path,
        code: "former-name",
        message: `${show(name)} is the ${whose} of the run at ${where}, so it cannot be a former name here`,
        help: "each name, present or former, belongs to one run: remove it here or there",
      };
    }
  }
}

function placeOf(place: Place, path: readonly (string | number)[]): string {
  const { file, line, column } = place.locate(path);
  return `${file}:${line}:${column}${place.row === undefined ? "" : ` (from ${place.row.origin(path)})`}`;
}
