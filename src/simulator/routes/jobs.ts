import { V3 } from "../media.ts";
import { notFound } from "../refusal.ts";
import type { Route } from "../router.ts";
import { jobView } from "../views/jobs.ts";

/** The jobs behind batches. */
export const jobRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/jobs/{jobId}",
    answers: [V3],
    handle: ({ world, param }) => {
      const analyses = [...world.store.analysisBatches.values()].find(({ jobId }) => jobId === param("jobId"));
      if (analyses !== undefined) return { status: 200, body: jobView(world, analyses, "AnalysisCreationBatch") };
      const samples = [...world.store.sampleBatches.values()].find(({ jobId }) => jobId === param("jobId"));
      if (samples !== undefined) return { status: 200, body: jobView(world, samples, "SampleCreationBatch") };
      throw notFound("Job", param("jobId"));
    },
  },
];
