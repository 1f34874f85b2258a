import { findProject } from "../creation.ts";
import { V3, V4 } from "../media.ts";
import type { Route } from "../router.ts";
import { storageV3, storageV4 } from "../views/pipelines.ts";

/** Sizes of the storage that a run works on. */
export const storageRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/projects/{projectId}/analysisStorages",
    answers: [V4],
    handle: ({ world, param }) => {
      findProject(world, param("projectId"));
      return { status: 200, body: { items: [...world.store.storages.values()].map(storageV4) } };
    },
  },
  {
    method: "GET",
    path: "/api/analysisStorages",
    answers: [V3],
    handle: ({ world }) => {
      const items = [...world.store.storages.values()].map((storage) => storageV3(world, storage));
      return { status: 200, body: { items } };
    },
  },
];
