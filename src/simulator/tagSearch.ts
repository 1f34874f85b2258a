import { statusOf } from "./lifecycle.ts";
import type { AnalysisRecord } from "./records.ts";
import { analysisShelf } from "./store.ts";
import type { World } from "./world.ts";

/** What analyses are searched by; empty texts and lists do not filter. */
export interface Search {
  reference: string;
  userReference: string;
  status: string[];
  userTags: string[];
  technicalTags: string[];
  referenceTags: string[];
}

export interface Found {
  rows: readonly AnalysisRecord[];
  matches: ((analysis: AnalysisRecord) => boolean) | undefined;
}

/**
 * The analyses of a project that pass the search. How tags are compared is unknown (ica-facts) and a switch; for the
 * usual way, exact and all of them, the index by technical tag gives the rows.
 */
export function searchAnalyses(world: World, projectId: string, search: Search): Found {
  const shelf = analysisShelf(world.store, projectId);
  const { combine, match, caseSensitive } = world.switches.tagSearch;
  const indexed = combine === "and" && match === "exact" && caseSensitive;
  const lists = indexed ? search.technicalTags.map((tag) => shelf.byTag.get(tag) ?? []) : [];
  const rows = lists.reduce((best, list) => (list.length < best.length ? list : best), shelf.rows);
  const tests = testsOf(world, search);
  return { rows, matches: tests.length === 0 ? undefined : (analysis) => tests.every((test) => test(analysis)) };
}

function testsOf(world: World, search: Search): ((analysis: AnalysisRecord) => boolean)[] {
  const tests: ((analysis: AnalysisRecord) => boolean)[] = [];
  const { reference, userReference, status } = search;
  if (reference !== "") tests.push((analysis) => analysis.reference === reference);
  if (userReference !== "") tests.push((analysis) => analysis.userReference === userReference);
  if (status.length > 0) tests.push((analysis) => status.includes(statusOf(analysis, world.clock)));
  for (const key of ["userTags", "technicalTags", "referenceTags"] as const) {
    const test = tagTest(world, search[key]);
    if (test !== null) tests.push((analysis) => test(analysis.tags[key]));
  }
  const { listingLag } = world.switches;
  const visibleSince = world.clock.now() - listingLag;
  if (listingLag > 0) tests.push(({ timeCreated }) => timeCreated <= visibleSince);
  return tests;
}

function tagTest(world: World, wanted: string[]): ((tags: string[]) => boolean) | null {
  if (wanted.length === 0) return null;
  const { combine, match, caseSensitive } = world.switches.tagSearch;
  const plain = (tag: string): string => (caseSensitive ? tag : tag.toLowerCase());
  const fits = (tag: string, asked: string): boolean => {
    if (match === "exact") return plain(tag) === plain(asked);
    return match === "prefix" ? plain(tag).startsWith(plain(asked)) : plain(tag).includes(plain(asked));
  };
  const found = (tags: string[], asked: string): boolean => tags.some((tag) => fits(tag, asked));
  return combine === "and"
    ? (tags) => wanted.every((asked) => found(tags, asked))
    : (tags) => wanted.some((asked) => found(tags, asked));
}
