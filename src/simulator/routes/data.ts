import { findData } from "../bodies/rules.ts";
import { findProject } from "../creation.ts";
import { DATA_SORTS, dataQuery } from "../dataFilter.ts";
import { addFile, asFolder } from "../files.ts";
import { header } from "../http.ts";
import { JSON_TYPE, V3, V4 } from "../media.ts";
import { paged } from "../paging.ts";
import { nullable, object, refuse, text } from "../read.ts";
import type { DataRecord } from "../records.ts";
import { badRequest, conflict, notFound } from "../refusal.ts";
import type { Call, Reply, Route } from "../router.ts";
import { type DataShelf, dataShelf } from "../store.ts";
import { entityTag, regionView } from "../views/common.ts";
import { dataView, projectDataView } from "../views/data.ts";

/** Files and folders of projects. */
export const dataRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/projects/{projectId}/data",
    answers: [V3],
    handle: (call) => listData(call, shelfOf(call)),
  },
  {
    method: "GET",
    path: "/api/projects/{projectId}/data/{dataId}",
    answers: [V3],
    handle: (call) => {
      const record = findRecord(call);
      return { status: 200, body: projectDataView(call.world, record), headers: { etag: dataTag(record) } };
    },
  },
  { method: "GET", path: "/api/projects/{projectId}/data/{dataId}/children", answers: [V4, V3], handle: listChildren },
  {
    method: "GET",
    path: "/api/data/{dataUrn}",
    answers: [V3],
    handle: ({ world, param }) => {
      const urn = param("dataUrn");
      for (const projectId of world.store.projects.keys()) {
        const record = findData({ world, projectId, userId: "" }, urn);
        if (record !== undefined)
          return { status: 200, body: dataView(world, record), headers: { etag: dataTag(record) } };
      }
      throw notFound("Data", urn);
    },
  },
  {
    method: "POST",
    path: "/api/projects/{projectId}/data/{dataId}:createDownloadUrl",
    answers: [V3],
    handle: (call) => {
      const record = findRecord(call);
      if (record.type !== "FILE") throw badRequest(`Data ${record.id} is a folder`, { dataId: record.id });
      const host = header(call.exchange, "host") ?? "127.0.0.1";
      return {
        status: 200,
        body: { url: `http://${host}/download/${record.id}?X-Amz-Signature=${record.objectETag}` },
      };
    },
  },
  creation("createFolder", "/"),
  creation("createFile", ""),
];

function listData(call: Call, shelf: DataShelf): Reply {
  const { rows, fields } = paged<DataRecord>(call, { ...dataQuery(call, shelf), sortable: DATA_SORTS });
  const region = regionView(call.world);
  return { status: 200, body: { items: rows.map((record) => projectDataView(call.world, record, region)), ...fields } };
}

/** V4 is paged, V3 is not ("[V4] Added pagination", OpenAPI). */
function listChildren(call: Call): Reply {
  const folder = findRecord(call);
  if (folder.type !== "FOLDER") throw badRequest(`Data ${folder.id} is no folder`, { dataId: folder.id });
  const shelf = shelfOf(call);
  const children = { ...shelf, rows: shelf.byParent.get(folder.path) ?? [] };
  if (call.version === "V4") return listData(call, children);
  const { rows, matches } = dataQuery(call, children);
  const region = regionView(call.world);
  return { status: 200, body: { items: rows.filter(matches).map((record) => dataView(call.world, record, region)) } };
}

/** `:createFolder` and `:createFile`; a path that is taken is a conflict, ICA_DATA_105 (ica-facts). */
function creation(name: string, end: string): Route {
  const fields = {
    name: text({ min: 1 }),
    folderId: nullable(text()),
    folderPath: nullable(text({ pattern: /\/$/, hint: "…/" })),
  };
  const body = object(end === "" ? { ...fields, formatCode: nullable(text()) } : fields);
  return {
    method: "POST",
    path: `/api/projects/{projectId}/data:${name}`,
    answers: [V3],
    takes: [V3, JSON_TYPE],
    idempotent: true,
    handle: (call) => {
      const given = body(call.body, "");
      const shelf = shelfOf(call);
      const parent = given.folderId === null ? asFolder(given.folderPath ?? "/") : shelf.byId.get(given.folderId)?.path;
      if (parent === undefined || !parent.endsWith("/")) throw refuse("folderId", "is no folder of the project");
      const path = `${parent}${given.name}${end}`;
      if (given.name.includes("/")) throw refuse("name", "must not contain a /");
      if (shelf.byPath.has(path)) throw conflict("ICA_DATA_105", `${path} already exists`);
      const record = addFile(call.world, {
        projectId: call.param("projectId"),
        path,
        size: 0,
        // A file exists before its bytes do.
        status: end === "" ? "PARTIAL" : "AVAILABLE",
        creatorId: call.user.id,
        time: call.world.clock.now(),
        content: path,
      });
      return { status: 201, body: projectDataView(call.world, record) };
    },
  };
}

function shelfOf({ world, param }: Call): DataShelf {
  return dataShelf(world.store, findProject(world, param("projectId")));
}

function findRecord(call: Call): DataRecord {
  const record = shelfOf(call).byId.get(call.param("dataId"));
  if (record === undefined) throw notFound("Data", call.param("dataId"));
  return record;
}

function dataTag(record: DataRecord): string {
  return entityTag(record.objectETag, record.timeModified);
}
