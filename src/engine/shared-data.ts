import type { Decision } from "../core/decision.ts";
import { type Diagnostic, warningAt } from "../core/diagnostic.ts";
import type { Change } from "../core/plan.ts";
import type { Desired } from "../core/resource.ts";
import type { SampleFile, Step } from "../core/step.ts";
import type { Result } from "./outcome.ts";

/**
 * Files that two samples take, each by another name: a folder and a file in it. What a sample links is known of those
 * that are written; of the others only what they declare. Each file of a step is marked with the other sample.
 */
export function sharedData(decisions: readonly Decision[], steps: ReadonlyMap<Change, Step>): Diagnostic[] {
  const samples = decisions.flatMap(({ change, desired }) =>
    desired?.sample === undefined ? [] : [{ desired, files: filesOf(steps.get(change)) }],
  );
  const owners = new Map<string, Desired[]>();
  for (const { desired, files } of samples) {
    const places = files === undefined ? refsOf(desired) : [...files.values()].map(({ path }) => path);
    for (const place of places) {
      const key = keyOf(desired, place.replace(/\/$/, ""));
      const known = owners.get(key) ?? [];
      // Two are enough to tell any sample of another one, and thousands may declare the same folder.
      if (known.length < 2 && !known.includes(desired)) owners.set(key, [...known, desired]);
    }
  }
  const seen = new Set<Desired>(samples.flatMap(({ desired, files }) => (files === undefined ? [desired] : [])));
  return samples.flatMap(({ desired, files }) => {
    const shared = [...(files?.values() ?? [])].flatMap((file) => {
      const others = ancestors(file.path).flatMap((place) => owners.get(keyOf(desired, place)) ?? []);
      const other = others.find((owner) => owner !== desired);
      if (other === undefined) return [];
      file.alsoOf = other.address;
      return [{ path: file.path, other }];
    });
    seen.add(desired);
    // Told once, at the later of two samples; what both name alike the offline check has told.
    const untold = shared.filter(
      ({ other }) => seen.has(other) && !refsOf(desired).some((ref) => refsOf(other).includes(ref)),
    );
    const [first, ...more] = untold;
    if (first === undefined) return [];
    const like = more.length === 0 ? "" : `, and ${more.length} more like it`;
    const message = `${desired.address}: ${first.path} is data of ${first.other.address} as well${like}`;
    const help = "ICA may refuse to link a file to a second sample";
    return [warningAt(desired.locate(["spec", "data"]), "shared-data", message, help)];
  });
}

/** A failed result in which ICA names files by their ids: with their paths, and the sample that takes them as well. */
export function withFilesNamed(result: Result, step: Step): Result {
  const { error } = result;
  if (error === undefined) return result;
  const named = [...(filesOf(step) ?? [])].flatMap(([id, { path, alsoOf }]) => {
    if (!error.includes(id)) return [];
    return [`${id} is ${path}${alsoOf === undefined ? "" : `, which is data of ${alsoOf} as well`}`];
  });
  return named.length === 0 ? result : { ...result, error: `${error} (${named.join("; ")})` };
}

function filesOf(step: Step | undefined): ReadonlyMap<string, SampleFile> | undefined {
  return step?.type === "create-sample" || step?.type === "update-sample" ? step.files : undefined;
}

function refsOf({ sections }: Desired): string[] {
  return Array.isArray(sections.data) ? sections.data.filter((ref) => typeof ref === "string") : [];
}

function keyOf({ project }: Desired, place: string): string {
  return `${project?.id} ${place}`;
}

/** `/main/a/f` → itself, `/main/a`, `/main`. */
function ancestors(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, parts.length - index).join("/"));
}
