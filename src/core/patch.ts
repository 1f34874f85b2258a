import { keysOfPath } from "./fields.ts";
import type { Change, FieldChange, PatchOperation } from "./plan.ts";

/**
 * Writes each change's fields as a JSON Patch (RFC 6902) on an object of sections. A field of which both sides are
 * known is compared to its leaves; what ICA does not tell is set as a whole, which holds whatever was there.
 */
export async function writePatches(changes: readonly Pick<Change, "fields" | "patch">[]): Promise<void> {
  const differing = changes.some((change) => change.fields.some(hasBothSides));
  const differences = differing ? (await import("./json-patch.ts")).differences : undefined;
  for (const change of changes) {
    change.patch = change.fields.flatMap((field) => {
      const path = pointerOf(field.path);
      return differences !== undefined && hasBothSides(field)
        ? differences(path, field.before, field.after)
        : [wholeField(field, path)];
    });
  }
}

/** `/input/form/parameters/a~1b`: a field's path as a JSON Pointer (RFC 6901). */
export function pointerOf(path: string): string {
  return keysOfPath(path)
    .map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

function wholeField(field: FieldChange, path: string): PatchOperation {
  return "after" in field ? { op: "add", path, value: field.after } : { op: "remove", path };
}

function hasBothSides(field: FieldChange): boolean {
  return "before" in field && "after" in field;
}
