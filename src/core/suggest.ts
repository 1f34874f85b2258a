import { distance } from "fastest-levenshtein";

/**
 * The candidate that a mistyped word most likely meant: at most a third of its letters differ. Of a single letter any
 * other would be as near.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const apart = distance(word.toLowerCase(), candidate.toLowerCase());
    if (apart > 0 && word.length === 1) continue;
    if (
      apart <= Math.max(1, Math.floor(candidate.length / 3)) &&
      apart < (best?.distance ?? Number.POSITIVE_INFINITY)
    ) {
      best = { candidate, distance: apart };
    }
  }
  return best?.candidate;
}

const MOST_NAMED = 5;

/** "did you mean `x`?", else which there are, as long as they are few. */
export function didYouMeanOrAll(word: string, declared: readonly string[]): string | undefined {
  if (declared.length === 0 || declared.length > MOST_NAMED) return didYouMean(word, declared);
  return didYouMean(word, declared) ?? `it declares ${declared.join(", ")}`;
}

/** "did you mean `x`?", or undefined when nothing is close. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const candidate = closest(word, candidates);
  return candidate === undefined ? undefined : `did you mean \`${candidate}\`?`;
}

/** Those of many paths that a mistyped one most likely meant, nearest first: the same file name counts most. */
export function nearestPaths(path: string, paths: readonly string[], most: number): string[] {
  const baseOf = (one: string) => one.slice(one.lastIndexOf("/") + 1);
  const base = baseOf(path);
  return paths
    .map((one) => ({ one, isElsewhere: Number(baseOf(one) !== base), apart: distance(path, one) }))
    .sort(
      (left, right) =>
        left.isElsewhere - right.isElsewhere || left.apart - right.apart || (left.one < right.one ? -1 : 1),
    )
    .slice(0, most)
    .map(({ one }) => one);
}
