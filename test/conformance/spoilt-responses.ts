import { type Json, V3, V4 } from "./ask.ts";
import { PROBLEM } from "./media.ts";
import { answer, answered, type Case, type Change, response, typed } from "./spoil.ts";

const problem = { type: "about:blank", title: "t", status: 500, parameters: {}, timestamp: "2026-11-01T00:00:00Z" };

const failed = (status: number, told: Json, type = PROBLEM): Change =>
  answer(() => ({ status, headers: { "content-type": type }, body: JSON.stringify(told) }));

const item = (change: Json): Change =>
  answered((list) => ({ ...list, items: (list.items as Json[]).map((one) => ({ ...one, ...change })) }));

/** Answers that the check must refuse, each for one reason. */
export const RESPONSES: Case[] = [
  ["an undeclared status", "list", answer(() => ({ status: 202 })), response("status", "202")],
  ["a redirect", "list", answer(() => ({ status: 302 })), response("status", "302")],
  ["another success than the declared one", "create", answer(() => ({ status: 200 })), response("status", "200")],
  ["v4 for v3", "list", typed(V4), response("media-type", "content-type")],
  ["plain JSON for v3", "list", typed("application/json"), response("media-type", "content-type")],
  ["a type that was not asked for", "putV4", typed(V3), response("media-type", "content-type")],
  [
    "an error that is no problem",
    "list",
    failed(500, problem, "application/json"),
    response("media-type", "content-type"),
  ],
  ["a problem without its title", "list", failed(500, { ...problem, title: undefined }), response("body", "/title")],
  ["a problem of another status", "list", failed(503, problem), response("body", "/status")],
  ["a body where there is none", "abort", answer(() => ({ body: "{}" })), response("body", "")],
  ["no body", "list", answer(() => ({ body: "" })), response("body", "")],
  ["half a body", "list", answer((given) => ({ body: given.body.slice(0, 20) })), response("body", "")],
  ["a missing field", "list", answered(() => ({})), response("body", "/items")],
  [
    "a wrong word",
    "create",
    answered((run) => ({ ...run, pipeline: { ...(run.pipeline as Json), language: "WDL" } })),
    response("body", "/pipeline/language"),
  ],
  [
    "a status outside of its pattern",
    "create",
    answered((run) => ({ ...run, status: "NOT_SUCCEEDED" })),
    response("body", "/status"),
  ],
  ["a UUID that is none", "list", item({ id: "7" }), response("body", "/items/0/id")],
  [
    "a UUID as a URN",
    "list",
    item({ id: "urn:uuid:3fa85f64-5717-4562-b3fc-2c963f66afa6" }),
    response("body", "/items/0/id"),
  ],
  ["a date without a time", "list", item({ timeCreated: "2026-11-01" }), response("body", "/items/0/timeCreated")],
  [
    "a number out of its format",
    "data",
    answered((list) => ({ ...list, totalItemCount: 1.5 })),
    response("body", "/totalItemCount"),
  ],
];
