import { checkTags, findData, type Scope } from "./bodies/rules.ts";
import { list, nullable, object, type Reader, text } from "./read.ts";
import type { DataRecord } from "./records.ts";
import type { Sample, SampleTags } from "./recordsOfBatches.ts";
import { badRequest, conflict } from "./refusal.ts";
import { dataShelf, nameOf } from "./store.ts";
import { nextSequence } from "./world.ts";

/** `CreateSample`, with every list of tags there. */
export interface NewSample {
  name: string;
  description: string | null;
  tags: SampleTags;
}

const words = nullable(list(nullable(text())));

const sampleShape = object({
  name: text({ min: 1, max: 255 }),
  description: nullable(text({ min: 1, max: 255 })),
  tags: nullable(object({ technicalTags: words, userTags: words, connectorTags: words, runInTags: words })),
});

export const newSample: Reader<NewSample> = (value, path) => {
  const { name, description, tags } = sampleShape(value, path);
  const present = (given: (string | null)[] | null | undefined): string[] =>
    (given ?? []).filter((word) => word !== null);
  return {
    name,
    description,
    tags: {
      technicalTags: present(tags?.technicalTags),
      userTags: present(tags?.userTags),
      connectorTags: present(tags?.connectorTags),
      runInTags: present(tags?.runInTags),
    },
  };
};

/** Creates a sample; its name must be free in the project, unless the server is told not to care. */
export function createSample(scope: Scope, given: NewSample, visibleFrom = 0): Sample {
  const { world, projectId, userId } = scope;
  checkTags(world, { ...given.tags });
  const taken = [...world.store.samples.values()].some(
    (other) => other.projectId === projectId && other.name === given.name,
  );
  if (taken && world.switches.duplicateSampleNames === "conflict")
    throw conflict("ICA_SAMPLE_409", `Sample ${given.name} already exists in the project`);
  const now = world.clock.now();
  const sample: Sample = {
    sequence: nextSequence(world),
    id: world.ids.uuid(),
    projectId,
    ownerId: userId,
    ...given,
    status: "PARTIAL",
    timeCreated: now,
    timeModified: now,
    version: 1,
    visibleFrom,
  };
  world.store.samples.set(sample.id, sample);
  return sample;
}

/** Whether a sample is there yet: the job of a batch makes one after the other. */
export function isVisible({ clock }: Scope["world"], { visibleFrom }: Sample): boolean {
  return clock.now() >= visibleFrom;
}

/** The files behind data ids; a folder stands for all files below it. Refuses what a sample cannot take. */
export function filesOf(scope: Scope, dataIds: string[]): DataRecord[] {
  const files = dataIds.flatMap((id) => {
    const record = findData(scope, id);
    if (record === undefined) throw badRequest(`Data ${id} does not exist in the project`, { dataId: id });
    if (record.type === "FILE") return [record];
    const { rows } = dataShelf(scope.world.store, scope.projectId);
    return rows.filter(({ type, path }) => type === "FILE" && path.startsWith(record.path));
  });
  const broken = files.find(({ status, sampleId }) => status !== "AVAILABLE" || sampleId !== null);
  if (broken !== undefined) {
    const why =
      broken.sampleId === null ? `is ${broken.status}, it must be AVAILABLE` : "is linked to a sample already";
    throw badRequest(`Data ${broken.id} ${why}`, { dataId: broken.id });
  }
  return [...new Set(files)];
}

/**
 * Of files with the same name only those in the deepest folder count, "duplicates in higher-level folders or the root
 * folder will be ignored as input" (ica-api-page, "Duplicate Files on SampleCreationBatch").
 */
export function withoutDuplicates(files: DataRecord[]): DataRecord[] {
  const depth = ({ path }: DataRecord): number => path.split("/").length;
  const deepest = new Map<string, number>();
  for (const file of files) {
    const name = nameOf(file.path);
    deepest.set(name, Math.max(deepest.get(name) ?? 0, depth(file)));
  }
  return files.filter((file) => depth(file) === deepest.get(nameOf(file.path)));
}
