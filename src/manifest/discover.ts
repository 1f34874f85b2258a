import { readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Diagnostic } from "../core/diagnostic.ts";
import { isInside, realPath } from "./inside.ts";
import { printable } from "./show.ts";

/** A file to read. `isExplicit`: named on the command line itself, so that it is read whatever it is. */
export interface Found {
  /** As shown to people: relative to where the tool was started, when it is below. */
  name: string;
  path: string;
  isExplicit: boolean;
}

export interface Discovered {
  files: Found[];
  /** The real paths of the trees given: files outside may not be named by manifests. */
  roots: string[];
  diagnostics: Diagnostic[];
}

/**
 * The files that the given paths mean: files as they are; of folders, every `*.yaml` and `*.yml` below but in hidden
 * folders and `node_modules`. Sorted, each real file once.
 */
export function discover(paths: readonly string[], cwd: string): Discovered {
  const walk: Walk = { cwd, roots: [], found: new Map(), entered: new Set(), diagnostics: [] };
  const given = paths.map((path) => ({ path: resolve(cwd, path), stats: statsOf(resolve(cwd, path)) }));
  for (const { path, stats } of given) {
    const root = stats === undefined ? undefined : realPath(stats.isDirectory() ? path : dirname(path));
    if (root !== undefined) walk.roots.push(root);
  }
  for (const { path, stats } of given) {
    if (stats === undefined) {
      fail(walk, path, "path-missing", "there is no such file or folder", PATH_HELP);
    } else if (stats.isDirectory()) enterFolder(walk, path);
    else addFile(walk, path, true);
  }
  const files = [...walk.found.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  return { files, roots: walk.roots, diagnostics: walk.diagnostics };
}

const PATH_HELP =
  "check the path; whatever is no option is a path of manifests, and an option for several values is repeated";

interface Walk {
  cwd: string;
  roots: string[];
  /** By real path. */
  found: Map<string, Found>;
  entered: Set<string>;
  diagnostics: Diagnostic[];
}

function enterFolder(walk: Walk, folder: string): void {
  const real = realPath(folder);
  // A link back to a folder above would otherwise be followed for ever.
  if (real === undefined || walk.entered.has(real)) return;
  walk.entered.add(real);
  for (const entry of entriesOf(walk, folder)) {
    const path = join(folder, entry.name);
    const isManifest = /\.ya?ml$/.test(entry.name);
    if (entry.isSymbolicLink()) followLink(walk, path, isManifest);
    else if (entry.isDirectory()) {
      if (isVisible(entry.name)) enterFolder(walk, path);
    } else if (entry.isFile() && isManifest) addFile(walk, path, false);
  }
}

function followLink(walk: Walk, path: string, isManifest: boolean): void {
  if (!isManifest && !isVisible(basename(path))) return;
  const real = realPath(path);
  const stats = real === undefined ? undefined : statsOf(real);
  if (real === undefined || stats === undefined) {
    if (isManifest) fail(walk, path, "path-missing", "this link leads nowhere", "remove the link or mend it");
    return;
  }
  if (!isManifest && !stats.isDirectory()) return;
  if (!isInside(walk.roots, real)) {
    const message = "this link leads outside the tree given on the command line";
    fail(walk, path, "outside-tree", message, "put a copy in its place, or give the folder it leads to as well");
  } else if (stats.isDirectory()) enterFolder(walk, path);
  else if (stats.isFile()) addFile(walk, path, false);
}

function addFile(walk: Walk, path: string, isExplicit: boolean): void {
  const real = realPath(path);
  if (real === undefined) return;
  const known = walk.found.get(real);
  if (known !== undefined) known.isExplicit ||= isExplicit;
  else walk.found.set(real, { name: shownName(path, walk.cwd), path, isExplicit });
}

function entriesOf(walk: Walk, folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    fail(walk, folder, "path-unreadable", `this folder cannot be read: ${reasonOf(error)}`);
    return [];
  }
}

function fail(walk: Walk, path: string, code: string, message: string, help?: string): void {
  const file = shownName(path, walk.cwd);
  const said = { severity: "error", code, message, file, line: 1, column: 1 } as const;
  walk.diagnostics.push(help === undefined ? said : { ...said, help });
}

function isVisible(folder: string): boolean {
  return !folder.startsWith(".") && folder !== "node_modules";
}

function shownName(path: string, cwd: string): string {
  const below = relative(cwd, path);
  if (below === "") return ".";
  // A file's name is its author's as well: nothing in it may reach the terminal as it is.
  return printable(below === ".." || below.startsWith(`..${sep}`) ? path : below);
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    // Missing, circular, too long, or in a folder that may not be entered: there is nothing to read.
    return undefined;
  }
}

/** `EACCES`, say: short, and the same under every locale. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
