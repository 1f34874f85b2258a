import { adviceFor } from "../core/advice.ts";
import { errorAt } from "../core/diagnostic.ts";
import { ApiError, TreeError } from "../core/errors.ts";
import type { Project } from "../core/ica.ts";
import type { Need } from "../core/need.ts";

/**
 * Runs `work`; a call below a project that ICA refuses is told at the manifest line that names the project, since its
 * id alone says nothing to people.
 *
 * @throws TreeError for such a refusal, and whatever else `work` throws
 */
export async function atProjects<T>(
  projects: ReadonlyMap<string, Project>,
  needs: readonly Need[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiError) || ![400, 403, 404].includes(error.status)) throw error;
    const [name, project] =
      [...projects].find(([, { id }]) => error.call.path.startsWith(`/api/projects/${id}/`)) ?? [];
    const need = needs.find((candidate) => candidate.type === "project" && candidate.name === name);
    if (project === undefined || need === undefined) throw error;
    const at = need.place.locate(need.place.path);
    const message = `project ${project.name}: ${error.message}`;
    throw new TreeError([errorAt(at, "ica-refused", message, adviceFor(error))]);
  }
}
