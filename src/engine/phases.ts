import type { AnalysisStep, Project, Reader } from "../core/ica.ts";
import { forEachBounded } from "./bounded.ts";

/** A stretch of a run's time. Times are RFC 3339; without an end it goes on. */
export interface Phase {
  name: string;
  status: string;
  start: string;
  end?: string;
}

/** The steps of some runs, in as many calls, active ones first; what ICA does not tell is left out. */
export async function stepsOf(
  runs: readonly { id: string; project: Project; isActive: boolean }[],
  limit: number,
  reader: Pick<Reader, "steps">,
): Promise<Map<string, Phase[]>> {
  const found = new Map<string, Phase[]>();
  const chosen = [...runs].sort((left, right) => Number(right.isActive) - Number(left.isActive)).slice(0, limit);
  await forEachBounded(chosen, 8, async ({ id, project }) => {
    found.set(id, (await reader.steps(project.id, id)).flatMap(phaseOf));
  });
  return found;
}

function phaseOf({ name, status, startDate, endDate }: AnalysisStep): Phase[] {
  if (startDate === undefined) return [];
  return [{ name, status, start: startDate, ...(endDate === undefined ? {} : { end: endDate }) }];
}
