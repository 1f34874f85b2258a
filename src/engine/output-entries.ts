import type { AnalysisOutput, OutputNode } from "../core/ica.ts";

/** One file or folder that a run wrote. */
export interface OutputEntry {
  /** ICA's name of the output parameter. */
  code: string;
  /** From the output's root; a folder's ends with "/". */
  path: string;
  type: "FILE" | "FOLDER";
  id: string;
  projectId?: string;
  /** Bytes, where ICA tells them. */
  size?: number;
}

/** Every node of an output tree, with its path from the root. The legacy `analysisData` is never looked at. */
export function entriesOf(output: AnalysisOutput): OutputEntry[] {
  const entries: OutputEntry[] = [];
  const walk = (nodes: readonly OutputNode[], parent: string) => {
    for (const node of nodes) {
      const path = parent + node.name.replace(/\/$/, "") + (node.dataType === "FOLDER" ? "/" : "");
      const { code, projectId } = output;
      entries.push({
        code,
        path,
        type: node.dataType,
        id: node.dataId,
        ...(projectId === undefined ? {} : { projectId }),
      });
      walk(node.children ?? [], path);
    }
  };
  walk(output.data ?? [], "");
  return entries;
}

/** ICA lists no more files of one output folder (OpenAPI, getAnalysisOutputs). */
const MOST_FILES_LISTED = 200_000;

/** The output folders of which ICA may not have listed all files. */
export function cutFolders(entries: readonly OutputEntry[]): string[] {
  const files = new Map<string, number>();
  for (const { path, type } of entries) {
    const folder = path.slice(0, path.indexOf("/") + 1);
    if (type === "FILE" && folder !== "") files.set(folder, (files.get(folder) ?? 0) + 1);
  }
  return [...files].flatMap(([folder, count]) => (count >= MOST_FILES_LISTED ? [folder] : []));
}
