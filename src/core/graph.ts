/**
 * Orders items so that each comes after all that it depends on; among equals the given order is kept. Dependencies
 * that are not among the items are taken as settled. Cycles are refused by the manifest checks; here they throw.
 */
export function inDependencyOrder<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  dependenciesOf: (item: Item) => readonly string[],
): Item[] {
  const byKey = new Map(items.map((item) => [keyOf(item), item]));
  const state = new Map<string, "visiting" | "done">();
  const ordered: Item[] = [];
  for (const start of items) {
    // An explicit stack: a chain of 10,000 runs must not exhaust the call stack.
    const path: { key: string; item: Item; next: number }[] = [{ key: keyOf(start), item: start, next: 0 }];
    if (state.has(keyOf(start))) continue;
    state.set(keyOf(start), "visiting");
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const dependency = dependenciesOf(top.item)[top.next++];
      if (dependency === undefined) {
        state.set(top.key, "done");
        ordered.push(top.item);
        path.pop();
        continue;
      }
      const item = byKey.get(dependency);
      if (item === undefined || state.get(dependency) === "done") continue;
      if (state.get(dependency) === "visiting") throw new Error(`dependency cycle at ${dependency}`);
      state.set(dependency, "visiting");
      path.push({ key: dependency, item, next: 0 });
    }
  }
  return ordered;
}
