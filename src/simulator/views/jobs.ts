import { notFound } from "../refusal.ts";
import type { World } from "../world.ts";
import { isoTime, type Json, projectView, resourceV3 } from "./common.ts";

/** What a batch must tell to be shown with its job. */
export interface SomeBatch {
  id: string;
  jobId: string;
  projectId: string;
  ownerId: string;
  timeCreated: number;
  doneAt: number;
  items: { error: string | null }[];
}

/** The `Job` that executes a batch: running at first, then as good as its items. */
export function jobView(world: World, batch: SomeBatch, subjectType: string): Json {
  const project = world.store.projects.get(batch.projectId);
  const owner = world.store.users.find(({ id }) => id === batch.ownerId);
  if (project === undefined || owner === undefined) throw notFound("Job", batch.jobId);
  const done = world.clock.now() >= batch.doneAt;
  return {
    id: batch.jobId,
    status: done ? outcome(batch) : "RUNNING",
    additionalStatusInformation: null,
    subjectType,
    subjectId: batch.id,
    timeCreated: isoTime(batch.timeCreated),
    timeStarted: isoTime(batch.timeCreated),
    timeFinished: done ? isoTime(batch.doneAt) : null,
    owner: userView(world, owner),
    project: projectView(world, project),
    bundle: null,
    application: null,
  };
}

/** The processing of an item: shown as running until the batch is done. */
export function processingView(
  world: World,
  batch: SomeBatch,
  item: { error: string | null },
): { status: string; additionalStatusInformation: string | null } {
  const done = world.clock.now() >= batch.doneAt;
  const status = item.error === null ? "SUCCEEDED" : "FAILED";
  return { status: done ? status : "RUNNING", additionalStatusInformation: done ? item.error : null };
}

function outcome(batch: SomeBatch): string {
  const failed = batch.items.filter(({ error }) => error !== null).length;
  if (failed === 0) return "SUCCEEDED";
  return failed === batch.items.length ? "FAILED" : "PARTIALLY_SUCCEEDED";
}

function userView(world: World, user: { id: string; name: string }): Json {
  return {
    ...resourceV3(world, { id: user.id, ownerId: user.id, timeCreated: world.clock.timeOf(0) }),
    username: user.name,
    email: `${user.name.replaceAll(/[^a-zA-Z0-9.-]/g, ".")}@example.com`,
    firstname: null,
    lastname: null,
    active: true,
    tenantAdministrator: false,
    emailVerified: true,
    twoFactorAuthentication: false,
  };
}
