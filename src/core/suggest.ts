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
