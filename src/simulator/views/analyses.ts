import { statusOf, timesOf } from "../lifecycle.ts";
import type { AnalysisRecord, AnalysisStatus } from "../records.ts";
import type { World } from "../world.ts";
import { entityTag, isoTime, type Json, resourceV3, resourceV4 } from "./common.ts";
import { pipelineV3, pipelineV4, storageV3, storageV4 } from "./pipelines.ts";

/** The old set of statuses: newer ones are shown as what they were before they were told apart. */
const V3_STATUS: Record<AnalysisStatus, string> = {
  REQUESTED: "REQUESTED",
  QUEUED: "REQUESTED",
  INITIALIZING: "INPROGRESS",
  PREPARING_INPUTS: "INPROGRESS",
  IN_PROGRESS: "INPROGRESS",
  GENERATING_OUTPUTS: "INPROGRESS",
  AWAITING_INPUT: "AWAITINGINPUT",
  ABORTING: "INPROGRESS",
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
  FAILED_FINAL: "FAILEDFINAL",
  ABORTED: "ABORTED",
};

export function statusV3(world: World, status: AnalysisStatus): string {
  return world.switches.v3Only ? V3_STATUS[status] : status;
}

export function analysisView(world: World, analysis: AnalysisRecord, version: "V3" | "V4"): Json {
  return analysesView(world, [analysis], version)[0] ?? {};
}

/** Many analyses: a pipeline that they share is turned into JSON once. */
export function analysesView(world: World, analyses: readonly AnalysisRecord[], version: "V3" | "V4"): Json[] {
  const pipelines = new Map<string, Json | null>();
  const pipelineOf = (id: string): Json | null => {
    const known = pipelines.get(id);
    if (known !== undefined) return known;
    const pipeline = world.store.pipelines.get(id);
    const made =
      pipeline === undefined ? null : version === "V4" ? pipelineV4(world, pipeline) : pipelineV3(world, pipeline);
    pipelines.set(id, made);
    return made;
  };
  return analyses.map((analysis) => {
    const times = timesOf(analysis, world.clock);
    const storage = world.store.storages.get(analysis.storageId);
    const status = statusOf(analysis, world.clock);
    const { id, ownerId, timeCreated } = analysis;
    const resource = { id, ownerId, timeCreated, timeModified: times.modified };
    return {
      ...(version === "V4" ? resourceV4(world, resource) : resourceV3(world, resource)),
      reference: analysis.reference,
      userReference: analysis.userReference,
      pipeline: pipelineOf(analysis.pipelineId),
      status: version === "V4" ? status : statusV3(world, status),
      startDate: times.start === null ? null : isoTime(times.start),
      endDate: times.end === null ? null : isoTime(times.end),
      summary: analysis.summary,
      ...(storage === undefined
        ? {}
        : { analysisStorage: version === "V4" ? storageV4(storage) : storageV3(world, storage) }),
      analysisPriority: "MEDIUM",
      tags: analysis.tags,
      application: null,
    };
  });
}

/** Changes with the tags and with the status, as the version of a database row would. */
export function analysisTag(world: World, analysis: AnalysisRecord): string {
  return entityTag(analysis.id.slice(0, 8), analysis.version, statusOf(analysis, world.clock));
}
