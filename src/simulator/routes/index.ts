import type { Keys } from "../middleware/auth.ts";
import type { Route } from "../router.ts";
import { activationCodeRoutes } from "./activationCodes.ts";
import { analysisRoutes } from "./analyses.ts";
import { analysisBatchRoutes } from "./analysisBatches.ts";
import { analysisPartRoutes } from "./analysisParts.ts";
import { createRoutes } from "./creates.ts";
import { credentialRoutes } from "./credentials.ts";
import { dataRoutes } from "./data.ts";
import { jobRoutes } from "./jobs.ts";
import { pipelineRoutes } from "./pipelines.ts";
import { projectRoutes } from "./projects.ts";
import { sampleBatchRoutes } from "./sampleBatches.ts";
import { sampleRoutes } from "./samples.ts";
import { storageRoutes } from "./storages.ts";
import { tokenRoutes } from "./tokens.ts";

/** Every endpoint that the simulator has. */
export function allRoutes(keys: Keys): Route[] {
  return [
    ...tokenRoutes(keys),
    ...projectRoutes,
    ...pipelineRoutes,
    ...storageRoutes,
    ...credentialRoutes,
    ...dataRoutes,
    ...analysisRoutes,
    ...analysisPartRoutes,
    ...createRoutes,
    ...activationCodeRoutes,
    ...analysisBatchRoutes,
    ...sampleRoutes,
    ...sampleBatchRoutes,
    ...jobRoutes,
  ];
}
