import { grouped } from "./grouped.ts";

/** A folder that a run writes to. */
export interface FolderTarget {
  run: { name: string };
  /** Project and path; ends with "/". No two folders share one by accident. */
  place: string;
  /** The path alone, as messages show it. */
  shown: string;
}

/** Folders of two different runs that lie within one another, and how many more runs write there. */
export interface Overlap<Target> {
  first: Target;
  second: Target;
  others: number;
}

/**
 * Folders of different runs that overlap, told once for each outermost folder. A run may write into its own other
 * targets.
 *
 * @param isTold whether it is worth telling of these two; the first writes to the outermost folder
 */
export function overlapsOf<Target extends FolderTarget>(
  folders: readonly Target[],
  isTold: (first: Target, second: Target) => boolean = () => true,
): Overlap<Target>[] {
  const places = new Set(folders.map(({ place }) => place));
  const roots = new Map([...places].map((place) => [place, outermostOf(place, places)]));
  return grouped(folders, ({ place }) => roots.get(place)).flatMap((targets) => {
    // Those that write to the outermost folder come first: each of them overlaps with all others.
    const isRoot = ({ place }: Target) => Number(roots.get(place) === place);
    const [first, ...rest] = targets.sort((left, right) => isRoot(right) - isRoot(left));
    const second = rest.find((one) => first !== undefined && one.run !== first.run && isTold(first, one));
    if (first === undefined || second === undefined) return [];
    return [{ first, second, others: new Set(targets.map(({ run }) => run)).size - 2 }];
  });
}

/** What is said of them, but for the advice; `quoted` makes a word of a manifest fit for a message. */
export function overlapText(
  { first, second, others }: Overlap<FolderTarget>,
  quoted: (word: string) => string,
): string {
  const more = others > 0 ? ` and ${others} more` : "";
  const runs = `${quoted(first.run.name)} and ${quoted(second.run.name)}${more}`;
  const nested = second.shown === first.shown ? "the same folder" : `${quoted(second.shown)}, inside`;
  return `the runs ${runs} write to overlapping folders: ${nested} ${quoted(first.shown)}`;
}

export const OVERLAP_HELP =
  "files of one run may replace or stand among those of the other; give each run a folder of its own";

/** The highest of a folder's parents that is a target as well, or the folder itself. */
function outermostOf(place: string, places: ReadonlySet<string>): string {
  for (let at = place.indexOf("/"); at >= 0 && at < place.length - 1; at = place.indexOf("/", at + 1)) {
    const parent = place.slice(0, at + 1);
    if (places.has(parent)) return parent;
  }
  return place;
}
