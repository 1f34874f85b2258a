import type { DataItem, Project, Reader } from "../core/ica.ts";
import { chunksByLength } from "./chunks.ts";

/** From so many calls on, one listing of what the paths have in common may be cheaper. */
const WORTH_A_TRY_FROM = 4;

/** Folders that one listing asks for at most. */
const MAX_FOLDERS = 20;

const ROWS_PER_CALL = 1_000;

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
  const calls = chunksByLength(paths).length;
  if (calls < WORTH_A_TRY_FROM) return false;
  let rows = 0;
  const filter = { paths: commonFolders(paths), pathMatch: "prefix" as const, ...(type === undefined ? {} : { type }) };
  for await (const item of reader.data(project.id, filter)) {
    rows += 1;
    if (rows > calls * ROWS_PER_CALL) return false;
    onItem(item);
  }
  return true;
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
