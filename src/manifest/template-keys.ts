import type { Locator } from "../core/diagnostic.ts";
import type { ValueMistake } from "./finding.ts";
import { show } from "./show.ts";
import type { Template } from "./template.ts";

type Path = readonly (string | number)[];

/** Keys of one mapping that are the same, or that no key may be, once the placeholders in them are filled in. */
export function* keyMistakes({ keyed }: Template, cells: readonly string[]): Generator<ValueMistake> {
  for (const { path, keys } of keyed) {
    const seen = new Map<string, string>();
    for (const { written, fill } of keys) {
      const key = fill(cells);
      const first = seen.get(key);
      if (first !== undefined) {
        // Of the two, the one whose placeholder made it so.
        const [here, other] = written.includes("${") ? [written, first] : [first, written];
        const message = `this key becomes ${show(key)}, ${other === key ? "which is there already" : `as does ${show(other)}`}`;
        yield { path: [...path, here], what: "key", code: "key-repeated", message, help: "give each its own key" };
      } else if (key === "__proto__") {
        const message = `the key ${show(key)} is not allowed`;
        yield { path: [...path, written], what: "key", code: "yaml-key", message };
      }
      seen.set(key, written);
    }
  }
}

/** Finds values of the filled-in template where they are written. */
export function locatorOfFilled(template: Template, cells: readonly string[], locate: Locator): Locator {
  return template.keyed.length === 0 ? locate : (path, what) => locate(writtenPath(template, path, cells), what);
}

/** The path of a value as its keys are written; a path that is so already stays as it is. */
export function writtenPath({ keyed }: Template, path: Path, cells: readonly string[]): Path {
  if (keyed.length === 0) return path;
  const written: (string | number)[] = [];
  for (const part of path) {
    const mapping = keyed.find((one) => isSame(one.path, written));
    const isWritten = mapping?.keys.some((key) => key.written === part) ?? true;
    const key = isWritten ? undefined : mapping?.keys.find(({ fill }) => fill(cells) === part);
    written.push(key?.written ?? part);
  }
  return written;
}

function isSame(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((part, index) => other[index] === part);
}
