import { externalType } from "../core/external.ts";
import { fingerprintOf, type Section } from "../core/fingerprint.ts";
import { inputPartsOf } from "../core/input-parts.ts";
import { effectiveMappings } from "../core/outputs.ts";
import { withoutSignature, withoutSignatures } from "../core/presigned.ts";
import type { Declared, PipelineRunSpec, RunInput, Tree } from "../core/spec.ts";
import { mergeTags } from "../core/tags.ts";
import { runIndex } from "./run-index.ts";

/**
 * What a run declares, section by section, as it is fingerprinted and shown: defaults applied, names as declared (not
 * the ids they resolve to), secrets by reference, URLs without their signatures (contract, "Identity").
 * A default that comes from elsewhere, such as the user reference from the name, is no section: a renamed run stays
 * the same run.
 */
export function declaredSections(tree: Tree, run: Declared<PipelineRunSpec>): Partial<Record<Section, unknown>> {
  const { spec } = run;
  const { defaults } = tree.stack.spec;
  const tags = mergeTags(defaults?.tags, spec.tags);
  const mappings = effectiveMappings(run, runIndex(tree).mappings, defaults);
  const storage = spec.storage === undefined ? defaults?.storage : spec.storage;
  const sections: Partial<Record<Section, unknown>> = {
    pipeline: spec.pipeline,
    input: inputSection(spec),
  };
  if (mappings.length > 0) {
    sections.outputs = mappings.map(({ project, source, target, type, action }) => ({
      source,
      target,
      type,
      actionOnExist: action,
      ...(project === undefined ? {} : { project }),
    }));
  }
  if (storage !== undefined) sections.storage = storage;
  if (Object.values(tags).some((group) => group !== null && group.length > 0)) sections.tags = tags;
  for (const section of ["userReference", "activationCode", "outputFolder", "logs"] as const) {
    if (spec[section] !== undefined) sections[section] = spec[section];
  }
  return sections;
}

/**
 * The input with every URL without its signature, wherever one stands: a fresh signature is no change. External data has
 * the type that it is sent with.
 */
function inputSection(spec: PipelineRunSpec): RunInput {
  const unsigned = withoutSignatures(spec.input);
  const asDeclared = inputPartsOf(spec).externals;
  if (asDeclared.length === 0) return unsigned;
  const input = structuredClone(unsigned);
  for (const [index, { value: external }] of inputPartsOf({ ...spec, input }).externals.entries()) {
    const url = asDeclared[index]?.value.url ?? external.url;
    const type = externalType(external);
    Object.assign(external, { url: withoutSignature(url) }, type === undefined ? {} : { type });
  }
  return input;
}

/** Combinations of former names that are looked at. */
const MOST_FORMER = 32;

/** Hashes of an input as it was when the runs whose outputs it reads had their former names. */
export function formerInputsOf(tree: Tree, input: RunInput, upstream: readonly string[]): string[] {
  const { runs } = runIndex(tree);
  let inputs = [input];
  for (const address of new Set(upstream)) {
    const formerNames = runs.get(nameOf(address))?.formerNames ?? [];
    const renamed = inputs.flatMap((one) => formerNames.map((name) => reading(one, address, `PipelineRun/${name}`)));
    inputs = [...inputs, ...renamed].slice(0, MOST_FORMER);
  }
  return inputs.slice(1).flatMap((one) => fingerprintOf({ input: one }).input ?? []);
}

/** The input with another run in the place of one whose output it reads. */
function reading(input: RunInput, output: string, instead: string): RunInput {
  const copy = structuredClone(input);
  for (const { value } of inputPartsOf({ pipeline: "", input: copy }).refs) {
    if (typeof value === "object" && value.output === output) value.output = instead;
  }
  return copy;
}

function nameOf(address: string): string {
  return address.slice(address.indexOf("/") + 1);
}
