import { existsSync } from "node:fs";
import { UsageError } from "../core/errors.ts";
import { STATUSES } from "../core/status.ts";
import { didYouMean } from "../core/suggest.ts";
import type { ImportFilter } from "../engine/import-find.ts";
import type { GlobalOptions } from "./options.ts";

export interface ImportCommandOptions extends GlobalOptions {
  project?: string;
  id: string[];
  status: string[];
  tag: string[];
  pipeline: string[];
  since?: string;
  limit?: number;
  stack?: string;
  credential?: string;
  out?: string;
  adopt: boolean;
  as?: string;
  autoApprove: boolean;
}

/**
 * What stands behind `import`: paths of manifests, and at most one project. A word that is no file or folder, and
 * looks like none, is the project.
 *
 * @throws UsageError for two projects
 */
export function projectAndPaths(
  given: readonly string[],
  options: Pick<ImportCommandOptions, "project">,
): { project: string | undefined; paths: string[] } {
  const isPath = (word: string) => /^\.|[/\\]|\.ya?ml$/.test(word) || existsSync(word);
  const named = given.filter((word) => !isPath(word));
  if (options.project !== undefined) named.push(options.project);
  if (named.length > 1) {
    throw new UsageError(
      `import takes one project, not ${named.length}: ${named.join(", ")}`,
      "a folder of manifests that is not there is taken for a project; write it as ./folder",
    );
  }
  return { project: named[0], paths: given.filter(isPath) };
}

/** @throws UsageError for words that mean nothing */
export function filterOf(options: ImportCommandOptions): ImportFilter {
  const { id: ids, status, tag: tags, pipeline: pipelines, since } = options;
  return {
    ids,
    statuses: status.map(statusFrom),
    tags,
    pipelines,
    ...(since === undefined ? {} : { since: sinceFrom(since) }),
  };
}

/** In any case, as people type it. */
function statusFrom(value: string): string {
  const status = value.toUpperCase().replace(/[\s-]+/g, "_");
  if (STATUSES.includes(status)) return status;
  const help = value.includes(",")
    ? "repeat --status for each"
    : (didYouMean(status, STATUSES) ?? `there are ${STATUSES.join(", ")}`);
  throw new UsageError(`--status ${value}: ICA has no such status`, help);
}

const UNITS: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** A date, a date and time, or how long ago (`12h`, `30d`, `4w`) → milliseconds since the epoch. */
function sinceFrom(value: string): number {
  const [, count, unit = ""] = /^(\d{1,5})([hdw])$/.exec(value) ?? [];
  const time = count !== undefined ? Date.now() - Number(count) * (UNITS[unit] ?? 0) : dateFrom(value);
  if (Number.isNaN(time)) {
    throw new UsageError(`--since ${value}: is no time`, "write 2026-11-01, 2026-11-01T08:00:00Z, 12h, 30d or 4w");
  }
  return time;
}

/** NaN for a day that no calendar has: `Date.parse` makes a day of March of 31 February. */
function dateFrom(value: string): number {
  const [, year, month, day = "01"] = /^(\d{4})-(\d\d)(?:-(\d\d))?/.exec(value) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCDate() === Number(day) ? Date.parse(value) : Number.NaN;
}
