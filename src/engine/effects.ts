import type { DataFilter, DataItem, Project, Reader } from "../core/ica.ts";
import type { Target } from "../core/kind.ts";
import type { Effect } from "../core/plan.ts";
import { chunksByLength } from "./chunks.ts";
import { listBelow } from "./list-below.ts";

/** Beyond so many files under one target the plan counts in one call instead of listing (contract, "Actions"). */
const MAX_LISTED = 5_000;

interface Tally {
  files: number;
  /** Null: counted without listing. */
  bytes: number | null;
}

/** By the target's path; a folder's ends with "/". */
type Tallies = Map<string, Tally>;

/**
 * What is under each target now. Each target is looked at once a plan, however many runs write to it, and the targets
 * of a project share their listings.
 */
export async function effectsOf(reader: Reader, targets: readonly Target[]): Promise<(target: Target) => Effect> {
  const projects = new Map(targets.map((target) => [target.project.id, target.project]));
  const tallies = new Map<string, Tallies>();
  await Promise.all(
    [...projects.values()].map(async (project) => {
      const paths = new Set(targets.filter((target) => target.project.id === project.id).map(pathOf));
      tallies.set(project.id, await tallyProject(reader, project, [...paths]));
    }),
  );
  return (target) => {
    const { project, type, action } = target;
    const { files, bytes } = tallies.get(project.id)?.get(pathOf(target)) ?? { files: 0, bytes: 0 };
    return { target: target.target, project: project.name, type, action, files, bytes };
  };
}

async function tallyProject(reader: Reader, project: Project, paths: readonly string[]): Promise<Tallies> {
  const tallies: Tallies = new Map(paths.map((path) => [path, { files: 0, bytes: 0 }]));
  const seen = await listBelow(reader, project, paths, "FILE", (item) => add(tallies, item));
  if (!seen) {
    for (const tally of tallies.values()) Object.assign(tally, { files: 0, bytes: 0 });
    const files = paths.filter((path) => !path.endsWith("/"));
    const folders = paths.filter((path) => path.endsWith("/"));
    await Promise.all([
      ...chunksByLength(files).map(async (chunk) => {
        const filter = { paths: chunk, pathMatch: "full", type: "FILE" } as const;
        for await (const item of reader.data(project.id, filter)) addTo(tallies.get(item.path), item);
      }),
      ...chunksByLength(folders).map((chunk) => tallyFolders(reader, project, chunk, tallies)),
    ]);
  }
  await Promise.all(
    [...tallies].map(async ([path, tally]) => {
      if (tally.files > MAX_LISTED)
        Object.assign(tally, { files: await countBelow(reader, project, path), bytes: null });
    }),
  );
  return tallies;
}

/** Lists some folders; one that turns out to be large is left for counting, and the others are listed without it. */
async function tallyFolders(
  reader: Reader,
  project: Project,
  folders: readonly string[],
  tallies: Tallies,
): Promise<void> {
  const own: Tallies = new Map(folders.map((folder) => [folder, { files: 0, bytes: 0 }]));
  const filter: DataFilter = { paths: [...folders], pathMatch: "prefix", type: "FILE" };
  for await (const item of reader.data(project.id, filter)) {
    const large = add(own, item);
    if (large === undefined) continue;
    tallies.set(large, { files: MAX_LISTED + 1, bytes: null });
    const rest = folders.filter((folder) => folder !== large);
    return rest.length > 0 ? tallyFolders(reader, project, rest, tallies) : undefined;
  }
  for (const [folder, tally] of own) tallies.set(folder, tally);
}

/** Counts an item for its own path and every folder above it; returns a folder that has become too large to list. */
function add(tallies: Tallies, item: DataItem): string | undefined {
  addTo(tallies.get(item.path), item);
  let large: string | undefined;
  for (let slash = item.path.lastIndexOf("/"); slash >= 0; slash = item.path.lastIndexOf("/", slash - 1)) {
    const folder = item.path.slice(0, slash + 1);
    const tally = tallies.get(folder);
    addTo(tally, item);
    if (tally !== undefined && tally.files > MAX_LISTED) large = folder;
    if (slash === 0) break;
  }
  return large;
}

function addTo(tally: Tally | undefined, item: DataItem): void {
  if (tally === undefined) return;
  tally.files += 1;
  if (tally.bytes !== null) tally.bytes += item.size ?? 0;
}

function countBelow(reader: Reader, project: Project, folder: string): Promise<number> {
  return reader.countData(project.id, { paths: [folder], pathMatch: "prefix", type: "FILE" });
}

function pathOf(target: Target): string {
  return target.type === "FOLDER" && !target.target.endsWith("/") ? `${target.target}/` : target.target;
}
