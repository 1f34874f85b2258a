import { DATA_STATUSES, type DataRecord, type DataTags } from "./records.ts";
import { badRequest } from "./refusal.ts";
import type { Call } from "./router.ts";
import { type DataShelf, nameOf } from "./store.ts";
import { formatCode } from "./views/data.ts";

/** The rows that a query asks for: those worth looking at, and the test that they have to pass. */
export interface DataQuery {
  rows: readonly DataRecord[];
  matches: (record: DataRecord) => boolean;
  /** The filters in one text, for the page token. */
  filters: string;
}

type Test = (record: DataRecord) => boolean;

/** Reads the filters of `GET …/data` and `…/children`; repeated values of one filter are alternatives. */
export function dataQuery({ query, world }: Call, shelf: DataShelf): DataQuery {
  const many = (name: string): string[] => query.getAll(name).filter((value) => value !== "");
  const tests: Test[] = [];
  const among = (name: string, value: (record: DataRecord) => string): void => {
    const wanted = new Set(many(name));
    if (wanted.size > 0) tests.push((record) => wanted.has(value(record)));
  };
  among("id", ({ id }) => id);
  among("status", ({ status }) => status);
  among("type", ({ type }) => type);
  among("formatCode", ({ path }) => formatCode(path));
  among("formatId", ({ path }) => world.ids.named("format", formatCode(path)));
  among("owningProjectId", ({ projectId }) => projectId);
  checkWords(query, "status", DATA_STATUSES);
  checkWords(query, "type", ["FILE", "FOLDER"]);
  const byName = wordTest(query, "filename", "filenameMatchMode");
  if (byName !== null) tests.push(({ path }) => byName([nameOf(path)]));
  for (const [name, mode, key] of TAG_FILTERS) {
    const test = wordTest(query, name, mode);
    if (test !== null) tests.push(({ tags }) => test(tags[key]));
  }
  const fullText = (query.get("fullText") ?? "").toLowerCase();
  if (fullText !== "") tests.push(({ path }) => path.toLowerCase().includes(fullText));
  if (query.get("notInRun") === "true") tests.push(({ usedInRun }) => !usedInRun);
  if (query.get("notLinkedToSample") === "true")
    tests.push(({ type, sampleId }) => type === "FILE" && sampleId === null);
  // There are neither non-indexed folders nor sequencing runs in the simulator.
  if (query.get("nonIndexedFolders") === "true" || many("instrumentRunId").length > 0) tests.push(() => false);
  tests.push(...dateTests(query));
  const rows = placeOf(query, shelf, tests);
  return { rows, matches: (record) => tests.every((test) => test(record)), filters: filtersOf(query) };
}

/** All parameters but those of paging, in one order. */
export function filtersOf(query: URLSearchParams): string {
  const paging = ["pageSize", "pageToken", "pageOffset", "sort"];
  const filters = [...query].filter(([name]) => !paging.includes(name));
  return JSON.stringify(filters.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)));
}

/** Attributes that data can be sorted by. */
export const DATA_SORTS: Record<string, (record: DataRecord) => string | number> = {
  timeCreated: ({ timeCreated }) => timeCreated,
  timeModified: ({ timeModified }) => timeModified,
  name: ({ path }) => nameOf(path),
  path: ({ path }) => path,
  fileSizeInBytes: ({ size }) => size,
  status: ({ status }) => status,
  format: ({ path }) => formatCode(path),
  dataType: ({ type }) => type,
  willBeArchivedAt: () => "",
  willBeDeletedAt: () => "",
};

const TAG_FILTERS: readonly [string, string, keyof DataTags][] = [
  ["userTag", "userTagMatchMode", "userTags"],
  ["runInputTag", "runInputTagMatchMode", "runInTags"],
  ["runOutputTag", "runOutputTagMatchMode", "runOutTags"],
  ["connectorTag", "connectorTagMatchMode", "connectorTags"],
  ["technicalTag", "technicalTagMatchMode", "technicalTags"],
];

