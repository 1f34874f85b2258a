import { findAnalysis } from "../creation.ts";
import { endedAt, statusOf } from "../lifecycle.ts";
import { V3, V4 } from "../media.ts";
import { logsFolder } from "../outputs.ts";
import type { AnalysisRecord } from "../records.ts";
import { badRequest, notFound } from "../refusal.ts";
import type { Call, Route } from "../router.ts";
import { dataShelf } from "../store.ts";
import type { Json } from "../views/common.ts";
import { dataView } from "../views/data.ts";
import { configurationsView, formView, inputsView } from "../views/inputs.ts";
import { outputsView } from "../views/outputs.ts";
import { stepsView } from "../views/steps.ts";

/** Simulated seconds from the end of a run until its price is known ("may take several minutes", OpenAPI). */
const PRICING_SECONDS = 60;

/** What a run was given and what it produced. */
export const analysisPartRoutes: Route[] = [
  part("inputs", V3, inputsView),
  part("configurations", V3, ({ world: _world }, analysis) => configurationsView(analysis)),
  part("inputFormValues", V4, (call, analysis) => formView(call, analysis)),
  part("outputs", V3, ({ world }, analysis) => outputsView(world, analysis)),
  part("steps", V3, ({ world }, analysis) => stepsView(world, analysis)),
  part("reports", V3, () => ({ items: [] })),
  part("rawOutput", V3, (call, analysis) => ({ rawOutput: JSON.stringify(outputsView(call.world, analysis)) })),
  part("logs", V3, logsView),
  part("usage", V3, usageView),
  part("cwl/inputJson", V3, (call, analysis) => {
    if (analysis.input.document === null || languageOf(call, analysis) !== "CWL")
      throw notFound("Input JSON of", analysis.id);
    return { inputJson: analysis.input.document };
  }),
  part("cwl/outputJson", V3, (call, analysis) => {
    if (languageOf(call, analysis) !== "CWL") throw notFound("Output JSON of", analysis.id);
    return { outputJson: "{}" };
  }),
];

function part(name: string, mediaType: string, view: (call: Call, analysis: AnalysisRecord) => Json): Route {
  return {
    method: "GET",
    path: `/api/projects/{projectId}/analyses/{analysisId}/${name}`,
    answers: [mediaType],
    handle: (call) => {
      const analysis = findAnalysis(call.world, call.param("projectId"), call.param("analysisId"));
      return { status: 200, body: view(call, analysis) };
    },
  };
}

/** The price, once it is known: 404 "indicates that the system is busy processing the information" (OpenAPI). */
function usageView({ world }: Call, analysis: AnalysisRecord): Json {
  const status = statusOf(analysis, world.clock);
  const ended = endedAt(analysis, world.clock);
  const priced = status === "SUCCEEDED" || status === "FAILED";
  const waiting = Number.isFinite(world.clock.speed) ? PRICING_SECONDS : 0;
  if (!priced || ended === null || world.clock.progress() < ended + waiting)
    throw notFound("Usage of analysis", analysis.id);
  if (analysis.price !== null) return { price: { amount: analysis.price, currency: "iCredit" } };
  const seconds = world.store.pipelines.get(analysis.pipelineId)?.duration ?? 0;
  const factor = 1 + [...world.store.storages.keys()].indexOf(analysis.storageId);
  return { price: { amount: Math.round((seconds / 360) * factor * 100) / 100, currency: "iCredit" } };
}

function logsView({ world }: Call, analysis: AnalysisRecord): Json {
  const folder = dataShelf(world.store, analysis.projectId).byPath.get(logsFolder(analysis));
  return folder === undefined ? {} : { logsFolder: dataView(world, folder) };
}

function languageOf({ world }: Call, analysis: AnalysisRecord): string {
  const pipeline = world.store.pipelines.get(analysis.pipelineId);
  if (pipeline === undefined) throw badRequest(`Pipeline ${analysis.pipelineId} is gone`);
  return pipeline.language;
}
