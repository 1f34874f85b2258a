/** What holds for every tree: a plan after an apply is empty, and the order of documents means nothing. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyTree, planTree } from "../support/engine.ts";
import { SECRETS } from "../support/manifests.ts";
import { actionsOf, openLab, tagOf } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";
import { IDS } from "../support/world.ts";

interface Document {
  apiVersion: "icaform/v1";
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
}

const document = (kind: string, name: string, spec: Record<string, unknown>): Document => ({
  apiVersion: "icaform/v1",
  kind,
  metadata: { name },
  spec,
});

/** Any text but placeholders; with characters that YAML, JSON and shells like to trip over. */
const text = fc.oneof(
  fc.string({ maxLength: 12 }).map((word) => word.replaceAll("$", "")),
  fc.constantFrom(
    "",
    "true",
    "null",
    "0.050",
    "1e-8",
    "~",
    "é€😀",
    "a\nb\r\nc\t",
    " padded ",
    "#",
    "- x",
    "a: b",
    "\\",
    '"',
  ),
);

const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.constant({ env: "S3_SECRET" }));
const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/);
const tags = fc.option(fc.uniqueArray(word, { maxLength: 3 }), { nil: undefined });
const files = fc.array(fc.constantFrom("/in/a.fastq.gz", "/in/b.fastq.gz", "/in/c.bed", "/in/", IDS.a), {
  maxLength: 3,
});
const external = fc.array(
  fc.record({
    url: fc.constantFrom("s3://bucket/x.gz", "s3://bucket/y.gz"),
    mountPath: fc.constantFrom("x.gz", "in/y.gz"),
    credential: fc.constantFrom("s3-a", "s3-b"),
  }),
  { maxLength: 2 },
);
const parameters = fc.dictionary(word, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), { maxKeys: 4 });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const form = fc.record({
  parameters: optional(fc.option(parameters, { nil: null })),
  data: optional(
    fc.array(fc.record({ parameter: word, files: optional(files), external: optional(external) }), { maxLength: 2 }),
  ),
});
const values = fc.dictionary(word, fc.oneof(text, fc.integer(), fc.constant(null), fc.array(text, { maxLength: 2 })), {
  maxKeys: 4,
});
const field = fc.oneof(
  fc.record({ id: word, values: fc.option(fc.array(scalar, { maxLength: 3 }), { nil: null }) }),
  fc.record({ id: word, data: files }),
);
const formValues = fc.record({
  fields: optional(fc.array(field, { maxLength: 3 })),
  groups: optional(
    fc.array(
      fc.record({
        id: word,
        values: fc.array(fc.record({ fields: fc.array(field, { maxLength: 2 }) }), { maxLength: 2 }),
      }),
      {
        maxLength: 2,
      },
    ),
  ),
});

const input = fc.oneof(
  fc.record({ pipeline: fc.constantFrom("nf", "cwl", IDS.nfForm), input: fc.record({ form }) }),
  fc.record({
    pipeline: fc.constant("nf"),
    input: fc.record({ custom: fc.record({ values, files: optional(files) }) }),
  }),
  fc.record({
    pipeline: fc.constant("cwl"),
    input: fc.record({ json: fc.record({ values, external: optional(external) }) }),
  }),
  fc.record({ pipeline: fc.constantFrom("nf-json", "cwl-json"), input: fc.record({ formValues }) }),
);

/** One run; `depends` are the places of earlier runs, `mapped` says where its outputs go. */
const runSpec = fc.record({
  what: input,
  storage: optional(fc.constantFrom("Small", "Large", null, IDS.medium)),
  userReference: optional(fc.constantFrom("x", "a b/c", "sample_1")),
  logs: optional(fc.constantFrom(null, { path: "/logs/" }, { folder: IDS.results })),
  tags: optional(fc.record({ technical: tags, user: tags, reference: fc.option(fc.uniqueArray(word), { nil: null }) })),
  action: optional(fc.constantFrom("Rename", "skip", "OVERWRITE")),
  mapped: fc.constantFrom("not", "inline", "by name"),
  depends: fc.array(fc.nat(9), { maxLength: 2 }),
  rerun: optional(
    fc.constantFrom({ onFailure: 2 }, { ignoreChanges: ["tags"] }, { onChange: false }, { onUpstream: true }),
  ),
});

