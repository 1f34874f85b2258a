import type { DataRecord } from "../records.ts";
import { nameOf } from "../store.ts";
import { surroundings, type World } from "../world.ts";
import { isoTime, type Json, regionView, resourceV3 } from "./common.ts";

/** File formats by the end of the name; the rest is UNKNOWN. */
const FORMATS: readonly [RegExp, string][] = [
  [/\.f(ast)?q(\.gz|\.ora)?$/i, "FASTQ"],
  [/\.bam$/i, "BAM"],
  [/\.(bai|tbi|csi|fai)$/i, "INDEX"],
  [/\.cram$/i, "CRAM"],
  [/\.g?vcf(\.gz)?$/i, "VCF"],
  [/\.bed(\.gz)?$/i, "BED"],
  [/\.(fa|fasta)(\.gz)?$/i, "FASTA"],
  [/\.csv$/i, "CSV"],
  [/\.tsv$/i, "TSV"],
  [/\.html?$/i, "HTML"],
  [/\.json$/i, "JSON"],
  [/\.(txt|log)$/i, "TXT"],
];

export function formatCode(path: string): string {
  return FORMATS.find(([pattern]) => pattern.test(path))?.[1] ?? "UNKNOWN";
}

export function formatView(world: World, path: string): Json {
  const code = formatCode(path);
  const id = world.ids.named("format", code);
  return { ...resourceV3(world, { id, timeCreated: world.clock.timeOf(0) }), code, description: code, mimeType: null };
}

/** The URN that the OpenAPI description defines for data. */
export function dataUrn(world: World, record: DataRecord): string {
  return `urn:ilmn:ica:region:${surroundings(world).regionId}:data:${record.id}#${record.path}`;
}

/** `Data` of the OpenAPI description. */
export function dataView(world: World, record: DataRecord, region = regionView(world)): Json {
  const { tenantId, tenantName } = surroundings(world);
  const file = record.type === "FILE";
  const details = {
    timeCreated: isoTime(record.timeCreated),
    timeModified: isoTime(record.timeModified),
    creatorId: record.creatorId,
    tenantId,
    tenantName,
    owningProjectId: record.projectId,
    owningProjectName: world.store.projects.get(record.projectId)?.name ?? null,
    name: nameOf(record.path),
    path: record.path,
    fileSizeInBytes: file ? record.size : null,
    status: record.status,
    tags: record.tags,
    format: file ? formatView(world, record.path) : null,
    dataType: record.type,
    objectETag: file ? record.objectETag : null,
    storedForTheFirstTimeAt: file ? isoTime(record.timeCreated) : null,
    region,
    application: null,
    willBeArchivedAt: null,
    willBeDeletedAt: null,
    sequencingRun: null,
  };
  const folderDetails = file ? null : { nonIndexed: false };
  return { id: record.id, urn: dataUrn(world, record), details, folderDetails };
}

/** `ProjectData`: data as a project sees it. */
export function projectDataView(world: World, record: DataRecord, region = regionView(world)): Json {
  return { data: dataView(world, record, region), projectId: record.projectId };
}

/** `AnalysisData`: data as an input or output of a run. */
export function analysisDataView(world: World, record: DataRecord, children: Json[] = []): Json {
  return {
    children,
    dataId: record.id,
    format: formatView(world, record.path),
    name: nameOf(record.path),
    dataType: record.type,
  };
}
