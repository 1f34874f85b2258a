import { type Diagnostic, warningAt } from "../core/diagnostic.ts";
import type { Project, Reader } from "../core/ica.ts";
import { type Need, needKey } from "../core/need.ts";
import type { Observed } from "../core/resource.ts";
import { nearestPaths } from "../core/suggest.ts";
import { forEachBounded } from "./bounded.ts";
import { chunksByLength } from "./chunks.ts";
import { cutFolders, entriesOf, type OutputEntry } from "./output-entries.ts";

/** Listings under way at once; the governor slows them down as ICA asks for. */
const AT_ONCE = 8;

type OutputNeed = Extract<Need, { type: "output" }>;

/** The key under which the answer to a need of an output is kept. */
export function outputKey(project: Project, run: string, path: string): string {
  return needKey(project, `${run} ${path}`);
}

/**
 * Finds the files that succeeded runs of this stack wrote, and that what reads them can read: one call for each such
 * run, whatever is asked of it, and some more where it runs in another project. What is not there is a warning: it
 * keeps the one run from starting that reads it, and no other.
 */
export async function lookUpOutputs(
  reader: Reader,
  needs: readonly OutputNeed[],
  observed: ReadonlyMap<string, Observed>,
  diagnostics: Diagnostic[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const written = new Map<string, OutputEntry[]>();
  await forEachBounded([...new Set(needs.map((need) => need.run))], AT_ONCE, async (run) => {
    const upstream = observed.get(run);
    if (upstream?.project === undefined) return;
    written.set(run, (await reader.outputs(upstream.project.id, upstream.id)).flatMap(entriesOf));
  });
  const unique = new Map(needs.toReversed().map((need) => [outputKey(need.project, need.run, need.path), need]));
  const missed = new Map<string, number>();
  for (const [key, need] of unique) {
    const misses = missed.get(need.run) ?? 0;
    const match = matchOf(need, written.get(need.run) ?? [], misses < MOST_SUGGESTIONS);
    if (typeof match !== "string") missed.set(need.run, misses + 1);
    if (typeof match === "string") found.set(key, match);
    else diagnostics.push(match);
  }
  const elsewhere = [...unique].filter(([, { run, project }]) => observed.get(run)?.project?.id !== project.id);
  for (const [key, need] of await unreadable(reader, elsewhere, found)) {
    found.delete(key);
    const from = observed.get(need.run)?.project?.name;
    const message = `${need.run} wrote ${need.path} in project ${from}, and it is not in project ${need.project.name}`;
    const help =
      "link it to that project in ICA, or map it there by the outputs of the run that writes it: its path then begins at the mapping's target";
    diagnostics.push(warningAt(need.place.locate(need.place.path), "output-elsewhere", message, help));
  }
  return found;
}

/** The id of the one file that is meant, or what to say. */
function matchOf(need: OutputNeed, files: readonly OutputEntry[], isSuggesting: boolean): string | Diagnostic {
  const wanted = need.path.replace(/^\/+/, "");
  const exact = files.filter((file) => file.path === wanted);
  const matches = exact.length > 0 ? exact : files.filter((file) => file.path.endsWith(`/${wanted}`));
  if (matches.length === 1 && matches[0] !== undefined) return matches[0].id;
  const what = matches.length === 0 ? "wrote no" : `wrote ${matches.length} files that end with`;
  const cut = cutFolders(files).join(", ");
  const more = cut === "" ? "" : `; of ${cut} ICA lists the first 200,000 files alone: name the file by id or path`;
  const at = need.place.locate(need.place.path);
  const help = (isSuggesting ? whatItHas(wanted, files, matches) : "see those above for what it has") + more;
  return warningAt(at, "output-not-found", `${need.run} ${what} ${need.path}`, help);
}

/** To look for what was meant takes time for each file that there is: nobody reads it a hundred times. */
const MOST_SUGGESTIONS = 20;

/** So many paths are named. */
const MOST_PATHS = 5;

/** What the path may have meant, as it would be written in a manifest: from the run's own folder. */
function whatItHas(wanted: string, files: readonly OutputEntry[], matches: readonly OutputEntry[]): string {
  const root = rootOf(files);
  const inside = (entries: readonly OutputEntry[]) =>
    entries.map(({ path }) => path.slice(root.length)).filter(Boolean);
  const folder = inside(files).find((path) => path === `${wanted}/` || path.endsWith(`/${wanted}/`));
  if (matches.length === 0 && folder !== undefined) {
    return `did you mean \`${folder}\`? It is a folder: a path that ends with "/" reads all of it`;
  }
  const names = inside(matches.length > 0 ? matches : files.filter(({ type }) => type === "FILE"));
  if (names.length === 0) return "it has no outputs";
  const shown = nearestPaths(wanted, names, MOST_PATHS).join(", ");
  return names.length > MOST_PATHS
    ? `nearest of its ${names.length.toLocaleString("en")} files are ${shown}`
    : `it has ${shown}`;
}

/** The folder that all of it is in: its name is ICA's, and no part of a path in a manifest. */
function rootOf(files: readonly OutputEntry[]): string {
  const [first] = files;
  const root = first?.path.slice(0, first.path.indexOf("/") + 1) ?? "";
  return files.every(({ path }) => path.startsWith(root)) ? root : "";
}

/** Those of which the file that was found is not in the project that is to read it. */
async function unreadable(
  reader: Reader,
  needs: readonly [string, OutputNeed][],
  found: ReadonlyMap<string, string>,
): Promise<[string, OutputNeed][]> {
  const there = new Set<string>();
  for (const projectId of new Set(needs.map(([, { project }]) => project.id))) {
    const ids = needs.flatMap(([key, { project }]) => (project.id === projectId ? (found.get(key) ?? []) : []));
    for (const chunk of chunksByLength([...new Set(ids)]))
      for await (const { id } of reader.data(projectId, { ids: chunk })) there.add(`${projectId} ${id}`);
  }
  return needs.filter(([key, { project }]) => found.has(key) && !there.has(`${project.id} ${found.get(key)}`));
}
