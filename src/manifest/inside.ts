import { realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import type { Diagnostic, Position } from "../core/diagnostic.ts";
import { errorAt } from "../core/diagnostic.ts";
import { show } from "./show.ts";

/**
 * The real path of a file that a manifest names, relative to that manifest, links resolved.
 *
 * A manifest may come from anyone, so it must not name files outside the trees given on the command line (contract,
 * "Trust"). Whether a file outside exists is not told.
 *
 * @param treeRoots real paths of folders
 */
export function resolveInside(
  treeRoots: readonly string[],
  manifestFile: string,
  relativePath: string,
  at: Position & { frame?: string } = { file: manifestFile, line: 1, column: 1 },
): string | Diagnostic {
  const wanted = resolve(dirname(manifestFile), relativePath);
  const outside = () =>
    errorAt(
      at,
      "outside-tree",
      `${show(relativePath)} is outside the tree given on the command line`,
      "put the file below the folder that is given, or give a folder that holds both",
    );
  const base = realPath(dirname(manifestFile));
  // Told before anything is looked up, so that the answer is the same whether the file exists or not.
  if (base === undefined || !isInside(treeRoots, resolve(base, relativePath))) return outside();
  const real = realPath(wanted);
  if (real === undefined) {
    return errorAt(
      at,
      "path-missing",
      `there is no file ${show(relativePath)}`,
      "its path is relative to this manifest",
    );
  }
  return isInside(treeRoots, real) ? real : outside();
}

/** Whether a real path is one of the folders or below one of them. */
export function isInside(roots: readonly string[], path: string): boolean {
  return roots.some((root) => {
    const between = relative(root, path);
    return between === "" || (between !== ".." && !between.startsWith(`..${sep}`) && !isAbsolute(between));
  });
}

/** Undefined when there is nothing, or nothing that may be looked at. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    // A missing file, a broken or circular link, a folder that may not be entered: all the same to the caller.
    return undefined;
  }
}