/** The filters by place have an index each; the shortest list that a filter gives is where the search starts. */
function placeOf(query: URLSearchParams, shelf: DataShelf, tests: Test[]): readonly DataRecord[] {
  checkWords(query, "filePathMatchMode", ["STARTS_WITH_CASE_INSENSITIVE", "FULL_CASE_INSENSITIVE"]);
  const paths = query
    .getAll("filePath")
    .filter((path) => path !== "")
    .map((path) => path.toLowerCase());
  const parents = query.getAll("parentFolderId").filter((id) => id !== "");
  const parentPath = query.get("parentFolderPath") ?? "";
  const places: (readonly DataRecord[])[] = [];
  if (paths.length > 0 && query.get("filePathMatchMode") === "FULL_CASE_INSENSITIVE") {
    places.push(merged([...new Set(paths)].map((path) => shelf.byLowerPath.get(path) ?? [])));
  } else if (paths.length > 0) {
    tests.push((record) => paths.some((path) => record.path.toLowerCase().startsWith(path)));
  }
  if (parents.length > 0) {
    const folders = parents.map((id) => shelf.byId.get(id)?.path);
    places.push(merged(folders.map((path) => (path === undefined ? [] : (shelf.byParent.get(path) ?? [])))));
  }
  if (parentPath !== "") {
    if (!/^\/(.*\/)?$/.test(parentPath))
      throw badRequest("parentFolderPath must start and end with a /", { parentFolderPath: parentPath });
    places.push(shelf.byParent.get(parentPath) ?? []);
  }
  const [first = shelf.rows, ...others] = places;
  for (const other of others) {
    const found = new Set(other);
    tests.push((record) => found.has(record));
  }
  return first;
}

function merged(lists: (readonly DataRecord[])[]): readonly DataRecord[] {
  return lists.flat().sort((one, other) => one.sequence - other.sequence);
}

/** EXACT (the default), EXCLUDE or FUZZY: equal, not equal, contained in any case. */
function wordTest(query: URLSearchParams, name: string, mode: string): ((words: string[]) => boolean) | null {
  checkWords(query, mode, ["EXACT", "EXCLUDE", "FUZZY"]);
  const wanted = query.getAll(name).filter((value) => value !== "");
  if (wanted.length === 0) return null;
  if (query.get(mode) === "FUZZY") {
    const parts = wanted.map((part) => part.toLowerCase());
    return (words) => words.some((word) => parts.some((part) => word.toLowerCase().includes(part)));
  }
  const excluded = query.get(mode) === "EXCLUDE";
  return (words) => words.some((word) => wanted.includes(word)) !== excluded;
}

function dateTests(query: URLSearchParams): Test[] {
  const time = (name: string): number | null => {
    const value = query.get(name);
    if (value === null || value === "") return null;
    const parsed = Date.parse(value);
    if (Number.isNaN(parsed)) throw badRequest(`${name} is no date and time`, { [name]: value });
    return parsed;
  };
  const limits: [number | null, (record: DataRecord, limit: number) => boolean][] = [
    [time("creationDateAfter"), (record, limit) => record.timeCreated > limit],
    [time("creationDateBefore"), (record, limit) => record.timeCreated < limit],
    [time("statusDateAfter"), (record, limit) => record.timeModified > limit],
    [time("statusDateBefore"), (record, limit) => record.timeModified < limit],
  ];
  return limits.flatMap(([limit, test]) => (limit === null ? [] : [(record: DataRecord) => test(record, limit)]));
}

function checkWords(query: URLSearchParams, name: string, words: readonly string[]): void {
  const wrong = query.getAll(name).find((value) => value !== "" && !words.includes(value));
  if (wrong !== undefined) throw badRequest(`${name} must be one of ${words.join(", ")}`, { [name]: wrong });
}
