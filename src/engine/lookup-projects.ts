import { type Diagnostic, errorAt } from "../core/diagnostic.ts";
import { ApiError } from "../core/errors.ts";
import type { Project, Reader } from "../core/ica.ts";
import type { Need } from "../core/need.ts";
import { UUID } from "../core/patterns.ts";
import { didYouMean } from "../core/suggest.ts";

/** Resolves each named project once, by id or by exact name; what is not found is an error at its manifest line. */
export async function lookUpProjects(
  reader: Reader,
  needs: readonly Need[],
  diagnostics: Diagnostic[],
): Promise<Map<string, Project>> {
  const found = new Map<string, Project>();
  // The first that names a project speaks for all.
  const named = needs.toReversed().flatMap((need) => (need.type === "project" ? [[need.name, need] as const] : []));
  const helpFor = missingProjectHelp(reader);
  await Promise.all(
    [...new Map(named).values()].map(async (need) => {
      const project = await lookUpProject(reader, need, helpFor, diagnostics);
      if (project !== undefined) found.set(need.name, project);
    }),
  );
  return found;
}

async function lookUpProject(
  reader: Reader,
  need: Extract<Need, { type: "project" }>,
  helpFor: (name: string) => Promise<string>,
  diagnostics: Diagnostic[],
): Promise<Project | undefined> {
  const fail = (code: string, message: string, help: string) => {
    diagnostics.push(errorAt(need.place.locate(need.place.path), code, message, help));
    return undefined;
  };
  const matches = await projectsNamed(reader, need.name);
  if (matches.length === 1) return matches[0];
  if (matches.length === 0) {
    return fail("project-not-found", `no project ${need.name}`, await helpFor(need.name));
  }
  const ids = matches.map((project) => project.id).join(", ");
  return fail("project-ambiguous", `${matches.length} projects are named ${need.name}`, `use an id: ${ids}`);
}

/** Those that have this id, or exactly this name. */
export function projectsNamed(reader: Reader, nameOrId: string): Promise<Project[]> {
  return UUID.test(nameOrId) ? byId(reader, nameOrId) : byName(reader, nameOrId);
}

/** What to do about a project that is not found; the names of all are read once, and only when there is such a one. */
export function missingProjectHelp(reader: Reader): (name: string) => Promise<string> {
  let names: Promise<string[]> | undefined;
  return async (name) => {
    const check = "check the name, and that the API key's user has access to it";
    if (UUID.test(name)) return check;
    names ??= namesOf(reader.projects());
    return didYouMean(name, await names) ?? check;
  };
}

async function namesOf(projects: AsyncIterable<Project>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of projects) names.push(name);
  return names;
}

async function byId(reader: Reader, id: string): Promise<Project[]> {
  try {
    return [await reader.project(id)];
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return [];
    throw error;
  }
}

async function byName(reader: Reader, name: string): Promise<Project[]> {
  const matches: Project[] = [];
  // ICA's search finds parts of names and more fields: only the same name counts.
  for await (const project of reader.projects(name)) if (project.name === name) matches.push(project);
  return matches;
}
