import { asFolder, cleanPath, ensureFolder, type NewFile, writeFile } from "./files.ts";
import type { AnalysisRecord, OutputFile, OutputMapping, Pipeline, Transition } from "./records.ts";
import { dataShelf, nameOf, parentPath } from "./store.ts";
import type { World } from "./world.ts";

/**
 * Writes what a run leaves behind at its end: its outputs where the mappings send them, unmapped ones to its output
 * folder, and its logs. A run whose mapping cannot be delivered turns into a failed one (`last` is changed).
 */
export function deliverOutputs(world: World, analysis: AnalysisRecord, last: Transition): void {
  const pipeline = world.store.pipelines.get(analysis.pipelineId);
  const time = world.clock.timeOf(last.at);
  const missing = missingTarget(world, analysis);
  if (last.status === "SUCCEEDED" && missing !== null) {
    last.status = "FAILED";
    analysis.summary = `The target folder ${missing} does not exist`;
  }
  if (pipeline !== undefined && last.status === "SUCCEEDED") {
    for (const output of pipeline.outputs) deliver(world, analysis, named(output, analysis), time);
  }
  writeLogs(world, analysis, time);
}

/** The folder that takes what no mapping sends elsewhere. */
export function outputFolder(analysis: AnalysisRecord): string {
  return asFolder(`${analysis.outputParentPath}${analysis.userReference}-${analysis.reference}`);
}

/** The folder of the logs; without a wish of the user it lies in the output folder (OpenAPI, CreateAnalysisLogs). */
export function logsFolder(analysis: AnalysisRecord): string {
  return analysis.logsPath ?? `${outputFolder(analysis)}ica_logs/`;
}

/** The outputs of a pipeline where its seed names none. */
export const USUAL_OUTPUTS: Pipeline["outputs"] = [
  { path: "out/bam/{userReference}.bam", size: 42_000_000_000 },
  { path: "out/vcf/{userReference}.vcf.gz", size: 180_000_000 },
  { path: "out/vcf/{userReference}.vcf.gz.tbi", size: 1_600_000 },
  { path: "out/qc/metrics.csv", size: 12_000 },
  { path: "out/report.html", size: 350_000 },
];

function deliver(world: World, analysis: AnalysisRecord, output: OutputFile, time: number): void {
  const targets = analysis.mappings.flatMap((mapping) => {
    const target = targetOf(mapping, output.path);
    return target === null ? [] : [{ mapping, ...target }];
  });
  if (targets.length === 0) {
    const root = outputFolder(analysis);
    const path = cleanPath(`${root}${output.path}`);
    write(world, analysis, { projectId: analysis.projectId, path, size: output.size, time }, root, "OVERWRITE");
  }
  for (const { mapping, path, root } of targets) {
    const file = { projectId: mapping.targetProjectId, path, size: output.size, time };
    write(world, analysis, file, root, mapping.actionOnExist);
  }
}

function write(
  world: World,
  analysis: AnalysisRecord,
  file: Pick<NewFile, "projectId" | "path" | "size" | "time">,
  root: string,
  action: OutputMapping["actionOnExist"],
): void {
  const content = `${analysis.id}${file.path}`;
  const written = writeFile(world, { ...file, status: "AVAILABLE", creatorId: analysis.ownerId, content }, action);
  if (written === null) return;
  written.tags.runOutTags = [analysis.reference];
  analysis.deliveries.push({
    dataId: written.id,
    projectId: file.projectId,
    root: root.endsWith("/") ? root : written.path,
  });
}

/** Where a mapping sends an output, or null. `out` and `out/` both mean the folder (ica-facts). */
function targetOf(mapping: OutputMapping, path: string): { path: string; root: string } | null {
  const source = mapping.sourcePath.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
  if (mapping.type !== "FOLDER" && path === source) {
    const into = mapping.targetPath.endsWith("/") ? `${mapping.targetPath}${nameOf(path)}` : mapping.targetPath;
    return { path: cleanPath(into), root: cleanPath(into) };
  }
  if (mapping.type === "FILE" || !(source === "" || path.startsWith(`${source}/`))) return null;
  const root = asFolder(mapping.targetPath);
  return { path: cleanPath(root + path.slice(source.length)), root };
}

/** With `createTargetFolders: false`: the first folder of a mapping that is not there. */
function missingTarget(world: World, analysis: AnalysisRecord): string | null {
  if (world.switches.createTargetFolders) return null;
  for (const mapping of analysis.mappings) {
    const isFile = mapping.type === "FILE" && !mapping.targetPath.endsWith("/");
    const folder = isFile ? parentPath(cleanPath(mapping.targetPath)) : asFolder(mapping.targetPath);
    if (folder !== "/" && !dataShelf(world.store, mapping.targetProjectId).byPath.has(folder)) return folder;
  }
  return null;
}

function writeLogs(world: World, analysis: AnalysisRecord, time: number): void {
  const folder = logsFolder(analysis);
  const common = { projectId: analysis.projectId, status: "AVAILABLE" as const, creatorId: analysis.ownerId, time };
  ensureFolder(world, { ...common, path: folder, size: 0, content: folder });
  for (const name of ["stdout.log", "stderr.log"]) {
    const content = `${analysis.id}/${name}`;
    writeFile(world, { ...common, path: `${folder}${name}`, size: 2048, content }, "OVERWRITE");
  }
}

function named(output: OutputFile, analysis: AnalysisRecord): OutputFile {
  const reference = analysis.userReference.replaceAll("/", "_");
  return { size: output.size, path: output.path.replaceAll("{userReference}", reference) };
}
