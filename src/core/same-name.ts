/**
 * ICA's rule for files of the same name in one sample: "The file in the lowest-level folder will be considered as the
 * original file and duplicates in higher-level folders or the root folder will be ignored as input" (ICA's API page,
 * "Duplicate Files on SampleCreationBatch").
 */
import { byCodeUnit } from "./address.ts";

export interface Chosen<File> {
  /** In the order of their paths. */
  counted: File[];
  /** Each with the file that counts in its place. */
  ignored: { file: File; original: File }[];
  /** Files of one name in equally deep folders. The page does not say which of them counts: all are in `counted`. */
  ties: File[][];
}

/** @param files with whole paths, from the project's root; each at most once */
export function chooseByName<File extends { path: string }>(files: readonly File[]): Chosen<File> {
  const chosen: Chosen<File> = { counted: [], ignored: [], ties: [] };
  const byName = new Map<string, [File, ...File[]]>();
  for (const file of [...files].sort((left, right) => byCodeUnit(left.path, right.path))) {
    const name = file.path.slice(file.path.lastIndexOf("/") + 1);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [file]);
    else same.push(file);
  }
  for (const same of byName.values()) {
    const deepest = Math.max(...same.map(depthOf));
    const originals = same.filter((file) => depthOf(file) === deepest);
    const original = originals[0] ?? same[0];
    chosen.counted.push(...originals);
    if (originals.length > 1) chosen.ties.push(originals);
    for (const file of same) if (depthOf(file) < deepest) chosen.ignored.push({ file, original });
  }
  chosen.counted.sort((left, right) => byCodeUnit(left.path, right.path));
  return chosen;
}

/** How many folders a file lies in. */
function depthOf({ path }: { path: string }): number {
  return path.split("/").length - 1;
}
