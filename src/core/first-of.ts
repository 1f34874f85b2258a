/** `a, b, c, d, e, and 1995 more` */
export function firstOf(items: readonly string[], most = 5, between = ", "): string {
  const more = items.length > most ? [`and ${items.length - most} more`] : [];
  return [...items.slice(0, most), ...more].join(between);
}
