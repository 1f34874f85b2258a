import { digest } from "./ids.ts";
import { badRequest } from "./refusal.ts";
import type { Call } from "./router.ts";
import { firstAfter } from "./store.ts";

/** The rows of a listing, in the order of their sequence, which is the order of cursor paging. */
export interface Listing<Row extends { sequence: number }> {
  rows: readonly Row[];
  /** Absent: all rows match. */
  matches?: ((row: Row) => boolean) | undefined;
  /** The filters in one text: a token is good only for the listing it came from. */
  filters: string;
  /** Attributes that `sort` takes; absent where the endpoint has no `sort`. */
  sortable?: Record<string, (row: Row) => string | number>;
}

export interface Page<Row> {
  rows: Row[];
  /** The paging fields of the answer. */
  fields: { nextPageToken?: string | null; remainingRecords: number | null; totalItemCount: number | null };
}

/** Offset paging ends here (OpenAPI: "a result limit of 200K rows"). */
const OFFSET_LIMIT = 200_000;

/** One page of a listing, by cursor or, if `pageOffset` or `sort` is given, by offset (ica-api-page). */
export function paged<Row extends { sequence: number }>(call: Call, listing: Listing<Row>): Page<Row> {
  const size = pageSize(call);
  const offset = call.query.get("pageOffset");
  const token = call.query.get("pageToken");
  const sort = call.query.get("sort");
  const byOffset = (offset !== null && offset !== "") || (sort !== null && sort !== "");
  if (!byOffset) return cursorPage(call, listing, size, token);
  if (token !== null && token !== "") throw badRequest("pageToken cannot be used together with pageOffset or sort");
  return offsetPage(listing, size, offset, sort);
}

function cursorPage<Row extends { sequence: number }>(
  call: Call,
  listing: Listing<Row>,
  size: number,
  token: string | null,
): Page<Row> {
  const scope = digest(`${call.path}?${listing.filters}`);
  const cursor = token === null || token === "" ? null : openToken(token, scope);
  const rows: Row[] = [];
  let more = false;
  for (
    let index = cursor === null ? 0 : firstAfter(listing.rows, cursor.after);
    index < listing.rows.length;
    index += 1
  ) {
    const row = listing.rows[index];
    if (row === undefined || listing.matches?.(row) === false) continue;
    more = rows.length === size;
    if (more) break;
    rows.push(row);
  }
  const before = cursor?.left ?? (more ? total(listing) : rows.length);
  const left = more ? Math.max(1, before - rows.length) : 0;
  const last = rows.at(-1);
  if (!more || last === undefined) {
    return { rows, fields: { ...lastToken(call), remainingRecords: 0, totalItemCount: null } };
  }
  const next = Buffer.from(JSON.stringify({ scope, after: last.sequence, left })).toString("base64url");
  return { rows, fields: { nextPageToken: next, remainingRecords: left, totalItemCount: null } };
}

function offsetPage<Row extends { sequence: number }>(
  listing: Listing<Row>,
  size: number,
  offset: string | null,
  sort: string | null,
): Page<Row> {
  const skipped = offset === null || offset === "" ? 0 : whole("pageOffset", offset, 0);
  if (skipped + size > OFFSET_LIMIT) {
    throw badRequest(`Offset-based paging is limited to ${OFFSET_LIMIT} rows`, { pageOffset: "too large" });
  }
  const matches = listing.matches;
  const found = matches === undefined ? [...listing.rows] : listing.rows.filter((row) => matches(row));
  if (sort !== null && sort !== "") order(found, sort, listing.sortable ?? {});
  return {
    rows: found.slice(skipped, skipped + size),
    // "For offset-based paging the value is an empty string" (OpenAPI).
    fields: { nextPageToken: "", remainingRecords: null, totalItemCount: found.length },
  };
}

function order<Row>(rows: Row[], sort: string, sortable: Record<string, (row: Row) => string | number>): void {
  const keys = sort.split(",").map((part) => {
    const [name = "", direction = "asc", ...rest] = part.trim().split(/\s+/);
    const key = Object.hasOwn(sortable, name) ? sortable[name] : undefined;
    if (key === undefined || rest.length > 0 || !["asc", "desc"].includes(direction)) {
      const names = Object.keys(sortable).join(", ");
      throw badRequest(`sort ${part.trim()} is not possible; there are ${names}`, { sort: "unknown attribute" });
    }
    return { key, sign: direction === "desc" ? -1 : 1 };
  });
  const keyed = rows.map((row) => ({ row, values: keys.map(({ key }) => key(row)) }));
  keyed.sort((one, other) => {
    for (const [index, { sign }] of keys.entries()) {
      const left = one.values[index] ?? "";
      const right = other.values[index] ?? "";
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
  for (const [index, { row }] of keyed.entries()) rows[index] = row;
}

function pageSize(call: Call): number {
  const { defaultPageSize, maxPageSize, pageSizePolicy } = call.world.switches;
  const text = call.query.get("pageSize");
  if (text === null || text === "") return Math.min(defaultPageSize, maxPageSize);
  const size = whole("pageSize", text, 1);
  if (size > maxPageSize && pageSizePolicy === "refuse") {
    throw badRequest(`pageSize must be at most ${maxPageSize}`, { pageSize: "too large" });
  }
  return Math.min(size, maxPageSize);
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least) throw badRequest(`${name} must be a whole number`, { [name]: text });
  return value;
}

function openToken(token: string, scope: string): { after: number; left: number } {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (
      typeof content === "object" &&
      content !== null &&
      "scope" in content &&
      "after" in content &&
      "left" in content
    ) {
      const { scope: made, after, left } = content;
      if (made === scope && typeof after === "number" && typeof left === "number") return { after, left };
    }
  } catch {
    // Not one of ours: refused below like one of another listing.
  }
  throw badRequest("pageToken does not belong to this listing and its filters", { pageToken: "invalid" });
}

function lastToken(call: Call): { nextPageToken?: string | null } {
  const style = call.world.switches.lastPageToken;
  if (style === "absent") return {};
  return { nextPageToken: style === "empty" ? "" : null };
}

function total<Row extends { sequence: number }>(listing: Listing<Row>): number {
  const matches = listing.matches;
  if (matches === undefined) return listing.rows.length;
  return listing.rows.reduce((sum, row) => (matches(row) ? sum + 1 : sum), 0);
}
