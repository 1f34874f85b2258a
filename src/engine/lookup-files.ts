import { byCodeUnit } from "../core/address.ts";
import { type Diagnostic, errorAt } from "../core/diagnostic.ts";
import type { DataFilter, DataItem, Project, Reader } from "../core/ica.ts";
import { type Need, needKey } from "../core/need.ts";
import { forEachBounded } from "./bounded.ts";
import { chunksByLength } from "./chunks.ts";
import { listBelow } from "./list-below.ts";
import { dataIdOf } from "./lookup-data.ts";

type FilesNeed = Extract<Need, { type: "files" }>;

/** Listings under way at once; the governor slows them down as ICA asks for. */
const AT_ONCE = 8;

/**
 * All files that each reference stands for: itself, or everything below a folder, through paged listings that the
 * references of a project share. What is not there is a diagnostic and not in the answer.
 */
export async function lookUpFiles(
  reader: Reader,
  needs: readonly FilesNeed[],
  diagnostics: Diagnostic[],
): Promise<Map<string, DataItem[]>> {
  const found = new Map<string, DataItem[]>();
  const projects = new Map(needs.map(({ project }) => [project.id, project]));
  for (const project of projects.values()) {
    const wanted = new Map(
      needs.toReversed().flatMap((need) => (need.project.id === project.id ? [[need.ref, need] as const] : [])),
    );
    const named = await listNamed(reader, project, [...wanted.keys()]);
    const folders = [...wanted.keys()].map((ref) => folderOf(ref, named)).filter((path) => path !== undefined);
    const below = await listFolders(reader, project, [...new Set(folders)]);
    for (const [ref, need] of wanted) {
      const folder = folderOf(ref, named);
      const files = folder === undefined ? (named.get(keyOf(ref)) ?? []) : (below.get(folder) ?? []);
      const mistake = mistakeOf(need, folder, files);
      if (mistake !== undefined) diagnostics.push(mistake);
      else found.set(needKey(project, ref), files);
    }
  }
  return found;
}

/** The files that are linked to each sample, by its id. One listing a sample: asked for only where data has changed. */
export async function lookUpSampleFiles(
  reader: Reader,
  needs: readonly Extract<Need, { type: "sample-files" }>[],
): Promise<Map<string, DataItem[]>> {
  const found = new Map<string, DataItem[]>();
  await forEachBounded(needs, AT_ONCE, async ({ project, sampleId }) => {
    const files: DataItem[] = [];
    for await (const item of reader.sampleData(project.id, sampleId)) if (item.type === "FILE") files.push(item);
    found.set(needKey(project, sampleId), files);
  });
  return found;
}

/** What the references name themselves, by id or path. A path may be a folder's without its closing "/". */
async function listNamed(reader: Reader, project: Project, refs: readonly string[]): Promise<Map<string, DataItem[]>> {
  const named = new Map<string, DataItem[]>();
  const ids = refs.map(dataIdOf).filter((id) => id !== undefined);
  const paths = refs.filter((ref) => ref.startsWith("/") && !ref.endsWith("/"));
  const wanted = new Set([...ids, ...paths, ...paths.map((path) => `${path}/`)]);
  const filters: DataFilter[] = [
    ...chunksByLength(ids).map((chunk) => ({ ids: chunk })),
    ...chunksByLength(paths.flatMap((path) => [path, `${path}/`])).map((chunk) => ({
      paths: chunk,
      pathMatch: "full" as const,
    })),
  ];
  await forEachBounded(filters, AT_ONCE, async (filter) => {
    for await (const item of reader.data(project.id, filter)) {
      for (const key of [item.id, item.path]) {
        const known = named.get(key) ?? [];
        if (wanted.has(key) && !known.some(({ id }) => id === item.id)) named.set(key, [...known, item]);
      }
    }
  });
  return named;
}

/** The files below each folder, sorted by path. */
async function listFolders(
  reader: Reader,
  project: Project,
  folders: readonly string[],
): Promise<Map<string, DataItem[]>> {
  const below = new Map<string, DataItem[]>(folders.map((folder) => [folder, []]));
  const keep = (item: DataItem) => {
    if (item.type !== "FILE") return;
    for (let slash = item.path.lastIndexOf("/"); slash >= 0; slash = item.path.lastIndexOf("/", slash - 1)) {
      below.get(item.path.slice(0, slash + 1))?.push(item);
      if (slash === 0) break;
    }
  };
  if (!(await listBelow(reader, project, folders, "FILE", keep))) {
    for (const files of below.values()) files.length = 0;
    await forEachBounded(chunksByLength(folders), AT_ONCE, async (chunk) => {
      const filter = { paths: chunk, pathMatch: "prefix", type: "FILE" } as const;
      for await (const item of reader.data(project.id, filter)) keep(item);
    });
  }
  for (const [folder, files] of below) {
    const unique = new Map(files.map((file) => [file.id, file]));
    below.set(
      folder,
      [...unique.values()].sort((left, right) => byCodeUnit(left.path, right.path)),
    );
  }
  return below;
}

/** The path of the folder that a reference stands for; undefined for a file, and for what is not there. */
function folderOf(ref: string, named: ReadonlyMap<string, DataItem[]>): string | undefined {
  if (ref.startsWith("/") && ref.endsWith("/")) return ref;
  const items = named.get(keyOf(ref)) ?? named.get(`${ref}/`) ?? [];
  return items.length === 1 && items[0]?.type === "FOLDER" ? items[0].path : undefined;
}

function keyOf(ref: string): string {
  return dataIdOf(ref) ?? ref;
}

function mistakeOf(need: FilesNeed, folder: string | undefined, files: readonly DataItem[]): Diagnostic | undefined {
  const { ref, project, place } = need;
  const error = (code: string, message: string, help: string) => errorAt(place.locate(place.path), code, message, help);
  if (dataIdOf(ref) === undefined && !ref.startsWith("/")) {
    const help = "a path starts with `/`; an id with `fil.` or `fol.`";
    return error("data-reference", `${ref} is neither a data id, a urn nor a path`, help);
  }
  if (folder !== undefined && files.length === 0) {
    const help = "check the path (case matters); a sample gets the files that are there when it is created";
    return error("data-not-found", `there is no file below ${folder} in project ${project.name}`, help);
  }
  if (files.length === 0) {
    const help = "check the path (case matters) and that the data is linked to the project";
    return error("data-not-found", `${ref} is not in project ${project.name}`, help);
  }
  if (folder === undefined && files.length > 1) {
    const ids = files.map(({ id }) => id).join(", ");
    const message = `${ref} is there ${files.length} times in project ${project.name}`;
    return error("data-ambiguous", message, `use an id: ${ids}`);
  }
  return undefined;
}