const tree: fc.Arbitrary<Document[]> = fc
  .record({
    runs: fc.array(runSpec, { minLength: 1, maxLength: 5 }),
    defaults: fc.record({
      storage: optional(fc.constant("Medium")),
      tags: optional(fc.record({ user: tags, technical: tags })),
    }),
    share: fc.boolean(),
  })
  .map(({ runs, defaults, share }) => {
    const secrets = { accessKeyId: { env: "S3_KEY_ID" }, secretAccessKey: { env: "S3_SECRET" } };
    const credentials = ["s3-a", "s3-b"].map((name) =>
      document("StorageCredential", name, { type: "AWS_USER", ...secrets, share }),
    );
    const documents = runs.flatMap(({ what, action, mapped, depends, ...rest }, index) => {
      const earlier = [...new Set(depends.filter((place) => place < index))];
      const mapping = {
        source: "out/",
        target: `/o/${index}/`,
        ...(action === undefined ? {} : { actionOnExist: action }),
      };
      const outputs = { not: undefined, inline: [mapping], "by name": [{ mapping: `m${index}` }] }[mapped];
      const dependsOn = earlier.map((place) => `PipelineRun/r${place}`);
      const run = document("PipelineRun", `r${index}`, {
        ...what,
        ...rest,
        outputs,
        ...(dependsOn.length > 0 ? { dependsOn } : {}),
      });
      return mapped === "by name" ? [run, document("OutputMapping", `m${index}`, { mappings: [mapping] })] : [run];
    });
    return [document("Stack", "lab", { project: "prod", defaults }), ...credentials, ...documents];
  });

/** JSON is YAML; keys that are undefined are not written. */
const written = (documents: readonly Document[]) => documents.map((one) => `---\n${JSON.stringify(one)}\n`).join("");

describe("for any tree", () => {
  it("a plan after an apply has nothing left but to wait; once all is done, nothing at all; no run is there twice", async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (documents) => {
        const ica = await openLab();
        try {
          const folder = treeOf({ "t.yaml": written(documents) });
          const declared = documents.filter(({ kind }) => kind === "PipelineRun").map(({ metadata }) => metadata.name);
          for (let round = 0; round <= declared.length; round++) {
            const { plan, results } = await applyTree(folder, ica.sim, { secrets: SECRETS });
            expect(results.filter(({ outcome }) => outcome !== "done")).toEqual([]);
            const after = await planTree(folder, ica.sim);
            const { create, rerun, update, abort, orphan } = after.summary;
            expect({ create, rerun, update, abort, orphan }, actionsOf(after).join("\n")).toEqual({
              create: 0,
              rerun: 0,
              update: 0,
              abort: 0,
              orphan: 0,
            });
            expect(plan.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
            ica.finish();
          }
          const last = await planTree(folder, ica.sim);
          expect(last.summary.unchanged).toBe(declared.length + 2);
          expect(
            ica.sim
              .analyses()
              .map(({ tags }) => tagOf(tags, "run"))
              .sort(),
          ).toEqual([...declared].sort());
        } finally {
          await ica.sim.close();
        }
      }),
      { numRuns: 30 },
    );
  });

  it("the order of documents and files makes no difference to the plan, nor to its digest", async () => {
    const ica = await openLab();
    try {
      await fc.assert(
        fc.asyncProperty(
          tree.chain((documents) =>
            fc.record({
              documents: fc.constant(documents),
              shuffled: fc.shuffledSubarray(documents, { minLength: documents.length }),
              split: fc.nat(documents.length),
            }),
          ),
          async ({ documents, shuffled, split }) => {
            const first = treeOf({ "t.yaml": written(documents) });
            const second = treeOf({});
            for (const [name, part] of [
              ["z.yaml", shuffled.slice(0, split)],
              ["a.yml", shuffled.slice(split)],
            ] as const) {
              if (part.length > 0) writeFileSync(join(second, name), written(part));
            }
            expect(await planTree(second, ica.sim)).toEqual(await planTree(first, ica.sim));
          },
        ),
        { numRuns: 40 },
      );
    } finally {
      await ica.sim.close();
    }
  });

  it("a change of any one value of a run's spec is seen", async () => {
    const ica = await openLab();
    try {
      await fc.assert(
        fc.asyncProperty(input, input, async (one, other) => {
          fc.pre(JSON.stringify(asSent(one)) !== JSON.stringify(asSent(other)));
          const plans = await Promise.all(
            [one, other].map((what) => {
              const secrets = { accessKeyId: { env: "S3_KEY_ID" }, secretAccessKey: { env: "S3_SECRET" } };
              const credentials = ["s3-a", "s3-b"].map((name) =>
                document("StorageCredential", name, { type: "AWS_USER", ...secrets }),
              );
              const documents = [
                document("Stack", "lab", { project: "prod" }),
                ...credentials,
                document("PipelineRun", "r", { ...what }),
              ];
              return planTree(treeOf({ "t.yaml": written(documents) }), ica.sim);
            }),
          );
          expect(plans[0]?.digest).not.toBe(plans[1]?.digest);
        }),
        { numRuns: 60 },
      );
    } finally {
      await ica.sim.close();
    }
  });
});

/** Keys in one order, and scalars as text where they go out as text: what makes no difference on the wire. */
function asSent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asSent);
  if (value === null || typeof value !== "object") return value === null ? null : String(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, member]) => [key, asSent(member)]),
  );
}
