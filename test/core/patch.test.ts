import fc from "fast-check";
import jsonPatch from "fast-json-patch";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/core/canonical.ts";
import { createdFields, keysOfPath, pathOfKeys } from "../../src/core/fields.ts";
import { SECTIONS } from "../../src/core/fingerprint.ts";
import { pointerOf, writePatches } from "../../src/core/patch.ts";
import type { FieldChange, PatchOperation } from "../../src/core/plan.ts";
import { change } from "../render/samples.ts";

async function patchOf(fields: FieldChange[]): Promise<PatchOperation[]> {
  const changed = change({ action: "rerun", fields });
  await writePatches([changed]);
  return changed.patch;
}

/** What a program does with a patch, by a library's own strict reading of RFC 6902. */
function patched(document: unknown, patch: readonly PatchOperation[]): unknown {
  return jsonPatch.applyPatch(structuredClone(document), structuredClone(patch), true).newDocument;
}

const key = fc.constantFrom("a", "b", "sample_id", "a/b", "m~n", "", " ", "0", "constructor", "x.y");
const leaf = fc.oneof(fc.constantFrom("x", "y", "long text", 0, 1, true, null), fc.string());
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
}));

describe("a patch", () => {
  it("makes what was into what will be, section by section", async () => {
    const sections = fc.dictionary(fc.constantFrom(...SECTIONS), value);
    await fc.assert(
      fc.asyncProperty(sections, sections, async (before, after) => {
        const fields = SECTIONS.filter((section) => section in before || section in after).map((section) => ({
          path: section,
          ...(section in before ? { before: before[section] } : {}),
          ...(section in after ? { after: after[section] } : {}),
          sensitive: false,
        }));
        expect(canonicalJson(patched(before, await patchOf(fields)))).toBe(canonicalJson(after));
      }),
      { numRuns: 300 },
    );
  });

  it("does so too where ICA does not tell what was", async () => {
    await fc.assert(
      fc.asyncProperty(value, value, async (before, after) => {
        const patch = await patchOf([{ path: "input", after, sensitive: false }]);
        expect(canonicalJson(patched({ input: before }, patch))).toBe(canonicalJson({ input: after }));
        expect(canonicalJson(patched({}, patch))).toBe(canonicalJson({ input: after }));
      }),
    );
  });

  it("is the same whatever the order of keys", async () => {
    const one = await patchOf([{ path: "tags", before: { a: 1, b: 2 }, after: { b: 3, a: 2 }, sensitive: false }]);
    const two = await patchOf([{ path: "tags", before: { b: 2, a: 1 }, after: { a: 2, b: 3 }, sensitive: false }]);
    expect(one).toEqual(two);
  });

  it("touches no more than what differs", async () => {
    const form = (callers: string[]) => ({ form: { parameters: { callers, sample: "NA1" } } });
    const fields = [{ path: "input", before: form(["snv"]), after: form(["snv", "cnv"]), sensitive: false }];
    expect(await patchOf(fields)).toEqual([{ op: "add", path: "/input/form/parameters/callers/1", value: "cnv" }]);
  });

  it("of a create sets each declared section", async () => {
    const fields = createdFields({ sections: { pipeline: "nf", storage: "Large" } } as never);
    expect(patched({}, await patchOf(fields))).toEqual({ pipeline: "nf", storage: "Large" });
  });

  it("finds its way through every key", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            key.filter((one) => one !== ""),
            fc.string({ minLength: 1 }),
          ),
          { minLength: 1 },
        ),
        (keys) => {
          expect(keysOfPath(pathOfKeys(keys))).toEqual(keys);
          expect(pointerOf(pathOfKeys(keys)).split("/").length).toBe(keys.length + 1);
        },
      ),
    );
  });
});
