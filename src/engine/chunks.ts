/** A filter's encoded length at most: URLs have limits, and page tokens may embed the filter (ica-facts). */
const MAX_FILTER_LENGTH = 3000;

/** Splits filter values into groups whose encoded query stays short enough for one call. */
export function chunksByLength(values: readonly string[], maxLength = MAX_FILTER_LENGTH): string[][] {
  const chunks: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const value of values) {
    // "&filePath=" and the like stand before each value.
    const added = encodeURIComponent(value).length + 12;
    if (length + added > maxLength) {
      chunks.push([]);
      length = 0;
    }
    chunks.at(-1)?.push(value);
    length += added;
  }
  return chunks;
}
