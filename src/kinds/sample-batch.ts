import { address } from "../core/address.ts";
import { type Diagnostic, errorAt, warningAt } from "../core/diagnostic.ts";
import { ApiError } from "../core/errors.ts";
import { fingerprintOf, type Section } from "../core/fingerprint.ts";
import type { DataItem, Project, Reader, Sample, SampleTags } from "../core/ica.ts";
import { parseSampleIdentity, sampleTags, stackTag } from "../core/identity.ts";
import type { Kind, StepContext, Stepped } from "../core/kind.ts";
import type { Need } from "../core/need.ts";
import type { Desired } from "../core/resource.ts";
import { chooseByName } from "../core/same-name.ts";
import type { Sighting } from "../core/sightings.ts";
import type { Declared, SampleBatchSpec, SampleSpec, SampleTagSpec } from "../core/spec.ts";
import type { Step } from "../core/step.ts";
import { declaredSample, projectOfBatch } from "./sample-index.ts";

const KIND = "SampleBatch";

/**
 * Samples of a project, each with its data. Each is reconciled by itself, under its name in the project; those that are
 * missing are created in one call. Which are the stack's is told by the technical tags of that call.
 */
export const sampleBatch: Kind = {
  kind: KIND,

  projects(tree) {
    // The stack's own project is looked into even when no batch is declared any more: for orphans.
    const own = tree.stack.spec.project;
    const place = { locate: tree.stack.locate, path: ["spec", "project"] };
    const named = tree.sampleBatches.map((batch) => projectOfBatch(tree, batch));
    return [...(own === undefined ? [] : [{ name: own, place }]), ...named].map((one) => ({ type: "project", ...one }));
  },

  desire: (tree, projectOf) =>
    tree.sampleBatches.flatMap((batch) => {
      const project = projectOf(projectOfBatch(tree, batch).name);
      if (project === undefined) return [];
      return batch.spec.samples.map((sample, index) => desired(batch, sample, index, project));
    }),

  looksIn: "own",

  async *observe(reader, stack, projects, declaredIn) {
    for (const project of projects) {
      const samples = declaredIn.has(project.id) ? reader.samples(project.id) : samplesLeft(reader, stack, project);
      for await (const sample of samples) yield sightingOf(sample, project, stack);
    }
  },

  needs({ tree, change, desired: item, observed }) {
    const { project, locate } = item;
    const sample = declaredSample(tree, item);
    if (project === undefined || sample === undefined) return [];
    if (change.action === "update" && !change.fields.some(({ path }) => path === "data")) return [];
    const files = (sample.data ?? []).map((ref, index): Need => {
      return { type: "files", project, ref, place: { locate, path: ["spec", "data", index] } };
    });
    if (observed === undefined) return files;
    return [...files, { type: "sample-files", project, sampleId: observed.id, place: { locate, path: [] } }];
  },

  targets: () => [],

  readBack: () => undefined,

  toStep: (context) => stepFor(context),
};

/** Where no samples are declared: those that the stack made there. Whoever declares none need not be allowed to see any. */
async function* samplesLeft(reader: Reader, stack: string, project: Project): AsyncGenerator<Sample> {
  try {
    yield* reader.samples(project.id, stackTag(stack));
  } catch (error) {
    if (!(error instanceof ApiError && [403, 404].includes(error.status))) throw error;
  }
}

function stepFor(context: StepContext): Stepped {
  const { tree, change, desired: item, observed } = context;
  const sample = declaredSample(tree, item);
  if (sample === undefined || item.project === undefined || item.sample === undefined) return { diagnostics: [] };
  const own = sampleTags({ stack: tree.stack.name, sample: item.name, fingerprint: item.fingerprint });
  const { files, diagnostics } = filesFor(context, sample);
  const byId = new Map(files.map(({ id, path }) => [id, { path }]));
  if (change.action === "create") {
    const newSample = {
      sampleToCreate: { name: item.name, tags: writtenTags(sample.tags, own) },
      ...(sample.data === undefined ? {} : { dataToLink: files.map(({ id }) => ({ dataId: id })) }),
      completeSample: sample.complete ?? false,
    };
    const step: Step = { type: "create-sample", projectId: item.project.id, sample: newSample, files: byId };
    return { step, diagnostics };
  }
  if (change.action !== "update" || observed === undefined) return { diagnostics };
  const linked = context.resolved.sampleFiles(item.project, observed.id) ?? [];
  const link = files.filter(({ id }) => !linked.some((other) => other.id === id));
  diagnostics.push(...showLinks(context, linked, link, files));
  return {
    step: {
      type: "update-sample",
      projectId: item.project.id,
      sampleId: observed.id,
      link: link.map(({ id }) => id),
      files: byId,
      complete: change.fields.some(({ path }) => path === "complete"),
      tags: { ...item.sample.tags, technicalTags: [...item.sample.tags.technicalTags, ...own] },
    },
    diagnostics,
  };
}

