import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ApiError, ListingError, NetworkError, ProtocolError } from "../../src/core/errors.ts";

describe("an error of a call", () => {
  const request = {
    method: "POST",
    path: "/api/tokens",
    query: { pageToken: "s3cr3t" },
    headers: { "x-api-key": "s3cr3t", authorization: "Bearer s3cr3t" },
    body: "s3cr3t",
  };

  it.each([
    new ApiError(request, { status: 500, title: "Internal Server Error" }),
    new NetworkError(request, "no answer", true),
    new ProtocolError(request, "HTML"),
    new ListingError(request, "cut"),
  ])("keeps of the request its name alone: %s", (error) => {
    expect(error.call).toEqual({ method: "POST", path: "/api/tokens" });
    for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error), String(error.stack)])
      expect(text).not.toContain("s3cr3t");
  });
});
