import type { Change } from "../core/plan.ts";

/** Runs that stand alike among the others: they depend on runs that are alike, and so do those that depend on them. */
export interface AlikeRuns {
  members: readonly [Change, ...Change[]];
  /** On whom they depend. */
  upstream: AlikeRuns[];
}

/** In chains that are longer nobody is taken for alike. */
const MAX_ROUNDS = 40;

/**
 * Parts runs into classes by colour refinement: first by kind, action and pipeline, then again and again by the classes
 * of what is up and down the stream, until nothing more is told apart. Classes smaller than `minimum` are parted into
 * single runs. In the order of the changes.
 */
export function alikeRuns(
  changes: readonly Change[],
  upstreamOf: (change: Change) => readonly Change[],
  minimum: number,
): AlikeRuns[] {
  const downstream = new Map<Change, Change[]>(changes.map((change) => [change, []]));
  for (const change of changes) for (const upstream of upstreamOf(change)) downstream.get(upstream)?.push(change);
  let colours = coloured(changes, ({ address, action, pipeline }) => [address.split("/", 1)[0], action, pipeline]);
  let isStable = false;
  for (let round = 0; round < MAX_ROUNDS && !isStable; round++) {
    const seen = (neighbours: readonly Change[]) => [...new Set(neighbours.map((one) => colours.get(one)))].sort();
    const next = coloured(changes, (change) => [
      colours.get(change),
      seen(upstreamOf(change)),
      seen(downstream.get(change) ?? []),
    ]);
    isStable = new Set(next.values()).size === new Set(colours.values()).size;
    colours = next;
  }
  const classes = new Map<string, [Change, ...Change[]]>();
  const sizes = new Map<number | undefined, number>();
  for (const colour of colours.values()) sizes.set(colour, (sizes.get(colour) ?? 0) + 1);
  for (const change of changes) {
    const colour = colours.get(change);
    const key = !isStable || (sizes.get(colour) ?? 0) < minimum ? change.address : `#${colour}`;
    const members = classes.get(key);
    if (members === undefined) classes.set(key, [change]);
    else members.push(change);
  }
  return linked([...classes.values()], upstreamOf);
}

function linked(
  classes: readonly [Change, ...Change[]][],
  upstreamOf: (change: Change) => readonly Change[],
): AlikeRuns[] {
  const all = classes.map((members): AlikeRuns => ({ members, upstream: [] }));
  const classOf = new Map(all.flatMap((one) => one.members.map((member) => [member, one] as const)));
  for (const one of all) {
    const upstream = one.members.flatMap((member) => upstreamOf(member).flatMap((other) => classOf.get(other) ?? []));
    one.upstream = [...new Set(upstream)];
  }
  return all;
}

/** A number for each change, the same for those whose traits are the same. */
function coloured(changes: readonly Change[], traitsOf: (change: Change) => unknown[]): Map<Change, number> {
  const numbers = new Map<string, number>();
  return new Map(
    changes.map((change) => {
      const traits = JSON.stringify(traitsOf(change));
      const number = numbers.get(traits) ?? numbers.size;
      numbers.set(traits, number);
      return [change, number];
    }),
  );
}
