/** What of an input is fingerprinted: all that a user may write into it, and of external data what does not pass. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprintOf } from "../../src/core/fingerprint.ts";
import type { Declared, PipelineRunSpec, RunInput, Tree } from "../../src/core/spec.ts";
import { declaredSections } from "../../src/kinds/run-sections.ts";

const locate = () => ({ file: "t.yaml", line: 1, column: 1 });

function sectionsOf(input: RunInput) {
  const run: Declared<PipelineRunSpec> = {
    kind: "PipelineRun",
    name: "r",
    formerNames: [],
    spec: { pipeline: "p", input },
    locate,
  };
  const stack = { kind: "Stack", name: "s", formerNames: [], spec: { project: "lab" }, locate };
  const tree: Tree = { stack, rules: [], credentials: [], mappings: [], sampleBatches: [], runs: [run] };
  return declaredSections(tree, run);
}

const hashOf = (input: RunInput) => fingerprintOf(sectionsOf(input)).input;

describe("the section input", () => {
  it("counts what users call `external`, `credential` or `url` in values of their own", () => {
    for (const kind of ["custom", "json"] as const) {
      const hashes = [[1, 2], [7, 8], [null], ["s3://a/b"], [{ url: "https://a/" }], "x", null]
        .map((external) => hashOf({ [kind]: { values: { external } } }))
        .concat([undefined, "lab-s3"].map((credential) => hashOf({ [kind]: { values: { n: { credential } } } })));
      expect(new Set(hashes).size).toBe(hashes.length);
    }
  });

  it("tells any two values apart that are not the same JSON", () => {
    const key = fc.constantFrom("external", "files", "mounts", "url", "type", "values", "a");
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom(null, true, 0, 1, "", "s3://b/k?X-Amz-Signature=x"),
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(key, tie("json"), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(json, json, (one, other) => {
        const [left, right] = [one, other].map((value) => hashOf({ custom: { values: { value } } }));
        expect(left === right).toBe(unsigned(one) === unsigned(other));
      }),
      { numRuns: 500 },
    );
  });

  it("counts external data without its signature, wherever it stands, and with the type that is sent", () => {
    const at = (url: string, type?: "s3"): RunInput[] => {
      const external = [{ url, mountPath: "a.bed", ...(type === undefined ? {} : { type }) }];
      return [
        { form: { data: [{ parameter: "p", external }] } },
        { custom: { text: "{}", external } },
        { json: { text: "{}", external } },
        { formValues: { fields: [{ id: "f", external }] } },
        { formValues: { groups: [{ id: "g", values: [{ fields: [{ id: "f", external }] }] }] } },
      ];
    };
    const signed = at("s3://bucket/a.bed?X-Amz-Signature=abc&X-Amz-Date=now");
    expect(signed.map(hashOf)).toEqual(at("s3://bucket/a.bed?X-Amz-Signature=other").map(hashOf));
    expect(signed.map(hashOf)).toEqual(at("s3://bucket/a.bed", "s3").map(hashOf));
    for (const [index, input] of at("s3://bucket/b.bed").entries())
      expect(hashOf(input)).not.toBe(hashOf(signed[index] as RunInput));
    expect(JSON.stringify(signed.map(sectionsOf))).not.toContain("abc");
  });
});

describe("a presigned URL", () => {
  const url = (signature: string) => `https://h.example/x.bed?X-Amz-Signature=${signature}&X-Amz-Date=now`;
  const places: [string, (text: string) => RunInput][] = [
    ["a parameter", (text) => ({ form: { parameters: { p: text, q: ["a", text] } } })],
    ["a value", (text) => ({ custom: { values: { deep: [{ u: text }] } } })],
    ["a text", (text) => ({ custom: { text: `curl "${text}" -o x\nnext` } })],
    ["an input.json", (text) => ({ json: { text: JSON.stringify({ u: text }) } })],
    ["a field", (text) => ({ formValues: { fields: [{ id: "f", values: [text] }] } })],
  ];

  it.each(places)("in %s counts, and is shown, without its signature", (_name, input) => {
    expect(hashOf(input(url("one")))).toBe(hashOf(input(url("two"))));
    expect(hashOf(input(url("one")))).not.toBe(hashOf(input(url("one").replace("x.bed", "y.bed"))));
    expect(JSON.stringify(sectionsOf(input(url("one"))))).not.toMatch(/one|X-Amz/);
  });

  it("hides no other change of anything that looks like a URL: of users, images, databases", () => {
    for (const [one, other] of [
      ["docker://ubuntu@sha256:abc", "docker://debian@sha256:abc"],
      ["mysql://alice@db/x", "mysql://bob@db/x"],
      ["gene://BRCA1@hg38", "gene://TP53@hg38"],
      ["a://b@c", "a://x=1:y@c"],
      ["https://h/x?sig=1:port", "https://h/x?sig=1:qort"],
      ["see https://h/x?token=1*q=2", "see https://h/x?token=1*q=3"],
    ] as const) {
      for (const [, input] of places) expect(hashOf(input(one)), one).not.toBe(hashOf(input(other)));
    }
  });

  it("that is a whole value loses its signature whatever characters stand before it", () => {
    const signed = (signature: string) => [
      `https://h/a(1).gz?X-Amz-Signature=${signature}`,
      `https://h/a;b,c'd.gz?Policy=eyJhIjoxfQ__&Signature=${signature}~-_`,
    ];
    const [one, two] = [signed("1111"), signed("2222")].map((urls) =>
      urls.map((p) => hashOf({ form: { parameters: { p } } })),
    );
    expect(one).toEqual(two);
    expect(JSON.stringify(signed("1111").map((p) => sectionsOf({ form: { parameters: { p } } })))).not.toContain(
      "1111",
    );
  });

  it("has a scheme of bounded length: a long text is not searched again from each of its letters", () => {
    const [known, long] = [31, 32].map((length) => `see ${"a".repeat(length)}://h/x?sig=`);
    expect(hashOf({ custom: { text: `${known}1` } })).toBe(hashOf({ custom: { text: `${known}2` } }));
    expect(hashOf({ custom: { text: `${long}1` } })).not.toBe(hashOf({ custom: { text: `${long}2` } }));
  });

  it("hides no change that stands behind it", () => {
    for (const end of [",", ";", ")", "]", " ", '"', "|"]) {
      const [left, right] = ["a", "b"].map((more) => hashOf({ custom: { text: `${url("one")}${end}${more}` } }));
      expect(left, end).not.toBe(right);
    }
  });
});

/** JSON whose keys are in order, and the one URL in it without its signature. */
function unsigned(value: unknown): string {
  return sorted(value).replaceAll("?X-Amz-Signature=x", "");
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}
