import { findProject } from "../creation.ts";
import { V3 } from "../media.ts";
import { paged } from "../paging.ts";
import type { Project } from "../records.ts";
import { notFound } from "../refusal.ts";
import type { Call, Route } from "../router.ts";
import { entityTag, projectView } from "../views/common.ts";
import { surroundings } from "../world.ts";

/** Projects: all users see all of them. */
export const projectRoutes: Route[] = [
  { method: "GET", path: "/api/projects", answers: [V3], handle: listProjects },
  {
    method: "GET",
    path: "/api/projects/{projectId}",
    answers: [V3],
    handle: ({ world, param }) => {
      const project = world.store.projects.get(findProject(world, param("projectId")));
      if (project === undefined) throw notFound("Project", param("projectId"));
      return { status: 200, body: projectView(world, project), headers: { etag: entityTag(project.id, 1) } };
    },
  },
];

function listProjects(call: Call) {
  const { world, query } = call;
  const search = (query.get("search") ?? "").toLowerCase();
  const tags = [...query.getAll("userTags"), ...query.getAll("technicalTags")];
  const region = query.get("region");
  const elsewhere = region !== null && region !== "" && region !== surroundings(world).regionId;
  const { rows, fields } = paged<Project>(call, {
    rows: [...world.store.projects.values()],
    // No project of the simulator has tags or a workgroup.
    matches: ({ name }) => name.toLowerCase().includes(search) && tags.length === 0 && !elsewhere,
    filters: JSON.stringify([search, tags, region]),
    sortable: { name: ({ name }) => name, shortDescription: () => "", information: () => "" },
  });
  return { status: 200, body: { items: rows.map((project) => projectView(world, project)), ...fields } };
}
