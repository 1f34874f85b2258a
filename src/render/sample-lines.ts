import type { Change } from "../core/plan.ts";
import { bytesText, counted } from "./amounts.ts";
import { safe } from "./safe.ts";

/** Paths of one line, and lines of files that are left out, at most. */
const MOST = 8;

/** Which files samples get, and which are left out by ICA's rule for files of the same name. */
export function sampleLines(changes: readonly Change[]): string[] {
  const all = changes.flatMap(({ sampleFiles }) => sampleFiles ?? []);
  const linked = all.flatMap((files) => files.linked);
  const ignored = all.flatMap((files) => files.ignored);
  if (linked.length === 0) return [];
  const bytes = all.reduce((sum, files) => sum + files.bytes, 0);
  const paths = changes.length === 1 ? `: ${listed(linked)}` : "";
  const left = ignored.slice(0, changes.length === 1 ? MOST : 1).map(({ path, original }) => {
    return `${safe(path)}: ${safe(original)} has the same name and lies deeper`;
  });
  const more = ignored.length - left.length;
  return [
    `takes ${counted(linked.length, "file")} (${bytesText(bytes)})${paths}`,
    ...left.map((line, index) =>
      index === left.length - 1 && more > 0 ? `ignores ${line}; and ${more} more` : `ignores ${line}`,
    ),
  ];
}

function listed(paths: readonly string[]): string {
  const more = paths.length - MOST;
  return `${paths.slice(0, MOST).map(safe).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
