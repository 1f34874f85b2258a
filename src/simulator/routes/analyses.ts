import { checkTags } from "../bodies/rules.ts";
import { findAnalysis, findProject } from "../creation.ts";
import { abort, isFinal, statusOf, timesOf } from "../lifecycle.ts";
import { JSON_TYPE, V3, V4 } from "../media.ts";
import { paged } from "../paging.ts";
import { list, nullable, object, oneOf, openObject, optional, refuse, text } from "../read.ts";
import { ANALYSIS_STATUSES, type AnalysisRecord } from "../records.ts";
import { badRequest, conflict } from "../refusal.ts";
import type { Call, Reply, Route } from "../router.ts";
import { retag } from "../store.ts";
import { type Found, type Search, searchAnalyses } from "../tagSearch.ts";
import { analysesView, analysisTag, analysisView, statusV3 } from "../views/analyses.ts";
import type { World } from "../world.ts";

/** Analyses: search, list, read, change tags, abort. */
export const analysisRoutes: Route[] = [
  {
    method: "POST",
    path: "/api/projects/{projectId}/analysis:search",
    // Speaks V3, but "returns V4 items" (ica-facts).
    answers: [V3],
    takes: [V3, JSON_TYPE],
    bodyOptional: true,
    handle: (call) => page(call, readSearch(call.body === undefined ? {} : call.body), "V4"),
  },
  {
    method: "GET",
    path: "/api/projects/{projectId}/analyses",
    answers: [V3],
    handle: (call) => page(call, readQuery(call), "V3"),
  },
  { method: "GET", path: "/api/projects/{projectId}/analyses/{analysisId}", answers: [V4, V3], handle: readOne },
  {
    method: "PUT",
    path: "/api/projects/{projectId}/analyses/{analysisId}",
    answers: [V4, V3],
    takes: [V4, V3, JSON_TYPE],
    handle: updateTags,
  },
  {
    method: "POST",
    path: "/api/projects/{projectId}/analyses/{analysisId}:abort",
    answers: [],
    handle: ({ world, param }) => {
      const analysis = findAnalysis(world, param("projectId"), param("analysisId"));
      const status = statusOf(analysis, world.clock);
      if (isFinal(status)) throw conflict("ICA_ANALYSIS_409", `The analysis is ${status} and cannot be aborted`);
      abort(world, analysis);
      return { status: 204 };
    },
  },
];

const words = nullable(list(nullable(text())));

const searchBody = object({
  reference: nullable(text()),
  userReference: nullable(text()),
  status: optional(list(nullable(oneOf(...ANALYSIS_STATUSES)))),
  userTags: words,
  technicalTags: words,
  referenceTags: words,
});

function readSearch(body: unknown): Search {
  const { reference, userReference, status, userTags, technicalTags, referenceTags } = searchBody(body, "");
  const present = (items: (string | null)[] | null | undefined): string[] =>
    (items ?? []).filter((item) => item !== null);
  return {
    reference: reference ?? "",
    userReference: userReference ?? "",
    status: present(status),
    userTags: present(userTags),
    technicalTags: present(technicalTags),
    referenceTags: present(referenceTags),
  };
}

/** The deprecated list: one value a filter, and the statuses of V3. */
function readQuery({ query, world }: Call): Search {
  const one = (name: string): string[] => query.getAll(name).filter((value) => value !== "");
  const asked = one("status");
  const status = ANALYSIS_STATUSES.filter((name) => asked.includes(name) || asked.includes(statusV3(world, name)));
  if (asked.length > 0 && status.length === 0)
    throw badRequest(`status ${asked.join(", ")} is unknown`, { status: "is unknown" });
  return {
    reference: query.get("reference") ?? "",
    userReference: query.get("userreference") ?? "",
    status,
    userTags: one("usertag"),
    technicalTags: one("technicaltag"),
    referenceTags: one("referencetag"),
  };
}

function page(call: Call, search: Search, version: "V3" | "V4"): Reply {
  const { world, param } = call;
  const found: Found = searchAnalyses(world, findProject(world, param("projectId")), search);
  const { rows, fields } = paged<AnalysisRecord>(call, {
    ...found,
    filters: JSON.stringify(search),
    sortable: sortable(world),
  });
  return { status: 200, body: { items: analysesView(world, rows, version), ...fields } };
}

function sortable(world: World): Record<string, (analysis: AnalysisRecord) => string | number> {
  return {
    reference: ({ reference }) => reference,
    userReference: ({ userReference }) => userReference,
    pipeline: ({ pipelineId }) => world.store.pipelines.get(pipelineId)?.code ?? "",
    status: (analysis) => statusOf(analysis, world.clock),
    startDate: (analysis) => timesOf(analysis, world.clock).start ?? 0,
    endDate: (analysis) => timesOf(analysis, world.clock).end ?? 0,
    summary: ({ summary }) => summary ?? "",
  };
}

function readOne({ world, param, version }: Call): Reply {
  const analysis = findAnalysis(world, param("projectId"), param("analysisId"));
  const headers = { etag: analysisTag(world, analysis) };
  return { status: 200, body: analysisView(world, analysis, version ?? "V4"), headers };
}

const written = openObject({
  id: text(),
  timeCreated: text(),
  timeModified: text(),
  reference: text(),
  userReference: text(),
  pipeline: openObject({ id: text() }),
  status: text(),
  tags: object({ technicalTags: list(text()), userTags: list(text()), referenceTags: list(text()) }),
});

/** "Attributes which can be updated: tags" (OpenAPI); the rest of the body must be there, but is not taken over. */
function updateTags(call: Call): Reply {
  const { world, param, body, ifMatch } = call;
  const analysis = findAnalysis(world, param("projectId"), param("analysisId"));
  const { id, tags } = written(body, "");
  if (id !== analysis.id) throw refuse("id", "is not that of the path");
  const current = analysisTag(world, analysis);
  if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== current) {
    throw conflict("ICA_API_409", "The analysis was changed in the meantime: If-Match is not its ETag");
  }
  checkTags(world, tags);
  retag(world.store, analysis, tags);
  analysis.version += 1;
  analysis.timeEdited = world.clock.now();
  return readOne(call);
}
