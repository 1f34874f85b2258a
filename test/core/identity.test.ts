import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/core/canonical.ts";
import {
  changedSections,
  decodeFingerprint,
  encodeFingerprint,
  fingerprintOf,
  SECTIONS,
} from "../../src/core/fingerprint.ts";
import { idempotencyKey, identityTags, parseIdentity } from "../../src/core/identity.ts";
import { withoutSignature } from "../../src/core/presigned.ts";

describe("canonical JSON", () => {
  it("does not depend on the order of keys", () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { z: 1, y: 2 }], c: null } })).toBe(
      '{"a":{"c":null,"d":[2,{"y":2,"z":1}]},"b":1}',
    );
  });

  it("has keys in code-unit order, also those that look like whole numbers", () => {
    expect(canonicalJson({ "9": 1, Z: 2, "10": 3, a: { "2": undefined, "11": [undefined], "-1": null } })).toBe(
      '{"10":3,"9":1,"Z":2,"a":{"-1":null,"11":[null]}}',
    );
  });

  it("takes __proto__ for a key like any other", () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"x":1},"a":2}'))).toBe('{"__proto__":{"x":1},"a":2}');
  });

  it("gives back the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => canonicalJson(JSON.parse(canonicalJson(value))) === canonicalJson(value)),
    );
  });
});

describe("fingerprints", () => {
  it("survive their own encoding, and tell which sections differ", () => {
    const section = fc.option(fc.jsonValue(), { nil: undefined });
    const sections = fc.record(Object.fromEntries(SECTIONS.map((name) => [name, section])));
    fc.assert(
      fc.property(sections, sections, (left, right) => {
        const [one, two] = [fingerprintOf(left), fingerprintOf(right)];
        expect(decodeFingerprint(encodeFingerprint(one))).toEqual(one);
        const expected = SECTIONS.filter(
          (name) =>
            canonicalJson(left[name]) !== canonicalJson(right[name]) ||
            (left[name] === undefined) !== (right[name] === undefined),
        );
        expect(changedSections(one, two)).toEqual(expected);
      }),
    );
  });

  it("of another version are not understood rather than misread", () => {
    expect(decodeFingerprint("v2:pipeline-0011223344")).toBeUndefined();
    expect(decodeFingerprint("v1:moonphase-0011223344")).toBeUndefined();
  });

  it("fit with all sections into a tag of 200 characters", () => {
    const ofRuns = SECTIONS.filter((name) => name !== "data" && name !== "complete");
    const all = fingerprintOf(Object.fromEntries(ofRuns.map((name) => [name, name])));
    expect(identityTags({ stack: "s", run: "r", attempt: 1, fingerprint: all }).at(-1)?.length).toBeLessThan(205);
  });
});

describe("identity", () => {
  it("is read back from the tags it was written to", () => {
    const identity = { stack: "cohort-7", run: "wgs_NA-1", attempt: 12, fingerprint: fingerprintOf({ pipeline: "p" }) };
    expect(parseIdentity(["mine", ...identityTags(identity)])).toEqual(identity);
  });

  it("is not taken from tags that only look alike", () => {
    expect(parseIdentity(["icaform.stack=s", "icaform.run=r"])).toBeUndefined();
    expect(parseIdentity(["icaform.stack=s", "icaform.run=r", "icaform.attempt=-1"])).toBeUndefined();
    expect(parseIdentity(["xicaform.stack=s", "icaform.run=r", "icaform.attempt=1"])).toBeUndefined();
  });

  it("makes one key for each attempt and no two alike", () => {
    const keys = [
      idempotencyKey("s", "p", "r", 1),
      idempotencyKey("s", "p", "r", 2),
      idempotencyKey("s", "p", "r1", 1),
      idempotencyKey("sp", "", "r", 1),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(idempotencyKey("s", "p", "r", 1)).toBe(keys[0]);
    expect(keys.every((key) => /^icaform-[0-9a-f]{64}$/.test(key))).toBe(true);
  });
});

describe("presigned URLs", () => {
  it.each([
    [
      "https://b.s3.amazonaws.com/k?X-Amz-Signature=abc&X-Amz-Date=1&versionId=7",
      "https://b.s3.amazonaws.com/k?versionId=7",
    ],
    ["https://b.s3.amazonaws.com/k?AWSAccessKeyId=A&Signature=b&Expires=1", "https://b.s3.amazonaws.com/k"],
    ["https://a.blob.core.windows.net/c/k?sv=1&st=2&se=3&sig=x#part", "https://a.blob.core.windows.net/c/k#part"],
    ["https://example.org/k?st=12&expires=never", "https://example.org/k?st=12&expires=never"],
    ["https://user:secret@example.org/k", "https://example.org/k"],
    ["s3://bucket/S1_R2.fastq.gz", "s3://bucket/S1_R2.fastq.gz"],
  ])("%s counts as %s", (url, expected) => {
    expect(withoutSignature(url)).toBe(expected);
  });
});
