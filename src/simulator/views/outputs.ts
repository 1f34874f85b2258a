import type { AnalysisRecord, DataRecord } from "../records.ts";
import { dataShelf, parentPath } from "../store.ts";
import type { World } from "../world.ts";
import type { Json } from "./common.ts";
import { analysisDataView } from "./data.ts";

/** "first 200,000 files a folder" (ica-facts). */
const LISTED = 200_000;

/**
 * `AnalysisOutputList`: one item for each project that the run wrote to; its data are the target folders with what
 * the run delivered below them, or single files. `analysisData` says the same again for old clients (ica-api-page).
 */
export function outputsView(world: World, analysis: AnalysisRecord): Json {
  const projects = [...new Set(analysis.deliveries.map(({ projectId }) => projectId))];
  const items = projects.map((projectId) => {
    const data = projectOutputs(world, analysis, projectId);
    return { code: "Output", projectId, data, analysisData: data };
  });
  return { items };
}

function projectOutputs(world: World, analysis: AnalysisRecord, projectId: string): Json[] {
  const shelf = dataShelf(world.store, projectId);
  const roots = new Map<string, DataRecord[]>();
  for (const delivery of analysis.deliveries.filter((candidate) => candidate.projectId === projectId)) {
    const record = shelf.byId.get(delivery.dataId);
    if (record === undefined) continue;
    roots.set(delivery.root, [...(roots.get(delivery.root) ?? []), record].slice(0, LISTED));
  }
  return [...roots].flatMap(([root, records]) => {
    const top = shelf.byPath.get(root);
    return top === undefined ? [] : [tree(world, top, records)];
  });
}

/** A folder with the delivered files below it, level by level. */
function tree(world: World, folder: DataRecord, records: DataRecord[]): Json {
  const shelf = dataShelf(world.store, folder.projectId);
  const children = records
    .filter(({ path }) => parentPath(path) === folder.path)
    .map((record) => analysisDataView(world, record));
  const deeper = records.filter(({ path }) => path !== folder.path && parentPath(path) !== folder.path);
  const names = new Set(deeper.map(({ path }) => path.slice(folder.path.length).split("/")[0] ?? ""));
  const folders = [...names].flatMap((name) => {
    const path = `${folder.path}${name}/`;
    const below = shelf.byPath.get(path);
    return below === undefined
      ? []
      : [
          tree(
            world,
            below,
            deeper.filter((record) => record.path.startsWith(path)),
          ),
        ];
  });
  return analysisDataView(world, folder, [...folders, ...children]);
}
