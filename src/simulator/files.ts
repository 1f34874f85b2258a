import { digest } from "./ids.ts";
import type { DataRecord, DataStatus, DataTags } from "./records.ts";
import { addData, dataShelf } from "./store.ts";
import { nextSequence, type World } from "./world.ts";

export interface NewFile {
  projectId: string;
  /** Absolute; a folder's ends with "/". */
  path: string;
  size: number;
  status: DataStatus;
  creatorId: string;
  time: number;
  /** Stands for the content: another content, another objectETag. */
  content: string;
  id?: string;
}

/** Adds a file or folder and the folders above it that are missing. The path must be free. */
export function addFile(world: World, file: NewFile): DataRecord {
  addParents(world, file);
  const folder = file.path.endsWith("/");
  const record: DataRecord = {
    sequence: nextSequence(world),
    id: file.id ?? (folder ? world.ids.folder() : world.ids.file()),
    projectId: file.projectId,
    type: folder ? "FOLDER" : "FILE",
    path: file.path,
    size: folder ? 0 : file.size,
    status: file.status,
    creatorId: file.creatorId,
    timeCreated: file.time,
    timeModified: file.time,
    objectETag: digest(file.content),
    usedInRun: false,
    tags: noTags(),
    sampleId: null,
  };
  addData(world.store, record);
  return record;
}

/**
 * Writes a file as `actionOnExist` says where one is present: OVERWRITE keeps its id and replaces size and content,
 * RENAME puts a counter before the extension, SKIP writes nothing (ica-api-page, "File output behavior").
 *
 * @returns the file that was written, or null
 */
export function writeFile(world: World, file: NewFile, action: "OVERWRITE" | "RENAME" | "SKIP"): DataRecord | null {
  const shelf = dataShelf(world.store, file.projectId);
  const present = shelf.byPath.get(file.path);
  if (present === undefined) return addFile(world, file);
  if (action === "SKIP") return null;
  if (action === "RENAME") {
    let counter = 1;
    while (shelf.byPath.has(numbered(file.path, counter))) counter += 1;
    return addFile(world, { ...file, path: numbered(file.path, counter) });
  }
  present.size = file.size;
  present.status = file.status;
  present.timeModified = file.time;
  present.objectETag = digest(file.content);
  return present;
}

/** Finds a folder by path or creates it. */
export function ensureFolder(world: World, folder: NewFile): DataRecord {
  const present = dataShelf(world.store, folder.projectId).byPath.get(folder.path);
  return present ?? addFile(world, folder);
}

/** A path with one slash at its start, none doubled; a folder's end stays. */
export function cleanPath(path: string): string {
  return `/${path}`.replace(/\/{2,}/g, "/");
}

export function asFolder(path: string): string {
  return cleanPath(`${path}/`);
}

function addParents(world: World, file: NewFile): void {
  const shelf = dataShelf(world.store, file.projectId);
  const steps = file.path.split("/").slice(1, file.path.endsWith("/") ? -2 : -1);
  let path = "/";
  for (const step of steps) {
    path = `${path}${step}/`;
    if (shelf.byPath.has(path)) continue;
    const { id: _own, ...parent } = file;
    addFile(world, { ...parent, path, status: "AVAILABLE", content: path });
  }
}

/** `report.html` → `report_1.html`. The extension is what follows the last dot. */
function numbered(path: string, counter: number): string {
  const slash = path.lastIndexOf("/");
  const dot = path.lastIndexOf(".");
  return dot > slash + 1 ? `${path.slice(0, dot)}_${counter}${path.slice(dot)}` : `${path}_${counter}`;
}

function noTags(): DataTags {
  return { technicalTags: [], userTags: [], connectorTags: [], runInTags: [], runOutTags: [], referenceTags: [] };
}
