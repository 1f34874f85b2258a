import { findProject } from "../creation.ts";
import { V3, V4 } from "../media.ts";
import type { Parameter, Pipeline } from "../records.ts";
import { notFound } from "../refusal.ts";
import type { Call, Reply, Route } from "../router.ts";
import { entityTag, type Json } from "../views/common.ts";
import {
  configurationParameterView,
  inputParameterView,
  pipelineV3,
  pipelineV4,
  projectPipelineView,
  referenceSetView,
} from "../views/pipelines.ts";

/** Pipelines of the tenant and of a project, and the parameters of their forms. None of these lists is paged. */
export const pipelineRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/pipelines",
    answers: [V3],
    handle: ({ world }) => items([...world.store.pipelines.values()].map((pipeline) => pipelineV3(world, pipeline))),
  },
  {
    method: "GET",
    path: "/api/pipelines/{pipelineId}",
    answers: [V4, V3],
    handle: (call) => {
      const pipeline = tenantPipeline(call);
      const view = call.version === "V4" ? pipelineV4(call.world, pipeline) : pipelineV3(call.world, pipeline);
      return tagged(pipeline, view);
    },
  },
  ...parameterRoutes("/api/pipelines/{pipelineId}", tenantPipeline),
  {
    method: "GET",
    path: "/api/projects/{projectId}/pipelines",
    answers: [V3],
    handle: ({ world, param }) => {
      const projectId = findProject(world, param("projectId"));
      const linked = [...world.store.pipelines.values()].filter(({ projects }) => projects.includes(projectId));
      return items(linked.map((pipeline) => projectPipelineView(world, pipeline, projectId, "V3")));
    },
  },
  {
    method: "GET",
    path: "/api/projects/{projectId}/pipelines/{pipelineId}",
    answers: [V4, V3],
    handle: (call) => {
      const pipeline = projectPipeline(call);
      return tagged(pipeline, projectPipelineView(call.world, pipeline, call.param("projectId"), call.version ?? "V4"));
    },
  },
  ...parameterRoutes("/api/projects/{projectId}/pipelines/{pipelineId}", projectPipeline),
];

function parameterRoutes(path: string, find: (call: Call) => Pipeline): Route[] {
  const part = (name: string, view: (call: Call, pipeline: Pipeline) => Json[]): Route => ({
    method: "GET",
    path: `${path}/${name}`,
    answers: [V3],
    handle: (call) => items(view(call, find(call))),
  });
  return [
    part("inputParameters", ({ world }, pipeline) =>
      parametersOf(pipeline, ["DATA"]).map((parameter) => inputParameterView(world, pipeline, parameter)),
    ),
    part("configurationParameters", (_call, pipeline) => parametersOf(pipeline, null).map(configurationParameterView)),
    part("referenceSets", ({ world }, pipeline) =>
      parametersOf(pipeline, ["REFERENCE"]).map((parameter) => referenceSetView(world, pipeline, parameter)),
    ),
  ];
}

/** @param types null: all but data and references */
function parametersOf(pipeline: Pipeline, types: string[] | null): Parameter[] {
  return (pipeline.parameters ?? []).filter(({ type }) =>
    types === null ? type !== "DATA" && type !== "REFERENCE" : types.includes(type),
  );
}

function tenantPipeline({ world, param }: Call): Pipeline {
  const pipeline = world.store.pipelines.get(param("pipelineId"));
  if (pipeline === undefined) throw notFound("Pipeline", param("pipelineId"));
  return pipeline;
}

function projectPipeline(call: Call): Pipeline {
  const projectId = findProject(call.world, call.param("projectId"));
  const pipeline = tenantPipeline(call);
  if (!pipeline.projects.includes(projectId)) throw notFound("Pipeline", pipeline.id);
  return pipeline;
}

function items(list: Json[]): Reply {
  return { status: 200, body: { items: list } };
}

function tagged(pipeline: Pipeline, body: Json): Reply {
  return { status: 200, body, headers: { etag: entityTag(pipeline.id, 1) } };
}
