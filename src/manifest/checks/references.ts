import { parseAddress } from "../../core/address.ts";
import { inputPartsOf } from "../../core/input-parts.ts";
import { didYouMean } from "../../core/suggest.ts";
import type { Declarations, DeclaredRun } from "../declare.ts";
import type { Finding } from "../finding.ts";
import { show } from "../show.ts";

/** Looking for the nearest of 10,000 names takes its time; nobody reads the hundredth suggestion. */
const MOST_SUGGESTIONS = 100;

/** Everything that a run names in its tree is declared there. */
export function* checkReferences(declarations: Declarations): Generator<Finding> {
  const { credentials, mappings, runs, unusable, isIncomplete } = declarations;
  // What could not be read may well declare what seems to be missing.
  if (isIncomplete) return;
  const names = {
    StorageCredential: namesOf(credentials),
    OutputMapping: namesOf(mappings),
    PipelineRun: namesOf(runs),
  };
  const formerly = new Map(runs.flatMap(({ name, formerNames }) => formerNames.map((former) => [former, name])));
  let suggestions = 0;
  for (const run of runs) {
    for (const { kind, name, path } of referencesOf(run)) {
      if (names[kind].has(name) || unusable.has(`${kind}/${name}`)) continue;
      const now = kind === "PipelineRun" ? formerly.get(name) : undefined;
      // A run that waits for itself is no way out.
      const others = () => [...names[kind]].filter((other) => kind !== "PipelineRun" || other !== run.name);
      const near = suggestions++ < MOST_SUGGESTIONS ? didYouMean(name, others()) : undefined;
      const other = near ?? "declare it in this tree, or check the name";
      const help = now === undefined ? other : `that run is called \`${now}\` now`;
      yield {
        on: run,
        path,
        code: "reference-missing",
        message: `there is no ${kind} ${show(name)} in this tree`,
        help,
      };
    }
  }
}

interface Reference {
  kind: "StorageCredential" | "OutputMapping" | "PipelineRun";
  name: string;
  path: (string | number)[];
}

function* referencesOf(run: DeclaredRun): Generator<Reference> {
  for (const { value, path } of inputPartsOf(run.spec).externals) {
    if (typeof value.credential === "string") {
      yield { kind: "StorageCredential", name: value.credential, path: [...path, "credential"] };
    }
  }
  for (const [index, output] of (run.spec.outputs ?? []).entries()) {
    if ("mapping" in output) {
      yield { kind: "OutputMapping", name: output.mapping, path: ["spec", "outputs", index, "mapping"] };
    }
  }
  for (const { name, path } of dependenciesOf(run)) yield { kind: "PipelineRun", name, path };
}

/** The runs that a run waits for: named in `dependsOn`, or because it takes what they wrote. */
export function dependenciesOf({ spec }: DeclaredRun): { name: string; path: (string | number)[] }[] {
  const dependencies = (spec.dependsOn ?? []).map((text, index) => ({ text, path: ["spec", "dependsOn", index] }));
  for (const { value, path } of inputPartsOf(spec).refs) {
    if (typeof value === "object") dependencies.push({ text: value.output, path: [...path, "output"] });
  }
  // Anything that is no run's address, the schema has refused already.
  return dependencies.flatMap(({ text, path }) => {
    const address = parseAddress(text);
    return address?.kind === "PipelineRun" ? [{ name: address.name, path }] : [];
  });
}

function namesOf(documents: readonly { name: string }[]): Set<string> {
  return new Set(documents.map(({ name }) => name));
}
