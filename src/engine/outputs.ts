import { UsageError } from "../core/errors.ts";
import type { Reader } from "../core/ica.ts";
import type { Kind } from "../core/kind.ts";
import type { Attempt, Observed } from "../core/resource.ts";
import type { Tree } from "../core/spec.ts";
import { didYouMean } from "../core/suggest.ts";
import { observeStack } from "./observe.ts";
import { cutFolders, entriesOf, type OutputEntry } from "./output-entries.ts";
import { sizesOf } from "./output-sizes.ts";

export interface RunOutputs {
  address: string;
  analysisId: string;
  reference: string;
  status: string;
  attempt: number;
  outputs: OutputEntry[];
  /** Folders of which ICA lists the first 200,000 files alone, so that there may be more. */
  cutFolders: string[];
}

/**
 * What a run wrote: its newest attempt, or the one that is asked for.
 *
 * @throws UsageError for a run that is not declared, or not in ICA, and for an attempt that ICA does not have
 */
export async function outputsOfRun(
  tree: Tree,
  reader: Reader,
  kinds: readonly Kind[],
  run: string,
  now: number,
  attempt?: number,
): Promise<RunOutputs> {
  const address = run.startsWith("PipelineRun/") ? run : `PipelineRun/${run}`;
  if (!tree.runs.some((declared) => `PipelineRun/${declared.name}` === address)) {
    const help = didYouMean(
      address,
      tree.runs.map((declared) => `PipelineRun/${declared.name}`),
    );
    throw new UsageError(`stack ${tree.stack.name} declares no ${address}`, help);
  }
  const options = { prune: false, rotate: new Set<string>(), share: new Set<string>(), now, targets: [] };
  const { matched, decisions } = await observeStack(tree, reader, kinds, options);
  const observed: Observed | undefined = matched.observed.get(address);
  if (observed?.project === undefined) {
    const waiting = decisions.find(({ change }) => change.address === address && change.action === "wait");
    throw new UsageError(`${address} is not in ICA yet`, waiting?.change.reason ?? "apply it first");
  }
  const chosen = attemptOf(observed, attempt, address);
  const entries = (await reader.outputs(observed.project.id, chosen.id)).flatMap(entriesOf);
  return {
    address,
    analysisId: chosen.id,
    reference: chosen.reference ?? "",
    status: chosen.status ?? "",
    attempt: chosen.attempt,
    outputs: await withSizes(reader, entries, observed.project.id),
    cutFolders: cutFolders(entries),
  };
}

function attemptOf(observed: Observed, wanted: number | undefined, address: string): Observed | Attempt {
  if (wanted === undefined || wanted === observed.attempt) return observed;
  // Of two with one number the earliest that is not aborted counts, as in plans; it comes last.
  const found = observed.attempts.filter(({ attempt }) => attempt === wanted).at(-1);
  if (found !== undefined) return found;
  const there = [...new Set(observed.attempts.map(({ attempt }) => attempt))].join(", ");
  throw new UsageError(`${address} has no attempt ${wanted}`, `ICA has ${there}`);
}

/** Sizes stand in the data listings of the projects that were written to. */
async function withSizes(reader: Reader, entries: readonly OutputEntry[], ownProject: string): Promise<OutputEntry[]> {
  const sizes = new Map<string, number>();
  const projectOf = (entry: OutputEntry) => entry.projectId ?? ownProject;
  for (const projectId of new Set(entries.map(projectOf))) {
    const own = entries.filter((entry) => projectOf(entry) === projectId);
    for (const [id, size] of await sizesOf(reader, projectId, own)) sizes.set(id, size);
  }
  return entries.map((entry) => {
    const size = sizes.get(entry.id);
    return size === undefined ? entry : { ...entry, size };
  });
}
