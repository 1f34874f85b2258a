import { externalType } from "../core/external.ts";
import type { Section } from "../core/fingerprint.ts";
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
