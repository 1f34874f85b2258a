import { referenceOf } from "./creation.ts";
import { addFile, cleanPath } from "./files.ts";
import { isFinal, schedule, seededCourse } from "./lifecycle.ts";
import { USUAL_OUTPUTS } from "./outputs.ts";
import type { AnalysisRecord, Pipeline, RunInput } from "./records.ts";
import { at } from "./seedReaders.ts";
import type { Seed, SeedAnalysis, SeedCredential, SeedData, SeedPipeline, SeedUser } from "./seedTypes.ts";
import { addAnalysis, dataShelf } from "./store.ts";
import { USUAL_SEED } from "./usualSeed.ts";
import { nextSequence, type World } from "./world.ts";

/**
 * Fills an empty store with a seed. Users, storages and activation codes that it does not name are those of the usual
 * world; so are projects, pipelines and data if it names none of them. Nothing works without a user and a storage, so
 * an empty list of them counts as none.
 *
 * @throws SeedMistake for a name or id that leads nowhere, and for one that is used twice
 */
export function plant(world: World, seed: Seed): void {
  const bare = [seed.projects, seed.pipelines, seed.data, seed.analyses].every((section) => section === undefined);
  const { projects, pipelines, data } = bare ? USUAL_SEED : { ...seed, projects: seed.projects ?? USUAL_SEED.projects };
  each("users", filled(seed.users) ?? USUAL_SEED.users, (user) => plantUser(world, user));
  each("projects", projects, ({ id, name }) => {
    const key = id ?? world.ids.named("project", name);
    const project = { id: key, name, timeCreated: startOf(world), sequence: nextSequence(world) };
    put(world.store.projects, key, project, "project");
  });
  each("storages", filled(seed.storages) ?? USUAL_SEED.storages, ({ id, name, description }) => {
    const key = id ?? world.ids.named("storage", name);
    const storage = { id: key, name, description: description ?? name, timeCreated: startOf(world) };
    put(world.store.storages, key, storage, "storage");
  });
  each("pipelines", pipelines, (pipeline) => plantPipeline(world, bare ? withStorage(world, pipeline) : pipeline));
  each("credentials", seed.credentials, (credential) => plantCredential(world, credential));
  world.store.takesAnyActivationCode = seed.activationCodes === undefined;
  each(
    "activationCodes",
    seed.activationCodes ?? USUAL_SEED.activationCodes,
    ({ id, name = "code", pipelines: codes }) => {
      const key = id ?? world.ids.named("activation-code", name);
      const pipelineIds = codes?.map((code) => findPipeline(world, code).id) ?? null;
      put(world.store.activationCodes, key, { id: key, name, pipelineIds }, "activation code");
    },
  );
  // Folders first: one with an id of its own must not be made up as the parent of an earlier file.
  each("data", data, (file) => file.path.endsWith("/") && plantFile(world, file));
  each("data", data, (file) => !file.path.endsWith("/") && plantFile(world, file));
  each("analyses", seed.analyses, (analysis) => plantAnalysis(world, analysis));
}

function each<Item>(section: string, items: Item[] | undefined, plantOne: (item: Item) => unknown): void {
  for (const [index, item] of (items ?? []).entries()) at([section, index], () => plantOne(item));
}

function filled<Item>(section: Item[] | undefined): Item[] | undefined {
  return section === undefined || section.length === 0 ? undefined : section;
}

/** A usual pipeline in a world whose storages the seed has chosen: where its own is not among them, the first. */
function withStorage({ store }: World, pipeline: SeedPipeline): SeedPipeline {
  const { storage, ...others } = pipeline;
  return [...store.storages.values()].some(({ name }) => name === storage) ? pipeline : others;
}

function plantUser(world: World, { id, name, apiKey }: SeedUser): void {
  const { store, ids } = world;
  const key = apiKey ?? ids.named("key", name);
  if (store.users.some((other) => other.apiKey === key || other.name === name))
    throw new Error(`user ${name} is there twice`);
  store.users.push({ id: id ?? ids.named("user", name), name, apiKey: key });
}

function plantCredential(world: World, given: SeedCredential): void {
  const { name, owner, shared, timeCreated, timeModified } = given;
  const id = given.id ?? world.ids.named("credential", name);
  const created = timeCreated ?? timeModified;
  const times = {
    timeCreated: timeAt(created, startOf(world)),
    timeModified: timeAt(timeModified ?? created, startOf(world)),
  };
  const credential = { id, name, ownerId: userId(world, owner), shared: shared ?? false, version: 1, ...times };
  put(world.store.credentials, id, credential, "credential");
}

