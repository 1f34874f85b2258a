import { externalType } from "../core/external.ts";
import type { Section } from "../core/fingerprint.ts";
import { effectiveMappings } from "../core/outputs.ts";
import { withoutSignature } from "../core/presigned.ts";
import type { Declared, ExternalData, PipelineRunSpec, Tree } from "../core/spec.ts";
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
    input: withoutSignatures(spec.input),
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

/** A copy in which every external input's URL has lost its signature and shows the type that it is sent with. */
function withoutSignatures(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSignatures);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) =>
      key === "external" && Array.isArray(member) ? [key, member.map(unsigned)] : [key, withoutSignatures(member)],
    ),
  );
}

function unsigned(external: ExternalData): unknown {
  const type = externalType(external);
  return { ...external, url: withoutSignature(external.url), ...(type === undefined ? {} : { type }) };
}
