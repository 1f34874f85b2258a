import { expect } from "vitest";
import type { Description } from "./description.ts";
import { type Answer, type Ask, type Ica, ica } from "./ica.ts";

/** A simulator whose every answer is held against the description. */
export async function checkedIca(description: Description): Promise<Ica> {
  const world = await ica();
  const ask = async (method: string, path: string, how: Ask = {}): Promise<Answer> => {
    const answer = await world.ask(method, path, how);
    const faults = description.faultsOf(method, path.split("?")[0] ?? "", { ...answer });
    expect(faults, `${method} ${path} → ${answer.status}`).toEqual([]);
    return answer;
  };
  return { ...world, ask };
}

/** Reads all paths in all media types. */
export async function get(world: Ica, paths: string[], ...types: string[]): Promise<void> {
  for (const path of paths) for (const type of types) await world.ask("GET", path, { type });
}
