import { type Diagnostic, errorAt } from "../core/diagnostic.ts";
import type { DataFilter, DataItem, Project, Reader } from "../core/ica.ts";
import { type Need, needKey } from "../core/need.ts";
import { chunksByLength } from "./chunks.ts";
import { listBelow } from "./list-below.ts";

type DataNeed = Extract<Need, { type: "data" }>;

/** From this many wanted files in one folder on, one listing of the folder is cheaper than asking for each. */
const FOLDER_LISTING_FROM = 100;

const DATA_ID = /^(fil|fol)\.[A-Za-z0-9]+$/;
const DATA_URN = /^urn:ilmn:ica:(?:region:[^:#]+:)?data:([^:#]+)(?:#.*)?$/;

/** Finds each referenced file or folder once, by id, urn or path, and checks that a run can read it. */
export async function lookUpData(
  reader: Reader,
  needs: readonly DataNeed[],
  diagnostics: Diagnostic[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const unique = new Map(needs.toReversed().map((need) => [needKey(need.project, need.ref), need]));
  for (const [project, wanted] of byProject([...unique.values()])) {
    const listed = await listWanted(reader, project, wanted);
    for (const need of wanted) {
      const item = pick(need, listed, diagnostics);
      if (item !== undefined) found.set(needKey(project, need.ref), item.id);
    }
  }
  return found;
}

/** Items by id and by path, read in as few calls as the references allow. */
async function listWanted(
  reader: Reader,
  project: Project,
  needs: readonly DataNeed[],
): Promise<Map<string, DataItem[]>> {
  const listed = new Map<string, DataItem[]>();
  const wanted = new Set(needs.flatMap((need) => keysOf(need)));
  const keep = (item: DataItem) => {
    for (const key of [item.id, item.path]) {
      if (!wanted.has(key)) continue;
      const items = listed.get(key) ?? [];
      if (!items.some((known) => known.id === item.id)) listed.set(key, [...items, item]);
    }
  };
  const collect = async (filter: DataFilter) => {
    for await (const item of reader.data(project.id, filter)) keep(item);
  };
  const ids = [...wanted].filter((key) => !key.startsWith("/"));
  const paths = [...wanted].filter((key) => key.startsWith("/"));
  const large = [...groupByFolder(paths)].filter(([, members]) => members.length >= FOLDER_LISTING_FROM);
  await Promise.all(large.map(([folder]) => collect({ parentFolderPath: folder })));
  // A folder's listing does not show what is linked into it (ICA's description), so the rest is asked for by path.
  const missing = () => paths.filter((path) => !listed.has(path));
  await listBelow(reader, project, missing(), undefined, keep);
  const rest = missing();
  await Promise.all([
    ...chunksByLength(ids).map((chunk) => collect({ ids: chunk })),
    ...chunksByLength(rest).map((chunk) => collect({ paths: chunk, pathMatch: "full" })),
  ]);
  return listed;
}

function pick(
  need: DataNeed,
  listed: ReadonlyMap<string, DataItem[]>,
  diagnostics: Diagnostic[],
): DataItem | undefined {
  const { ref, project, expect, place } = need;
  const fail = (code: string, message: string, help: string) => {
    diagnostics.push(errorAt(place.locate(place.path), code, message, help));
    return undefined;
  };
  const keys = keysOf(need);
  if (keys.length === 0) {
    return fail(
      "data-reference",
      `${ref} is neither a data id, a urn nor a path`,
      "a path starts with `/`; an id with `fil.` or `fol.`",
    );
  }
  const items = keys.flatMap((key) => listed.get(key) ?? []);
  const item = items[0];
  if (item === undefined) {
    return fail(
      "data-not-found",
      `${ref} is not in project ${project.name}`,
      "check the path (case matters) and that the data is linked to the project",
    );
  }
  if (items.length > 1) {
    const ids = items.map((candidate) => candidate.id).join(", ");
    return fail(
      "data-ambiguous",
      `${ref} is there ${items.length} times in project ${project.name}`,
      `use an id: ${ids}`,
    );
  }
  if (expect === "FOLDER" && item.type !== "FOLDER") {
    return fail(
      "data-type",
      `${ref} is a file; a folder is needed here`,
      "give a folder's id or its path ending with `/`",
    );
  }
  if (expect === "any" && item.status !== "AVAILABLE") {
    return fail(
      "data-not-available",
      `${ref} is ${item.status}, not AVAILABLE`,
      "wait for its upload or unarchive it, then plan again",
    );
  }
  return item;
}

/** The data id that a reference gives, by itself or within a urn; undefined for a path. */
export function dataIdOf(ref: string): string | undefined {
  return DATA_ID.test(ref) ? ref : DATA_URN.exec(ref)?.[1];
}

/** The keys under which a reference's item is listed: its id, or its path (a folder's with a closing "/" too). */
function keysOf(need: DataNeed): string[] {
  const { ref, expect } = need;
  const id = dataIdOf(ref);
  if (id !== undefined) return [id];
  if (!ref.startsWith("/")) return [];
  return expect === "FOLDER" && !ref.endsWith("/") ? [ref, `${ref}/`] : [ref];
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/", path.length - 2) + 1);
}

function groupByFolder(paths: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const group = groups.get(parentOf(path));
    if (group === undefined) groups.set(parentOf(path), [path]);
    else group.push(path);
  }
  return groups;
}

function byProject(needs: readonly DataNeed[]): Map<Project, DataNeed[]> {
  const groups = new Map<string, { project: Project; needs: DataNeed[] }>();
  for (const need of needs) {
    const group = groups.get(need.project.id);
    if (group === undefined) groups.set(need.project.id, { project: need.project, needs: [need] });
    else group.needs.push(need);
  }
  return new Map([...groups.values()].map((group) => [group.project, group.needs]));
}
