import type { Reader } from "../core/ica.ts";
import { forEachBounded } from "./bounded.ts";
import { chunksByLength } from "./chunks.ts";
import { listInstead } from "./list-instead.ts";
import type { OutputEntry } from "./output-entries.ts";

/** Listings under way at once; the governor slows them down as ICA asks for. */
const AT_ONCE = 8;

/**
 * Sizes of a run's output files in one project, by id. They stand in the data listing alone: many files are seen by
 * listing their output folders, what lies elsewhere is asked for by id. Files whose size ICA does not tell are left out.
 */
export async function sizesOf(
  reader: Reader,
  projectId: string,
  entries: readonly OutputEntry[],
): Promise<Map<string, number>> {
  const unseen = new Set(entries.flatMap(({ type, id }) => (type === "FILE" ? [id] : [])));
  const sizes = new Map<string, number>();
  const see = ({ id, size }: { id: string; size?: number }) => {
    if (unseen.delete(id) && size !== undefined) sizes.set(id, size);
  };
  const calls = chunksByLength([...unseen]).length;
  await listInstead(
    calls,
    () => filesBelow(reader, projectId, entries),
    see,
    () => unseen.size === 0,
  );
  await forEachBounded(chunksByLength([...unseen]), AT_ONCE, async (ids) => {
    for await (const file of reader.data(projectId, { ids })) see(file);
  });
  return sizes;
}

/** All files below the run's top folders, whose paths their ids tell: an output's own paths begin below its target. */
async function* filesBelow(reader: Reader, projectId: string, entries: readonly OutputEntry[]) {
  const roots = entries.filter(({ type, path }) => type === "FOLDER" && path.indexOf("/") === path.length - 1);
  const paths = new Set<string>();
  for (const ids of chunksByLength([...new Set(roots.map(({ id }) => id))])) {
    for await (const { type, path } of reader.data(projectId, { ids })) if (type === "FOLDER") paths.add(path);
  }
  for (const chunk of chunksByLength([...paths])) {
    yield* reader.data(projectId, { paths: chunk, pathMatch: "prefix", type: "FILE" });
  }
}
