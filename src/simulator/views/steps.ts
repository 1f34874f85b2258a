import { isFinal, statusOf, timesOf } from "../lifecycle.ts";
import { logsFolder } from "../outputs.ts";
import type { AnalysisRecord, AnalysisStatus } from "../records.ts";
import { dataShelf } from "../store.ts";
import type { World } from "../world.ts";
import { isoTime, type Json } from "./common.ts";
import { dataView } from "./data.ts";

/** The steps of every run, and the statuses during which each of them works. */
const STEPS: readonly { name: string; technical: boolean; works: AnalysisStatus[] }[] = [
  { name: "PrepareInput", technical: true, works: ["INITIALIZING", "PREPARING_INPUTS"] },
  { name: "Run", technical: false, works: ["IN_PROGRESS"] },
  { name: "UploadOutput", technical: true, works: ["GENERATING_OUTPUTS"] },
];

/** `AnalysisStepList`. */
export function stepsView(world: World, analysis: AnalysisRecord): Json {
  const status = statusOf(analysis, world.clock);
  const progress = world.clock.progress();
  const { end } = timesOf(analysis, world.clock);
  const items = STEPS.map((step, index) => {
    const begun = analysis.transitions.find(({ at, status: name }) => at <= progress && step.works.includes(name));
    const following = analysis.transitions.find(
      ({ at, status: name }) => at <= progress && STEPS[index + 1]?.works.includes(name),
    );
    const ended = following === undefined ? end : world.clock.timeOf(following.at);
    return {
      id: world.ids.named("step", analysis.id, step.name),
      name: step.name,
      status: stepStatus(step.works, status, begun !== undefined, following !== undefined),
      queueDate: isoTime(analysis.timeCreated),
      startDate: begun === undefined ? null : isoTime(world.clock.timeOf(begun.at)),
      endDate: begun === undefined || ended === null ? null : isoTime(ended),
      technical: step.technical,
      logs: isFinal(status) && begun !== undefined && !step.technical ? logsOf(world, analysis) : {},
      exitCode: begun !== undefined && isFinal(status) ? Number(status !== "SUCCEEDED") : null,
      computeType: step.technical ? null : "standard-small",
    };
  });
  return { items };
}

/** `AnalysisStepLogs`: "a Data reference after step execution". */
function logsOf(world: World, analysis: AnalysisRecord): Json {
  const { byPath } = dataShelf(world.store, analysis.projectId);
  const [stdOut, stdErr] = ["stdout.log", "stderr.log"].map((name) => byPath.get(`${logsFolder(analysis)}${name}`));
  return {
    ...(stdOut === undefined ? {} : { stdOutData: dataView(world, stdOut) }),
    ...(stdErr === undefined ? {} : { stdErrData: dataView(world, stdErr) }),
  };
}

function stepStatus(works: AnalysisStatus[], status: AnalysisStatus, begun: boolean, passed: boolean): string {
  if (!begun) return status === "SUCCEEDED" ? "DONE" : isFinal(status) ? "INTERRUPTED" : "WAITING";
  if (passed || status === "SUCCEEDED") return "DONE";
  if (status === "FAILED" || status === "FAILED_FINAL") return "FAILED";
  if (status === "ABORTED") return "ABORTED";
  return works.includes(status) || !isFinal(status) ? "RUNNING" : "DONE";
}
