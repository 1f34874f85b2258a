import { fingerprintOf, type Section } from "../../src/core/fingerprint.ts";
import type { Desired, Observed } from "../../src/core/resource.ts";
import type { Sighting } from "../../src/core/sightings.ts";

export const PROJECT = { id: "11111111-1111-4111-8111-111111111111", name: "cohort-7-prod" };

const locate = () => ({ file: "runs.yaml", line: 1, column: 1 });

/** A declared run, with the sections given. */
export function desiredRun(
  name: string,
  sections: Partial<Record<Section, unknown>> = {},
  more: Partial<Desired> = {},
): Desired {
  const declared = { pipeline: "p", input: { custom: { text: "{}" } }, ...sections };
  return {
    address: `PipelineRun/${name}`,
    kind: "PipelineRun",
    name,
    formerNames: [],
    project: PROJECT,
    sections: declared,
    fingerprint: fingerprintOf(declared),
    tags: { technicalTags: [], userTags: [], referenceTags: [] },
    rerun: { onChange: true, onFailure: 0, onUpstream: false, ignoreChanges: [] },
    dependsOn: [],
    locate,
    ...more,
  };
}

/** The same run as ICA would show it. */
export function observedRun(desired: Desired, more: Partial<Observed> = {}): Observed {
  return {
    kind: desired.kind,
    name: desired.name,
    id: `id-of-${desired.name}`,
    project: PROJECT,
    attempt: 1,
    fingerprint: desired.fingerprint,
    phase: "succeeded",
    status: "SUCCEEDED",
    reference: `ref-${desired.name}`,
    timeCreated: "2026-11-01T00:00:00Z",
    timeModified: "2026-11-01T00:00:00Z",
    tags: { technicalTags: [], userTags: [], referenceTags: [] },
    readable: { pipeline: "p" },
    failures: 0,
    activeIds: [],
    attempts: [],
    ...more,
  };
}

export function sighting(name: string, more: Partial<Sighting> = {}): Sighting {
  const { failures: _failures, activeIds: _active, attempts: _attempts, ...seen } = observedRun(desiredRun(name));
  return { ...seen, ...more };
}
