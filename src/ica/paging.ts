/** Cursor paging (ica-facts, Paging) as one stream of rows that is whole, or ends in an error. */
import { createHash } from "node:crypto";
import { ApiError, ListingError } from "../core/errors.ts";
import { jsonOf } from "./media-type.ts";
import type { IcaRequest, Transport } from "./types.ts";

/** The page size that listings of one client use; smaller once the server has refused it. */
export interface PageSize {
  current: number;
}

/** What is tried when the largest page size, which is not documented, is refused. */
const SMALLER_SIZES = [200, 50];

/** A server that gives tokens but no rows for this long will go on for ever. */
const MOST_EMPTY_PAGES = 100;

/**
 * All rows of a listing, page after page; at most one page is held. Filters and page size stay the same along the
 * chain. The caller chunks long filters: `nextPageToken` embeds them and has at most 2000 characters.
 *
 * @throws ListingError when the listing cannot be whole: a token seen before, no `items`, or rows said to be missing
 *   after the last page. A page that fails throws what its call threw. A short list is never returned.
 */
export async function* cursorPages(transport: Transport, request: IcaRequest, size: PageSize): AsyncGenerator<unknown> {
  const seen = new Set<string>();
  let rows = 0;
  let empty = 0;
  let answer = await firstPage(transport, request, size);
  const pageSize = size.current;
  for (;;) {
    const page = pageOf(request, answer);
    rows += page.items.length;
    yield* page.items;
    if (page.next === undefined) {
      refuseIncomplete(request, page, rows);
      return;
    }
    empty = page.items.length === 0 ? empty + 1 : 0;
    const mark = createHash("sha256").update(page.next).digest("base64");
    if (seen.has(mark) || empty > MOST_EMPTY_PAGES) {
      throw new ListingError(request, `the listing does not end: ICA repeats itself after ${rows} rows`);
    }
    seen.add(mark);
    answer = await fetchPage(transport, request, pageSize, page.next);
  }
}

/** A 400 to the first page may be about its size; the first refusal is what goes up when smaller pages fail too. */
async function firstPage(transport: Transport, request: IcaRequest, size: PageSize): Promise<unknown> {
  const sizes = [size.current, ...SMALLER_SIZES.filter((smaller) => smaller < size.current)];
  let refusal: ApiError | undefined;
  for (const pageSize of sizes) {
    try {
      const answer = await fetchPage(transport, request, pageSize);
      size.current = Math.min(size.current, pageSize);
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400) {
        throw error;
      }
      refusal ??= error;
    }
  }
  throw refusal ?? new ListingError(request, "no page size to ask for");
}

async function fetchPage(
  transport: Transport,
  request: IcaRequest,
  pageSize: number,
  token?: string,
): Promise<unknown> {
  const page: IcaRequest = {
    ...request,
    query: [
      ...(request.query ?? []),
      ["pageSize", String(pageSize)],
      ...(token === undefined ? [] : [["pageToken", token] as const]),
    ],
  };
  return jsonOf(page, await transport(page));
}

interface Page {
  items: readonly unknown[];
  next: string | undefined;
  remaining: number;
  total: number;
}

/** Null, "" and no token at all end the chain. */
function pageOf(request: IcaRequest, answer: unknown): Page {
  const fields: Record<string, unknown> = typeof answer === "object" && answer !== null ? { ...answer } : {};
  const { items, nextPageToken: next } = fields;
  if (!Array.isArray(items)) {
    throw new ListingError(request, "the answer's items are missing or not a list");
  }
  if (next !== undefined && next !== null && typeof next !== "string") {
    throw new ListingError(request, "the answer's nextPageToken is not a string");
  }
  return {
    items,
    next: next === "" || next === null ? undefined : next,
    remaining: typeof fields.remainingRecords === "number" ? fields.remainingRecords : 0,
    total: typeof fields.totalItemCount === "number" ? fields.totalItemCount : 0,
  };
}

/** `totalItemCount` belongs to offset paging, whose next token is "": a server that chose it has more to give. */
function refuseIncomplete(request: IcaRequest, last: Page, rows: number): void {
  if (last.remaining > 0 || rows < last.total) {
    const missing = Math.max(last.remaining, last.total - rows);
    throw new ListingError(request, `the listing is incomplete: ${rows} rows came, ${missing} more are said to exist`);
  }
}
