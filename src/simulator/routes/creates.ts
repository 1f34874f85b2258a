import { CREATE_BODIES, type CreateKind } from "../bodies/analysis.ts";
import { createAnalysis, findProject } from "../creation.ts";
import { JSON_TYPE, V3, V4 } from "../media.ts";
import type { Route } from "../router.ts";
import { analysisView } from "../views/analyses.ts";

/** The seven ways to start a run; all answer 201 and take an Idempotency-Key. */
export const createRoutes: Route[] = [
  create("nextflow", [V4, V3], [V4, V3]),
  create("nextflowJson", [V4], [V4]),
  create("nextflowWithCustomInput", [V4], [V4]),
  create("cwl", [V4, V3], [V4, V3, JSON_TYPE]),
  create("cwlWithStructuredInput", [V4], [V4]),
  create("cwlWithJsonInput", [V4], [V4]),
  create("cwlJson", [V4], [V4]),
];

function create(kind: CreateKind, answers: string[], takes: string[]): Route {
  return {
    method: "POST",
    path: `/api/projects/{projectId}/analysis:${kind}`,
    answers,
    takes,
    idempotent: true,
    handle: ({ world, user, param, body, version }) => {
      const scope = { world, userId: user.id, projectId: findProject(world, param("projectId")) };
      const analysis = createAnalysis(scope, kind, CREATE_BODIES[kind](body));
      return { status: 201, body: analysisView(world, analysis, version ?? "V4") };
    },
  };
}
