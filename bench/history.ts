/** Analyses as earlier applies would have left them, in any number, without the time to make them. */
import type { SeedAnalysis, SeedData } from "../src/simulator/seedTypes.ts";
import { icaform, openLab, treeOf } from "./lab.ts";

/** What a run of `treeOf` is tagged with, learned from one real apply. */
export async function learnTags(): Promise<(name: string) => string[]> {
  const lab = await openLab();
  try {
    const folder = treeOf(1);
    await icaform(["apply", folder, "--auto-approve"], lab.env);
    const tags = lab.sim.analyses()[0]?.tags.technicalTags ?? [];
    return (name) => tags.map((tag) => (tag.startsWith("icaform.run=") ? `icaform.run=${name}` : tag));
  } finally {
    await lab.close();
  }
}

/** `own` runs of the stack that have succeeded, and `foreign` ones of nobody's among them. */
export function analysesOf(own: number, foreign: number, tagsOf: (name: string) => string[]): SeedAnalysis[] {
  const analysis = (userReference: string, technicalTags: string[]): SeedAnalysis => ({
    pipeline: "nf",
    userReference,
    status: "SUCCEEDED",
    timeCreated: "2026-10-01T00:00:00Z",
    tags: { technicalTags },
  });
  return [
    ...Array.from({ length: own }, (_, index) => analysis(`bench-${index}`, tagsOf(`bench-${index}`))),
    ...Array.from({ length: foreign }, (_, index) => analysis(`other-${index}`, ["somebody-elses"])),
  ];
}

/** Files `/in/f<index>.txt`. */
export function filesOf(count: number): SeedData[] {
  return Array.from({ length: count }, (_, index) => ({ path: `/in/f${index}.txt`, size: 1 }));
}
