import { type Diagnostic, warningAt } from "../core/diagnostic.ts";
import type { Project, Reader } from "../core/ica.ts";
import { type Need, needKey } from "../core/need.ts";
import type { Observed } from "../core/resource.ts";
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
  for (const [key, need] of unique) {
    const match = matchOf(need, written.get(need.run) ?? []);
    if (typeof match === "string") found.set(key, match);
    else diagnostics.push(match);
  }
  const elsewhere = [...unique].filter(([, { run, project }]) => observed.get(run)?.project?.id !== project.id);
  for (const [key, need] of await unreadable(reader, elsewhere, found)) {
    found.delete(key);
    const from = observed.get(need.run)?.project?.name;
    const message = `${need.run} wrote ${need.path} in project ${from}, and it is not in project ${need.project.name}`;
    const help = "link it to that project in ICA, or map it there by the outputs of the run that writes it";
    diagnostics.push(warningAt(need.place.locate(need.place.path), "output-elsewhere", message, help));
  }
  return found;
}

/** The id of the one file that is meant, or what to say. */
function matchOf(need: OutputNeed, files: readonly OutputEntry[]): string | Diagnostic {
  const wanted = need.path.replace(/^\/+/, "");
  const exact = files.filter((file) => file.path === wanted);
  const matches = exact.length > 0 ? exact : files.filter((file) => file.path.endsWith(`/${wanted}`));
  if (matches.length === 1 && matches[0] !== undefined) return matches[0].id;
  const at = need.place.locate(need.place.path);
  const names = (matches.length > 0 ? matches : files).map((file) => file.path).sort();
  const shown = names.slice(0, 8).join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");
  const what = matches.length === 0 ? "wrote no" : `wrote ${matches.length} files that end with`;
  const cut = cutFolders(files).join(", ");
  const more = cut === "" ? "" : `; of ${cut} ICA lists the first 200,000 files alone: name the file by id or path`;
  return warningAt(
    at,
    "output-not-found",
    `${need.run} ${what} ${need.path}`,
    `it has ${shown || "no outputs"}${more}`,
  );
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
