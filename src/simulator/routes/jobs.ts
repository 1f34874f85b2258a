import { V3 } from "../media.ts";
import { paged } from "../paging.ts";
import { notFound } from "../refusal.ts";
import type { Call, Reply, Route } from "../router.ts";
import { jobView, type SomeBatch } from "../views/jobs.ts";
import type { World } from "../world.ts";

/** The jobs behind batches. */
export const jobRoutes: Route[] = [
  { method: "GET", path: "/api/jobs", answers: [V3], handle: listJobs },
  {
    method: "GET",
    path: "/api/jobs/{jobId}",
    answers: [V3],
    handle: ({ world, param }) => {
      const job = jobsOf(world).find(({ batch }) => batch.jobId === param("jobId"));
      if (job === undefined) throw notFound("Job", param("jobId"));
      return { status: 200, body: jobView(world, job.batch, job.subjectType) };
    },
  },
];

interface Job {
  sequence: number;
  batch: SomeBatch;
  subjectType: string;
}

/** Whose jobs ICA lists is not documented: here each user's own, so that nobody counts on more. */
function listJobs(call: Call): Reply {
  const { world, user, query } = call;
  const asked = query.getAll("status").filter((status) => status !== "");
  const time = (value: unknown) => (typeof value === "string" ? value : "");
  const view = ({ batch, subjectType }: Job) => jobView(world, batch, subjectType);
  const { rows, fields } = paged<Job>(call, {
    rows: jobsOf(world).filter(({ batch }) => batch.ownerId === user.id),
    matches: (job) => asked.length === 0 || asked.includes(String(view(job).status)),
    filters: JSON.stringify(asked),
    sortable: {
      timeCreated: ({ batch }) => batch.timeCreated,
      timeStarted: (job) => time(view(job).timeStarted),
      timeFinished: (job) => time(view(job).timeFinished),
    },
  });
  return { status: 200, body: { items: rows.map(view), ...fields } };
}

/** In the order of their creation, which is that of cursor paging. */
function jobsOf({ store }: World): Job[] {
  const analyses = [...store.analysisBatches.values()].map((batch) => ({
    batch,
    subjectType: "AnalysisCreationBatch",
  }));
  const samples = [...store.sampleBatches.values()].map((batch) => ({ batch, subjectType: "SampleCreationBatch" }));
  return [...analyses, ...samples]
    .sort((left, right) => left.batch.timeCreated - right.batch.timeCreated)
    .map((job, index) => ({ ...job, sequence: index + 1 }));
}
