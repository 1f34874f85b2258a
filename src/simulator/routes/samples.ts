import { checkTags } from "../bodies/rules.ts";
import { findProject } from "../creation.ts";
import { DATA_SORTS, dataQuery } from "../dataFilter.ts";
import { JSON_TYPE, V3 } from "../media.ts";
import { type Listing, paged } from "../paging.ts";
import { list, openObject, refuse, text } from "../read.ts";
import type { DataRecord } from "../records.ts";
import type { Sample } from "../recordsOfBatches.ts";
import { badRequest, conflict, notFound } from "../refusal.ts";
import type { Call, Reply, Route } from "../router.ts";
import { type FoundSamples, readSampleSearch } from "../sampleSearch.ts";
import { createSample, filesOf, isVisible, newSample } from "../samples.ts";
import { dataShelf } from "../store.ts";
import { regionView } from "../views/common.ts";
import { dataView } from "../views/data.ts";
import { projectSampleView, sampleTag, sampleView } from "../views/samples.ts";
import { surroundings } from "../world.ts";

const takes = [V3, JSON_TYPE];
const one = "/api/projects/{projectId}/samples/{sampleId}";

/** Samples: create, find, read, change, complete, and the data linked to them. */
export const sampleRoutes: Route[] = [
  { method: "GET", path: "/api/samples", answers: [V3], handle: listAll },
  {
    method: "POST",
    path: "/api/projects/{projectId}/samples:search",
    answers: [V3],
    takes,
    handle: (call) => {
      const projectId = findProject(call.world, call.param("projectId"));
      const { rows, fields } = paged<Sample>(call, listing(call, readSampleSearch(call.body), projectId));
      return { status: 200, body: { items: rows.map((sample) => projectSampleView(call.world, sample)), ...fields } };
    },
  },
  {
    method: "POST",
    path: "/api/projects/{projectId}/samples",
    answers: [V3],
    takes,
    handle: (call) => {
      const { world, user, param, body } = call;
      const scope = { world, userId: user.id, projectId: findProject(world, param("projectId")) };
      return answer(call, 201, createSample(scope, newSample(body, "")));
    },
  },
  { method: "GET", path: one, answers: [V3], handle: (call) => answer(call, 200, findSample(call)) },
  { method: "PUT", path: one, answers: [V3], takes, handle: update },
  {
    method: "POST",
    path: `${one}:complete`,
    answers: [],
    handle: (call) => {
      const sample = findSample(call);
      sample.status = "AVAILABLE";
      touch(call, sample);
      return { status: 204 };
    },
  },
  { method: "GET", path: `${one}/data`, answers: [V3], handle: listSampleData },
  { method: "POST", path: `${one}/data/{dataId}`, answers: [], handle: (call) => link(call, true) },
  { method: "POST", path: `${one}/data/{dataId}:unlink`, answers: [], handle: (call) => link(call, false) },
];

function listAll(call: Call): Reply {
  const { world, query } = call;
  const region = query.get("region");
  if (region === null || region === "") throw badRequest("region is required", { region: "is required" });
  const search = (query.get("search") ?? "").toLowerCase();
  const wanted = [...query.getAll("userTags"), ...query.getAll("technicalTags")];
  const { rows, fields } = paged<Sample>(call, {
    ...listing(call, { matches: () => true, filters: JSON.stringify([region, search, wanted]) }, null),
    matches: ({ name, tags }) =>
      region === surroundings(world).regionId &&
      name.toLowerCase().includes(search) &&
      wanted.every((tag) => tags.userTags.includes(tag) || tags.technicalTags.includes(tag)),
  });
  return { status: 200, body: { items: rows.map((sample) => sampleView(world, sample)), ...fields } };
}

/** @param projectId null: of all projects */
function listing({ world }: Call, found: FoundSamples, projectId: string | null): Listing<Sample> {
  return {
    rows: [...world.store.samples.values()].filter(
      (sample) => isVisible(world, sample) && (projectId === null || sample.projectId === projectId),
    ),
    ...found,
    sortable: {
      timeCreated: ({ timeCreated }) => timeCreated,
      timeModified: ({ timeModified }) => timeModified,
      name: ({ name }) => name,
      description: ({ description }) => description ?? "",
      metadataValid: () => "",
      status: ({ status }) => status,
    },
  };
}

const written = openObject({
  sample: openObject({
    name: text({ min: 1, max: 255 }),
    tags: openObject({
      technicalTags: list(text()),
      userTags: list(text()),
      connectorTags: list(text()),
      runInTags: list(text()),
    }),
  }),
  projectId: text(),
});

/** Takes over name and tags. */
function update(call: Call): Reply {
  const sample = findSample(call);
  const body = written(call.body, "");
  if (body.projectId !== sample.projectId) throw refuse("projectId", "is not that of the path");
  if (call.ifMatch !== undefined && call.ifMatch !== sampleTag(sample)) {
    throw conflict("ICA_API_409", "The sample was changed in the meantime: If-Match is not its ETag");
  }
  checkTags(call.world, body.sample.tags);
  sample.name = body.sample.name;
  sample.tags = body.sample.tags;
  touch(call, sample);
  return answer(call, 200, sample);
}

function listSampleData(call: Call): Reply {
  const sample = findSample(call);
  const { rows: all, matches, filters } = dataQuery(call, dataShelf(call.world.store, sample.projectId));
  const linked = (record: DataRecord): boolean => record.sampleId === sample.id && matches(record);
  const { rows, fields } = paged<DataRecord>(call, { rows: all, matches: linked, filters, sortable: DATA_SORTS });
  const region = regionView(call.world);
  return { status: 200, body: { items: rows.map((record) => dataView(call.world, record, region)), ...fields } };
}

function link(call: Call, linked: boolean): Reply {
  const { world, user, param } = call;
  const sample = findSample(call);
  const record = dataShelf(world.store, sample.projectId).byId.get(param("dataId"));
  if (record === undefined) throw notFound("Data", param("dataId"));
  if (linked) {
    const files = filesOf({ world, userId: user.id, projectId: sample.projectId }, [record.id]);
    for (const file of files) file.sampleId = sample.id;
  } else if (record.sampleId === sample.id) record.sampleId = null;
  touch(call, sample);
  return { status: 204 };
}

function findSample({ world, param }: Call): Sample {
  const sample = world.store.samples.get(param("sampleId"));
  const isThere = sample !== undefined && sample.projectId === param("projectId") && isVisible(world, sample);
  if (!isThere) throw notFound("Sample", param("sampleId"));
  return sample;
}

function touch({ world }: Call, sample: Sample): void {
  sample.version += 1;
  sample.timeModified = world.clock.now();
}

function answer({ world }: Call, status: number, sample: Sample): Reply {
  return { status, body: projectSampleView(world, sample), headers: { etag: sampleTag(sample) } };
}
