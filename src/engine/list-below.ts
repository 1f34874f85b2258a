import type { DataItem, Project, Reader } from "../core/ica.ts";
import { chunksByLength } from "./chunks.ts";
import { listInstead } from "./list-instead.ts";

/** Folders that one listing asks for at most. */
const MAX_FOLDERS = 20;

/**
 * Tries to see all of `paths` by listing the folders that they have in common, instead of asking for each. It gives
 * up once that has cost as many calls as asking would: then false is returned, and what was seen must be forgotten.
 *
 * @param onItem told of every item below those folders, wanted or not
 */
export async function listBelow(
  reader: Reader,
  project: Project,
  paths: readonly string[],
  type: "FILE" | undefined,
  onItem: (item: DataItem) => void,
): Promise<boolean> {
  const filter = () => ({
    paths: commonFolders(paths),
    pathMatch: "prefix" as const,
    ...(type === undefined ? {} : { type }),
  });
  return listInstead(chunksByLength(paths).length, () => reader.data(project.id, filter()), onItem);
}

/** At most `MAX_FOLDERS` folders that hold all of the paths, as deep as that allows. */
export function commonFolders(paths: readonly string[]): string[] {
  let folders = new Set(paths.map((path) => folderAt(path, Number.POSITIVE_INFINITY)));
  let depth = Math.max(...[...folders].map((folder) => folder.split("/").length - 2));
  while (folders.size > MAX_FOLDERS && depth > 0) {
    depth -= 1;
    folders = new Set([...folders].map((folder) => folderAt(folder, depth)));
  }
  // A folder inside another one of them is listed with it.
  return [...folders].filter((folder) => ![...folders].some((other) => other !== folder && folder.startsWith(other)));
}

/** The folder of a path, cut to so many levels: `/a/b/c.txt` at 1 is `/a/`, at 0 it is `/`. */
function folderAt(path: string, depth: number): string {
  const parts = path.slice(0, path.lastIndexOf("/")).split("/").slice(1);
  return ["", ...parts.slice(0, depth), ""].join("/");
}
