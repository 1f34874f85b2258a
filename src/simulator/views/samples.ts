import type { Sample } from "../recordsOfBatches.ts";
import type { World } from "../world.ts";
import { entityTag, type Json, regionView, resourceV3 } from "./common.ts";

/** `Sample`; there is no metadata in the simulator. */
export function sampleView(world: World, sample: Sample): Json {
  return {
    ...resourceV3(world, sample),
    name: sample.name,
    description: sample.description,
    tags: sample.tags,
    region: regionView(world),
    application: null,
    status: sample.status,
    metadataValid: true,
    metadata: [],
    sequencingRuns: [],
  };
}

/** `ProjectSample`. */
export function projectSampleView(world: World, sample: Sample): Json {
  return { sample: sampleView(world, sample), projectId: sample.projectId };
}

export function sampleTag(sample: Sample): string {
  return entityTag(sample.id, sample.version);
}
