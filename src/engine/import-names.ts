import type { Analysis } from "../core/ica.ts";

const LONGEST_NAME = 150;

/**
 * The names that an analysis may be declared under, best first: its user reference as a run's name may be spelled,
 * then the same with the beginning of its id, then with all of it. They do not depend on what else is imported.
 */
export function namesFor({
  id,
  userReference,
  pipeline,
}: Pick<Analysis, "id" | "userReference" | "pipeline">): string[] {
  const base = spelled(userReference) || spelled(pipeline.code) || "run";
  const suffix = spelled(id);
  return ["", suffix.slice(0, 8), suffix].map((end) => {
    if (end === "") return base.slice(0, LONGEST_NAME);
    return `${base.slice(0, LONGEST_NAME - end.length - 1)}-${end}`;
  });
}

/** A stack's name made of a project's. */
export function stackNameFor(project: string): string {
  const name = project
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
  return name || "imported";
}

/** Letters, digits, `_` and `-` alone, as `metadata.name` takes them. */
function spelled(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "");
}
