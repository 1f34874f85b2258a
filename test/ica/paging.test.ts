import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ListingError, NetworkError, ProtocolError } from "../../src/core/errors.ts";
import { knownSecrets } from "../../src/core/redact.ts";
import { cursorPages } from "../../src/ica/paging.ts";
import { typedErrors } from "../../src/ica/problem.ts";
import type { IcaRequest } from "../../src/ica/types.ts";
import { answered, failure, get, type Step, scripted } from "./scripted.ts";
import { collect } from "./servers.ts";

const request = get("/api/rows", { query: [["filter", "a b"]] });

function listing(steps: Step[], pageSize = 1000) {
  const script = scripted(...steps);
  const size = { current: pageSize };
  const rows = cursorPages(typedErrors(script.transport, knownSecrets()), request, size);
  return { rows, script, size };
}

const page = (items: unknown[], nextPageToken?: string | null, rest = {}): Step => ({
  json: { items, nextPageToken, ...rest },
});

describe("a cursor's chain", () => {
  it.each([null, "", undefined])("ends at %j", async (end) => {
    const { rows } = listing([page([1, 2], "t1"), page([3], end)]);
    expect(await collect(rows)).toEqual([1, 2, 3]);
  });

  it("has the same filters and size all along", async () => {
    const { rows, script } = listing([page([1], "t/1"), page([], "t2"), page([2])], 7);
    await collect(rows);
    expect(script.log.map((sent) => sent.query)).toEqual([
      [
        ["filter", "a b"],
        ["pageSize", "7"],
      ],
      [
        ["filter", "a b"],
        ["pageSize", "7"],
        ["pageToken", "t/1"],
      ],
      [
        ["filter", "a b"],
        ["pageSize", "7"],
        ["pageToken", "t2"],
      ],
    ]);
  });

  it("is read no further than it is consumed", async () => {
    const { rows, script } = listing([page([1, 2], "t1"), page([3])]);
    for await (const row of rows) {
      expect(row).toBe(1);
      break;
    }
    expect(script.log).toHaveLength(1);
  });

  it("loses and repeats no row, for any page size, also when the server clamps it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        async (n, size, max) => {
          const all = Array.from({ length: n }, (_, index) => index);
          const serve = async (sent: IcaRequest) => {
            const query = new Map(sent.query ?? []);
            const from = Number(query.get("pageToken") ?? 0);
            const to = from + Math.min(max, Number(query.get("pageSize")));
            const remainingRecords = Math.max(0, n - to);
            return answered({
              json: { items: all.slice(from, to), nextPageToken: to < n ? String(to) : null, remainingRecords },
            });
          };
          expect(await collect(cursorPages(serve, request, { current: size }))).toEqual(all);
        },
      ),
    );
  });
});

describe("a listing that cannot be whole is an error", () => {
  it.each([
    ["a repeated token", [page([1], "t1"), page([2], "t2"), page([3], "t1")], "the listing does not end"],
    ["no items", [page([1], "t1"), { json: { nextPageToken: null } }], "items are missing"],
    ["items that are no list", [{ json: { items: {} } }], "items are missing"],
    ["an answer that is no object", [{ json: [1] }], "items are missing"],
    ["a token that is no string", [page([1]), { json: { items: [], nextPageToken: 7 } }].slice(1), "not a string"],
    ["records that remain", [page([1], null, { remainingRecords: 4 })], "1 rows came, 4 more"],
    ["an offset page of more", [page([1, 2], "", { totalItemCount: 10 })], "2 rows came, 8 more"],
  ] as [string, Step[], string][])("%s", async (_name, steps, message) => {
    const error = await failure(collect(listing(steps).rows));
    expect(error).toBeInstanceOf(ListingError);
    expect(error.message).toContain("GET /api/rows: ");
    expect(error.message).toContain(message);
  });

  it("tokens without rows, for ever", async () => {
    let count = 0;
    const endless = async () => answered({ json: { items: [], nextPageToken: `t${count++}` } });
    expect(await failure(collect(cursorPages(endless, request, { current: 5 })))).toBeInstanceOf(ListingError);
  });

  it("a page that fails", async () => {
    const lost = new NetworkError(request, "no whole answer", true);
    expect(await failure(collect(listing([page([1], "t1"), lost]).rows))).toBe(lost);
    const broken = listing([page([1], "t1"), { text: '{"items": [' }]).rows;
    expect(await failure(collect(broken))).toBeInstanceOf(ProtocolError);
    const late = listing([page([1], "t1"), { status: 400, json: { title: "expired" } }]);
    expect(await failure(collect(late.rows))).toMatchObject({ status: 400 });
    expect(late.script.left()).toBe(0);
  });

  it("but approximate counts along the way are none", async () => {
    const { rows } = listing([page([1], "t1", { remainingRecords: 9 }), page([2], null, { remainingRecords: 0 })]);
    expect(await collect(rows)).toEqual([1, 2]);
  });
});

describe("a page size that the server refuses", () => {
  const refused: Step = { status: 400, json: { title: "pageSize too large" } };

  it("is made smaller, for the rest of the chain and the client's life", async () => {
    const { rows, script, size } = listing([refused, refused, page([1], "t1"), page([2])]);
    expect(await collect(rows)).toEqual([1, 2]);
    expect(script.log.map((sent) => new Map(sent.query).get("pageSize"))).toEqual(["1000", "200", "50", "50"]);
    expect(size.current).toBe(50);
  });

  it("is not the reason when smaller ones are refused too: the first refusal goes up", async () => {
    const { rows, size } = listing([{ status: 400, json: { title: "bad filter" } }, refused, refused]);
    expect(await failure(collect(rows))).toMatchObject({ title: "bad filter" });
    expect(size.current).toBe(1000);
  });
});
