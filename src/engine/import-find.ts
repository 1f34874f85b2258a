import { byCodeUnit } from "../core/address.ts";
import { ApiError, UsageError } from "../core/errors.ts";
import type { Analysis, Project, Reader } from "../core/ica.ts";

/** Which analyses of a project are meant; empty lists and what is absent leave nothing out. */
export interface ImportFilter {
  ids: readonly string[];
  /** As ICA spells them. */
  statuses: readonly string[];
  /** Each must be there, in whichever group. */
  tags: readonly string[];
  /** Code or id. */
  pipelines: readonly string[];
  /** Milliseconds since the epoch: created then or later. */
  since?: number;
}

export interface Found {
  /** Those that are meant, oldest first. */
  analyses: Analysis[];
  /** How many there were to choose from. */
  looked: number;
  /** The codes of their pipelines. */
  pipelines: string[];
}

/**
 * The analyses that a filter lets through. With ids each is read by itself; else the project is listed
 * to its last page, since ICA filters neither by pipeline nor by time, and by tag in ways that are not documented.
 *
 * @throws UsageError for an id that is no analysis of the project
 */
export async function findAnalyses(reader: Reader, project: Project, filter: ImportFilter): Promise<Found> {
  const found: Analysis[] = [];
  if (filter.ids.length > 0) {
    for (const id of new Set(filter.ids)) found.push(await oneAnalysis(reader, project, id));
  } else {
    for await (const analysis of reader.projectAnalyses(project.id, filter.statuses)) found.push(analysis);
  }
  return {
    analyses: found.filter((analysis) => isMeant(analysis, filter)).sort(byAge),
    looked: found.length,
    pipelines: [...new Set(found.map(({ pipeline }) => pipeline.code))],
  };
}

async function oneAnalysis(reader: Reader, project: Project, id: string): Promise<Analysis> {
  try {
    return (await reader.analysis(project.id, id)).analysis;
  } catch (cause) {
    if (!(cause instanceof ApiError) || ![400, 403, 404].includes(cause.status)) throw cause;
    throw new UsageError(
      `project ${project.name} has no analysis ${id}`,
      "give the id that ICA shows in the analysis' details, not its name",
      { cause },
    );
  }
}

function isMeant(analysis: Analysis, { statuses, tags, pipelines, since }: ImportFilter): boolean {
  const { technicalTags, userTags, referenceTags } = analysis.tags;
  const all = new Set([...technicalTags, ...userTags, ...referenceTags]);
  const { id, code } = analysis.pipeline;
  return (
    (statuses.length === 0 || statuses.includes(analysis.status)) &&
    tags.every((tag) => all.has(tag)) &&
    (pipelines.length === 0 || pipelines.includes(id) || pipelines.includes(code)) &&
    (since === undefined || Date.parse(analysis.timeCreated) >= since)
  );
}

function byAge(left: Analysis, right: Analysis): number {
  return byCodeUnit(left.timeCreated, right.timeCreated) || byCodeUnit(left.id, right.id);
}
