import { cwlInput, formInput } from "../bodies/inputs.ts";
import { checkInput } from "../bodies/rules.ts";
import { findPipeline, findProject } from "../creation.ts";
import { JSON_TYPE, V3 } from "../media.ts";
import { object, type Reader, text } from "../read.ts";
import type { Pipeline, RunInput } from "../records.ts";
import type { ActivationCode } from "../recordsOfBatches.ts";
import { badRequest, Refusal } from "../refusal.ts";
import type { Call, Route } from "../router.ts";
import { type Json, projectView, regionView } from "../views/common.ts";
import { pipelineV3, storageV3 } from "../views/pipelines.ts";
import type { World } from "../world.ts";

/** Which activation codes an analysis could be accounted under. */
export const activationCodeRoutes: Route[] = [
  search("findBestMatchingForNextflow", formInput, "NEXTFLOW", best),
  search("findBestMatchingForCwl", cwlInput, "CWL", best),
  search("findAllMatchingForNextflow", formInput, "NEXTFLOW", all),
  search("findAllMatchingForCwl", cwlInput, "CWL", all),
];

function search(
  name: string,
  input: Reader<RunInput>,
  language: Pipeline["language"],
  answer: (details: Json[]) => Json,
): Route {
  const read = object({ projectId: text(), pipelineId: text(), analysisInput: input });
  return {
    method: "POST",
    path: `/api/activationCodes:${name}`,
    answers: [V3],
    takes: [V3, JSON_TYPE],
    handle: ({ world, user, body }: Call) => {
      const { projectId, pipelineId, analysisInput } = read(body, "");
      const scope = { world, userId: user.id, projectId: findProject(world, projectId) };
      const pipeline = findPipeline(scope, pipelineId);
      if (pipeline.language !== language) throw badRequest(`Pipeline ${pipeline.code} is no ${language} pipeline`);
      checkInput(scope, pipeline, analysisInput);
      const codes = [...world.store.activationCodes.values()];
      const fitting = codes.filter(({ pipelineIds }) => pipelineIds === null || pipelineIds.includes(pipeline.id));
      return { status: 200, body: answer(fitting.map((code) => detail(world, code, projectId))) };
    },
  };
}

function best([first]: Json[]): Json {
  if (first === undefined) throw new Refusal(404, "ICA_API_404", "No activation code matches");
  return first;
}

function all(items: Json[]): Json {
  return { items };
}

/** `ActivationCodeDetail`: unlimited slots, so the codes differ only in the pipelines they are for. */
function detail(world: World, code: ActivationCode, projectId: string): Json {
  const { id, name, pipelineIds } = code;
  const project = world.store.projects.get(projectId);
  const pipelines = [...world.store.pipelines.values()].filter(
    (pipeline) => pipelineIds?.includes(pipeline.id) ?? true,
  );
  return {
    id,
    allowedSlots: -1,
    usedSlots: 0,
    movedSlots: 0,
    originalSlots: -1,
    pipelineBundle: {
      id: world.ids.named("pipeline-bundle", id),
      name,
      maxNumberOfAllowedSlots: -1,
      activePipelines: pipelines.map((pipeline) => pipelineV3(world, pipeline)),
      canceledPipelines: [],
      retiredPipelines: [],
      regions: [regionView(world)],
      analysisStorages: [...world.store.storages.values()].map((storage) => storageV3(world, storage)),
    },
    usages: [
      {
        id: world.ids.named("code-usage", id, projectId),
        ...(project === undefined ? {} : { project: projectView(world, project) }),
        usedSlots: -1,
        allowedSlots: -1,
      },
    ],
  };
}
