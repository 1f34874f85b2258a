import { type Diagnostic, errorAt } from "../core/diagnostic.ts";
import type { Reader } from "../core/ica.ts";
import type { Need } from "../core/need.ts";
import type { Observed } from "../core/resource.ts";
import { cutFolders, entriesOf, type OutputEntry } from "./output-entries.ts";

type OutputNeed = Extract<Need, { type: "output" }>;

/** Finds the files that succeeded runs of this stack wrote: one call for each such run, whatever is asked of it. */
export async function lookUpOutputs(
  reader: Reader,
  needs: readonly OutputNeed[],
  observed: ReadonlyMap<string, Observed>,
  diagnostics: Diagnostic[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const written = new Map<string, OutputEntry[]>();
  for (const run of new Set(needs.map((need) => need.run))) {
    const upstream = observed.get(run);
    if (upstream?.project === undefined) continue;
    written.set(run, (await reader.outputs(upstream.project.id, upstream.id)).flatMap(entriesOf));
  }
  for (const need of new Map(needs.toReversed().map((need) => [`${need.run} ${need.path}`, need])).values()) {
    const files = written.get(need.run) ?? [];
    const wanted = need.path.replace(/^\/+/, "");
    const exact = files.filter((file) => file.path === wanted);
    const matches = exact.length > 0 ? exact : files.filter((file) => file.path.endsWith(`/${wanted}`));
    if (matches.length === 1 && matches[0] !== undefined) {
      found.set(`${need.run} ${need.path}`, matches[0].id);
      continue;
    }
    const at = need.place.locate(need.place.path);
    const names = (matches.length > 0 ? matches : files).map((file) => file.path).sort();
    const shown = names.slice(0, 8).join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");
    const what = matches.length === 0 ? "wrote no" : `wrote ${matches.length} files that end with`;
    const cut = cutFolders(files).join(", ");
    const more = cut === "" ? "" : `; of ${cut} ICA lists the first 200,000 files alone: name the file by id or path`;
    diagnostics.push(
      errorAt(at, "output-not-found", `${need.run} ${what} ${need.path}`, `it has ${shown || "no outputs"}${more}`),
    );
  }
  return found;
}
