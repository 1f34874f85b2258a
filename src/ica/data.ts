/** Files and folders of a project: the filter's query, and rows with whole paths. */
import type { DataFilter, DataItem } from "../core/ica.ts";
import type { Fields } from "./fields.ts";

/** `ids: []` and `paths: []` match nothing; in a query they would be no filter at all, and match everything. */
export function matchesNothing(filter: DataFilter): boolean {
  return filter.ids?.length === 0 || filter.paths?.length === 0;
}

/** Source: OpenAPI `getProjectDataList`. The caller chunks long lists: a request line has about 8,000 characters. */
export function dataQuery(filter: DataFilter): [string, string][] {
  const query: [string, string][] = [];
  for (const id of filter.ids ?? []) {
    query.push(["id", id]);
  }
  for (const path of filter.paths ?? []) {
    query.push(["filePath", path]);
  }
  if (filter.pathMatch !== undefined) {
    const mode = filter.pathMatch === "full" ? "FULL_CASE_INSENSITIVE" : "STARTS_WITH_CASE_INSENSITIVE";
    query.push(["filePathMatchMode", mode]);
  }
  if (filter.parentFolderPath !== undefined) {
    query.push(["parentFolderPath", filter.parentFolderPath]);
  }
  if (filter.type !== undefined) {
    query.push(["type", filter.type]);
  }
  return query;
}

/** Of a project's listing, whose items wrap the data. */
export function dataItemOf(fields: Fields): DataItem {
  return sampleDataItemOf(fields.object("data"));
}

/** Of a sample's listing, whose items are the data itself. */
export function sampleDataItemOf(data: Fields): DataItem {
  const details = data.object("details");
  const type = details.text("dataType");
  if (type !== "FILE" && type !== "FOLDER") {
    throw details.wrong("dataType", "FILE or FOLDER");
  }
  const name = details.text("name");
  const urn = data.optionalText("urn");
  const size = details.optionalNumber("fileSizeInBytes");
  return {
    id: data.text("id"),
    ...(urn === undefined ? {} : { urn }),
    path: wholePath(details.optionalText("path") ?? "/", name, type),
    name,
    type,
    status: details.text("status"),
    ...(size === undefined || type === "FOLDER" ? {} : { size }),
  };
}

/**
 * The OpenAPI says that `path` is the parent's, servers send the whole one; either is taken. A path that ends with the
 * item's own name is whole. A folder's whole path ends with "/".
 */
export function wholePath(path: string, name: string, type: "FILE" | "FOLDER"): string {
  const rooted = path.startsWith("/") ? path : `/${path}`;
  const trimmed = rooted.replace(/\/+$/, "");
  const isParent = (type === "FILE" && rooted.endsWith("/")) || !trimmed.endsWith(`/${name}`);
  const whole = isParent ? `${trimmed}/${name}` : trimmed;
  return type === "FOLDER" ? `${whole}/` : whole;
}
