import type { Locator } from "../core/diagnostic.ts";
import type { ReadSheet } from "./sheet.ts";

/** Rows that are written in the manifest itself. Columns are those of all items together; each item must have them all. */
export function readItems(items: readonly Record<string, string | null>[], manifest: Locator): ReadSheet {
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const root = ["spec", "forEach", "items"];
  const locate: Locator = ([row, ...column], what) => {
    return manifest(typeof row === "number" && row >= 0 ? [...root, row, ...column] : root, what);
  };
  const findings = items.flatMap((item, row) =>
    columns
      .filter((column) => !Object.hasOwn(item, column))
      .map((column) => ({
        on: { locate },
        path: [row],
        code: "sheet-row",
        message: `this item has no \`${column}\`, which others have`,
        help: 'give it a value, "" for none',
      })),
  );
  const rows = items.map((item) => columns.map((column) => item[column] ?? ""));
  return { sheet: { name: "forEach.items", columns, rows, locate }, findings };
}