/** The files that a sample gets, by ICA's rule; also shows them in the plan. */
function filesFor(context: StepContext, sample: SampleSpec): { files: DataItem[]; diagnostics: Diagnostic[] } {
  const { change, desired: item, resolved } = context;
  const all = new Map<string, DataItem>();
  const diagnostics: Diagnostic[] = [];
  for (const [index, ref] of (sample.data ?? []).entries()) {
    const files = item.project === undefined ? undefined : resolved.files(item.project, ref);
    for (const file of files ?? []) all.set(file.id, file);
    const unready = files?.filter(({ status }) => status !== "AVAILABLE") ?? [];
    if (unready[0] === undefined) continue;
    const more = unready.length > 1 ? `, and ${unready.length - 1} more like it` : "";
    const message = `${unready[0].path} is ${unready[0].status}, not AVAILABLE${more}`;
    const help = "wait for its upload or unarchive it, then plan again";
    diagnostics.push(errorAt(item.locate(["spec", "data", index]), "data-not-available", message, help));
  }
  if (all.size === 0) return { files: [], diagnostics };
  const { counted, ignored, ties } = chooseByName([...all.values()]);
  change.sampleFiles = {
    linked: counted.map(({ path }) => path),
    bytes: counted.reduce((sum, { size }) => sum + (size ?? 0), 0),
    ignored: ignored.map(({ file, original }) => ({ path: file.path, original: original.path })),
    ties: ties.map((files) => files.map(({ path }) => path)),
  };
  for (const [first, ...others] of ties) {
    const paths = [first, ...others].map((file) => file?.path).join(", ");
    const message = `${item.address}: ${paths} have the same name and are equally deep; ICA does not say which of them counts, so all are linked`;
    const help = "name the one that is meant in `data`, instead of a folder above both";
    diagnostics.push(warningAt(item.locate(["spec", "data"]), "same-name", message, help));
  }
  return { files: counted, diagnostics };
}

/** What an update links, and what stays linked although it is no longer declared. */
function showLinks(
  { change, desired: item }: StepContext,
  linked: readonly DataItem[],
  link: readonly DataItem[],
  files: readonly DataItem[],
): Diagnostic[] {
  const field = change.fields.find(({ path }) => path === "data");
  if (field === undefined) return [];
  if (link.length > 0) {
    field.before = linked.map(({ path }) => path).sort();
    field.after = [...linked, ...link].map(({ path }) => path).sort();
  }
  const stay = linked.filter(({ id }) => !files.some((file) => file.id === id)).map(({ path }) => path);
  if (stay.length === 0) return [];
  const some = `${stay.slice(0, 3).join(", ")}${stay.length > 3 ? ` and ${stay.length - 3} more` : ""}`;
  const message = `${item.address}: ${some} stay linked, although they are no longer declared`;
  return [warningAt(item.locate(["spec", "data"]), "stays-linked", message, "unlink them in ICA if they must go")];
}

function desired(batch: Declared<SampleBatchSpec>, sample: SampleSpec, index: number, project: Project): Desired {
  const sections: Partial<Record<Section, unknown>> = {
    ...(sample.data === undefined ? {} : { data: sample.data }),
    ...(sample.tags === undefined ? {} : { tags: sample.tags }),
    ...(sample.complete === true ? { complete: true } : {}),
  };
  const { technical, user, connector, runIn } = sample.tags ?? {};
  const tags: SampleTags = {
    technicalTags: technical ?? [],
    userTags: user ?? [],
    connectorTags: connector ?? [],
    runInTags: runIn ?? [],
  };
  return {
    address: address(KIND, `${batch.name}/${sample.name}`),
    kind: KIND,
    name: sample.name,
    formerNames: [],
    project,
    sections,
    fingerprint: fingerprintOf(sections),
    sample: { tags, complete: sample.complete ?? false },
    rerun: { onChange: false, onFailure: 0, onUpstream: false, ignoreChanges: [] },
    dependsOn: [],
    locate: ([section, ...rest], what) => {
      const inside = section === "metadata" ? ["name"] : rest;
      return batch.locate(["spec", "samples", index, ...inside], what);
    },
  };
}

function sightingOf(sample: Sample, project: Project, stack: string): Sighting {
  const identity = parseSampleIdentity(sample.tags.technicalTags);
  const isOurs = identity.stack === stack;
  return {
    kind: KIND,
    // Somebody may have renamed it in ICA: it stays the sample that was declared.
    name: isOurs ? (identity.sample ?? sample.name) : sample.name,
    id: sample.id,
    project,
    attempt: isOurs ? 1 : 0,
    fingerprint: identity.fingerprint,
    phase: "succeeded",
    status: sample.status,
    timeCreated: sample.timeCreated,
    timeModified: sample.timeModified,
    sample: { stack: identity.stack, tags: sample.tags },
    readable: {},
  };
}

/** As they are sent: only what is written, but icaform's own always. */
function writtenTags(tags: SampleTagSpec | undefined, own: string[]) {
  return {
    technicalTags: [...(tags?.technical ?? []), ...own],
    ...(tags?.user === undefined ? {} : { userTags: tags.user }),
    ...(tags?.connector === undefined ? {} : { connectorTags: tags.connector }),
    ...(tags?.runIn === undefined ? {} : { runInTags: tags.runIn }),
  };
}