function plantFile(world: World, { id, project, path: given, size, status }: SeedData): void {
  const projectId = findProject(world, project);
  const path = cleanPath(given);
  if (dataShelf(world.store, projectId).byPath.has(path)) {
    // A folder may be there already, as the parent of a deeper one.
    if (path.endsWith("/") && id === undefined) return;
    throw new Error(`${path} is there twice`);
  }
  addFile(world, {
    projectId,
    path,
    size: size ?? 0,
    status: status ?? "AVAILABLE",
    content: path,
    creatorId: userId(world, undefined),
    time: startOf(world),
    ...(id === undefined ? {} : { id }),
  });
}

function plantPipeline(world: World, given: SeedPipeline): void {
  const { ids, store } = world;
  const id = given.id ?? ids.named("pipeline", given.code);
  const storage = findStorage(world, given.storage);
  const pipeline: Pipeline = {
    id,
    code: given.code,
    language: given.language ?? "NEXTFLOW",
    inputFormType: given.inputFormType ?? "XML",
    projects: given.projects?.map((project) => findProject(world, project)) ?? [...store.projects.keys()],
    parameters:
      given.parameters?.map(({ code, type, required, multiValue, values }) => ({
        code,
        type: type ?? "STRING",
        required: required ?? false,
        multiValue: multiValue ?? false,
        values: values ?? null,
      })) ?? null,
    outputs: given.outputs?.map(({ path, size }) => ({ path, size: size ?? 1000 })) ?? USUAL_OUTPUTS,
    duration: given.duration ?? 3600,
    outcome: given.outcome ?? "SUCCEEDED",
    storageId: storage,
    timeCreated: startOf(world),
  };
  put(store.pipelines, id, pipeline, "pipeline");
}

function plantAnalysis(world: World, given: SeedAnalysis): void {
  const pipeline = findPipeline(world, given.pipeline);
  const id = given.id ?? world.ids.uuid();
  const timeCreated = timeAt(given.timeCreated, startOf(world));
  const status = given.status ?? "SUCCEEDED";
  const analysis: AnalysisRecord = {
    sequence: nextSequence(world),
    id,
    reference: given.reference ?? referenceOf(pipeline, id),
    userReference: given.userReference,
    projectId: findProject(world, given.project),
    ownerId: userId(world, given.owner),
    pipelineId: pipeline.id,
    storageId: given.storage === undefined ? pipeline.storageId : findStorage(world, given.storage),
    price: given.price ?? null,
    tags: { technicalTags: [], userTags: [], referenceTags: [], ...given.tags },
    timeCreated,
    timeEdited: timeCreated,
    version: 1,
    transitions: seededCourse(world.clock, timeCreated, status, pipeline),
    summary: null,
    input: NO_INPUT,
    mappings: [],
    outputParentPath: "/",
    logsPath: null,
    settled: isFinal(status) && given.outputs !== true,
    deliveries: [],
  };
  if (world.store.analysisById.has(id)) throw new Error(`analysis ${id} is there twice`);
  addAnalysis(world.store, analysis);
  if (!analysis.settled) schedule(world, analysis);
}

const NO_INPUT: RunInput = { data: [], configurations: [], reference: [], groups: [], document: null };

function put<T>(map: Map<string, T>, id: string, value: T, what: string): void {
  if (map.has(id)) throw new Error(`${what} ${id} is there twice`);
  map.set(id, value);
}

function findProject({ store }: World, nameOrId: string | undefined): string {
  const projects = [...store.projects.values()];
  const found =
    nameOrId === undefined ? projects[0] : projects.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found === undefined) throw new Error(`there is no project ${nameOrId ?? ""}`);
  return found.id;
}

function findPipeline({ store }: World, codeOrId: string): Pipeline {
  const found = store.pipelines.get(codeOrId) ?? [...store.pipelines.values()].find(({ code }) => code === codeOrId);
  if (found === undefined) throw new Error(`there is no pipeline ${codeOrId}`);
  return found;
}

function findStorage({ store }: World, nameOrId: string | undefined): string {
  const storages = [...store.storages.values()];
  const found =
    nameOrId === undefined ? storages[0] : storages.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found === undefined) throw new Error(`there is no storage ${nameOrId ?? ""}`);
  return found.id;
}

function userId({ store }: World, name: string | undefined): string {
  const found = name === undefined ? store.users[0] : store.users.find((user) => user.name === name);
  if (found === undefined) throw new Error(`there is no user ${name ?? ""}`);
  return found.id;
}

function startOf(world: World): number {
  return world.clock.timeOf(0);
}

function timeAt(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Error(`${text} is no date and time`);
  return time;
}
