/**
 * The one place that knows fast-json-patch. It is loaded only when something differs, and by its default export: the
 * named ones are not there when Node loads it as an ES module.
 */
import jsonPatch from "fast-json-patch";
import { canonicalJson } from "./canonical.ts";
import type { PatchOperation } from "./plan.ts";

/**
 * RFC 6902 operations that make `before` into `after`, both standing at `path` of some document. The order of keys on
 * either side does not matter.
 */
export function differences(path: string, before: unknown, after: unknown): PatchOperation[] {
  const operations = jsonPatch.compare({ value: sorted(before) }, { value: sorted(after) });
  const found = operations.map((operation) => {
    const at = path + operation.path.slice("/value".length);
    return operation.op === "remove" ? { op: operation.op, path: at } : { ...operation, path: at };
  }) as PatchOperation[];
  // Programs refuse to walk through these keys, the library itself among them.
  return found.some((operation) => UNWALKABLE.test(operation.path)) ? [{ op: "replace", path, value: after }] : found;
}

const UNWALKABLE = /\/(__proto__|constructor|prototype)(\/|$)/;

function sorted(value: unknown): unknown {
  return JSON.parse(canonicalJson(value)) as unknown;
}
