/** What an import makes of answers that the simulator does not give: each part of ICA's answer by itself. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Analysis, Pipeline, PipelineParameter, Reader } from "../../src/core/ica.ts";
import type { Kind } from "../../src/core/kind.ts";
import { holdsSecret, looksSecret } from "../../src/core/secret-like.ts";
import { STAND_IN_TEXT } from "../../src/core/stand-in.ts";
import { type AdoptContext, adoptAll } from "../../src/engine/adopt.ts";
import { importAnalyses } from "../../src/engine/import.ts";
import { namesFor, stackNameFor } from "../../src/engine/import-names.ts";
import { importRun, named } from "../../src/engine/import-run.ts";
import { desiredRun, PROJECT } from "../support/desired.ts";

const ANALYSIS: Analysis = {
  id: "47d84493-1768-480c-b394-6c7ea33077c8",
  reference: "nf-47d8",
  userReference: "S1",
  status: "SUCCEEDED",
  timeCreated: "2026-10-01T00:00:00Z",
  timeModified: "2026-10-01T00:00:00Z",
  pipeline: { id: "p1", code: "nf" },
  tags: { technicalTags: ["icaform.odd", "t"], userTags: [], referenceTags: [] },
};
const READS: PipelineParameter = { code: "reads", kind: "data", required: false, multiValue: true, hasDefault: false };
const GIVEN = { code: "reads", data: [{ dataId: "fil.1", name: "a" }], external: [] };
const SETTING = { name: "threads", multiValue: false, values: ["16"] };
const FIELD = { id: "sample", values: ["S1"], data: [], external: [], groups: [], sensitive: false };
const PIPELINE: Pipeline = { id: "p1", code: "nf", language: "NEXTFLOW", inputFormType: "XML" };

type Answers = Partial<Record<"configurations" | "inputs" | "inputFormValues" | "inputJson", unknown>>;

function readerWith(answers: Answers): Reader {
  const answer = (name: keyof Answers, otherwise: unknown) => async () => answers[name] ?? otherwise;
  return {
    configurations: answer("configurations", []),
    inputs: answer("inputs", []),
    inputFormValues: answer("inputFormValues", []),
    inputJson: answer("inputJson", undefined),
  } as unknown as Reader;
}

function importing(
  answers: Answers,
  analysis: Partial<Analysis> = {},
  pipelines: Pipeline[] = [PIPELINE],
  parameters: PipelineParameter[] | undefined = [],
) {
  return importRun(
    { ...ANALYSIS, ...analysis },
    {
      reader: readerWith(answers),
      project: PROJECT,
      projectName: undefined,
      pipelines,
      parametersOf: async () => parameters,
      credentials: { credential: (id) => ({ id }), unknownCredential: undefined },
    },
  );
}

describe("an imported run", () => {
  it("names its pipeline by id where the code is not enough, and says when it is gone", async () => {
    expect((await importing({})).spec.pipeline).toBe("nf");
    expect((await importing({}, {}, [PIPELINE, { ...PIPELINE, id: "p2" }])).spec.pipeline).toBe("p1");
    const gone = await importing({}, {}, []);
    expect(gone.notes.map(({ text }) => text)).toContain("it is no longer among the project's pipelines");
  });

  it("keeps icaform's own tags out, and a user reference that no create call would take", async () => {
    const run = await importing({}, { userReference: "sample.1" });
    expect(run.spec.tags).toEqual({ technical: ["t"] });
    const { spec, notes } = named(run, "sample-1");
    expect(spec.userReference).toBeUndefined();
    expect(notes.map(({ text }) => text).join()).toContain('"sample.1"');
    expect(named(await importing({}), "S1-47d84493").spec.userReference).toBe("S1");
  });

  it("of a JSON form that was gone past takes the text", async () => {
    const cwl: Pipeline = { id: "p1", code: "cwl", language: "CWL", inputFormType: "JSON" };
    const { spec } = await importing({ inputJson: '{"a":1}' }, {}, [cwl]);
    expect(spec.input).toEqual({ json: { values: { a: 1 } } });
  });

  it.each([
    ["nothing", {}, { custom: { text: STAND_IN_TEXT } }],
    [
      "data alone, under a known code",
      { inputs: [GIVEN] },
      { form: { data: [{ parameter: "reads", files: ["fil.1"] }] } },
    ],
    [
      "data alone, under another",
      { inputs: [{ ...GIVEN, code: "x" }] },
      { custom: { text: STAND_IN_TEXT, files: ["fil.1"] } },
    ],
  ])("of Nextflow that ICA told %s is no more than a guess", async (_what, answers, input) => {
    const { spec, notes } = await importing(answers, {}, [PIPELINE], [READS]);
    expect(spec).toMatchObject({ input, rerun: { ignoreChanges: expect.arrayContaining(["input"]) } });
    expect(notes.some(({ path, text }) => path[0] === "input" && text.startsWith("ICA does not"))).toBe(true);
  });

  it("is a form, beyond doubt, where parameters are told", async () => {
    const { spec } = await importing({ configurations: [SETTING], inputs: [GIVEN] }, {}, [PIPELINE], [READS]);
    expect(Object.keys(spec.input)).toEqual(["form"]);
    expect(spec.rerun?.ignoreChanges).not.toContain("input");
  });

  it.each<[string, boolean, Parameters<typeof importing>[0], "XML" | "JSON", object]>([
    ["an input.json alone", true, { inputJson: "{}" }, "XML", { json: { values: {} } }],
    ["it with data of no parameter", true, { inputJson: "{}", inputs: [{ ...GIVEN, code: "x" }] }, "XML", { json: {} }],
    ["it with data of a parameter", false, { inputJson: "{}", inputs: [GIVEN] }, "XML", { json: {} }],
    ["it with parameters", false, { inputJson: "{}", configurations: [SETTING] }, "XML", { form: {} }],
    ["it with form values", false, { inputJson: "{}", inputFormValues: [FIELD] }, "JSON", { formValues: {} }],
    ["data of a parameter alone", true, { inputs: [GIVEN] }, "XML", { form: {} }],
    ["an empty form", true, {}, "JSON", { formValues: {} }],
  ])("of CWL that ICA told %s: is it certain? %s", async (_what, isCertain, answers, inputFormType, input) => {
    const cwl: Pipeline = { id: "p1", code: "cwl", language: "CWL", inputFormType };
    const { spec } = await importing(answers, {}, [cwl], [READS]);
    expect(spec.input).toMatchObject(input);
    expect(spec.rerun?.ignoreChanges?.includes("input")).toBe(!isCertain);
  });

  it("keeps a text byte for byte that a map of YAML would change", async () => {
    const cwl: Pipeline = { id: "p1", code: "cwl", language: "CWL", inputFormType: "XML" };
    for (const inputJson of [
      '{"b":1,"a":2}',
      '{"n":12345678901234567890}',
      '{"__proto__":1}',
      '{ "a": 1 }',
      "[1]",
      "x: 1",
    ]) {
      expect((await importing({ inputJson }, {}, [cwl])).spec.input).toEqual({ json: { text: inputJson } });
    }
  });

  it("hides what ICA itself calls sensitive", async () => {
    const field = { id: "pin", values: ["1234"], data: [], external: [], groups: [], sensitive: true };
    const { spec } = await importing({ inputFormValues: [field] }, {}, [{ ...PIPELINE, inputFormType: "JSON" }]);
    expect(spec.input).toEqual({ formValues: { fields: [{ id: "pin", values: [{ env: "PIN" }] }] } });
    expect(spec.rerun?.ignoreChanges).toContain("input");
  });
});

describe("an import", () => {
  it("does not give a second name to what another import adopted while it was reading", async () => {
    const tags = { technicalTags: [], userTags: [], referenceTags: [] };
    const other = "9f808b73-b357-4d3d-8f44-b119e3383434";
    const reader = {
      ...readerWith({}),
      async *projectAnalyses() {
        yield* [
          { ...ANALYSIS, tags },
          { ...ANALYSIS, tags, id: other, userReference: "S2" },
        ];
      },
      pipelines: async () => [PIPELINE],
      pipelineParameters: async () => [],
    } as unknown as Reader;
    const kind = {
      async *observe() {
        yield { name: "S1", id: ANALYSIS.id };
      },
    } as unknown as Kind;
    const { runs, passedOver } = await importAnalyses(reader, kind, {
      stack: "lab",
      tree: undefined,
      project: PROJECT,
      projectName: undefined,
      filter: { ids: [], statuses: [], tags: [], pipelines: [] },
      limit: undefined,
      credential: undefined,
      concurrency: 2,
      onFound: () => {},
      onRead: () => {},
    });
    expect(runs.map(({ name }) => name)).toEqual(["S2"]);
    expect(passedOver).toMatchObject([{ analysis: { id: ANALYSIS.id }, reason: "this stack owns it already" }]);
  });
});

describe("names", () => {
  it("are valid and differ for analyses that differ", () => {
    const text = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(text, text, fc.uuid(), (userReference, code, id) => {
        const names = namesFor({ id, userReference, pipeline: { id: "p", code } });
        for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,150}$/);
        expect(names[2]?.endsWith(id)).toBe(true);
        expect(stackNameFor(userReference)).toMatch(/^[a-z0-9-]{1,63}$/);
      }),
    );
  });
});

describe("what looks like a secret", () => {
  it.each([
    ["lab_token", "x1", true],
    ["AWS_SECRET_ACCESS_KEY", "x1", true],
    ["password", 1234, true],
    ["plain", "AKIAIOSFODNN7EXAMPLE", true],
    ["url", "https://h.org/x?X-Amz-Signature=00", true],
    ["pem", "-----BEGIN RSA PRIVATE KEY-----", true],
    ["skip_token_check", "true", false],
    ["sample", "NA12878", false],
    ["threads", 16, false],
    ["url", "https://h.org/x?page=2", false],
  ])("%s: %s is %s", (name, value, expected) => {
    expect(looksSecret(name, value)).toBe(expected);
    expect(holdsSecret({ deep: [{ [name]: value }] })).toBe(expected);
  });
});

/** An adoption of one analysis by a writer that answers step by step. */
async function adopting(
  reads: { tags: string[]; etag?: string }[],
  writes: ("ok" | "forgets" | "conflict" | "changed" | "lost")[],
) {
  const { ApiError, NetworkError } = await import("../../src/core/errors.ts");
  const call = { method: "PUT", path: "/api/x" };
  const log: string[] = [];
  const tagged = (technicalTags: string[]) => ({ ...ANALYSIS, tags: { ...ANALYSIS.tags, technicalTags } });
  const reader = {
    analysis: async () => {
      log.push("read");
      const next = reads.shift();
      if (next === undefined) throw new Error("no more reads");
      return { analysis: tagged(next.tags), body: {}, ...(next.etag === undefined ? {} : { etag: next.etag }) };
    },
  };
  const writer = {
    ...reader,
    updateTags: async (_project: string, _id: string, body: { tags: Analysis["tags"] }, etag: string) => {
      log.push(`write ${etag}`);
      const outcome = writes.shift();
      if (outcome === "conflict") throw new ApiError(call, { status: 409, title: "conflict" });
      if (outcome === "changed") throw new ApiError(call, { status: 412, title: "precondition failed" });
      if (outcome === "lost") throw new NetworkError(call, "the answer was lost", true);
      return tagged(outcome === "ok" ? body.tags.technicalTags : []);
    },
  };
  const context = {
    stack: "lab",
    project: PROJECT,
    writer: writer as unknown as AdoptContext["writer"],
    reader,
    concurrency: 2,
    signal: new AbortController().signal,
    onResult: () => {},
  };
  const [result] = await adoptAll([{ desired: desiredRun("r"), analysis: ANALYSIS }], context);
  return { result, log };
}

const THEIRS = ["icaform.stack=theirs", "icaform.run=r", "icaform.attempt=1"];

describe("an adoption", () => {
  it("reads again when somebody was faster, once", async () => {
    const free = [
      { tags: [], etag: '"1"' },
      { tags: ["new"], etag: '"2"' },
    ];
    expect(await adopting([...free], ["conflict", "ok"])).toMatchObject({
      result: { outcome: "done" },
      log: ["read", 'write "1"', "read", 'write "2"'],
    });
    expect((await adopting([...free], ["changed", "ok"])).result).toMatchObject({ outcome: "done" });
    expect((await adopting([...free], ["conflict", "changed"])).result).toMatchObject({
      outcome: "failed",
      error: expect.stringMatching(/^somebody else changed its tags .* twice/),
    });
  });

  it("leaves alone what another stack came to own in between", async () => {
    const { result, log } = await adopting(
      [
        { tags: [], etag: '"1"' },
        { tags: THEIRS, etag: '"2"' },
      ],
      ["conflict"],
    );
    expect(result).toMatchObject({ outcome: "failed", error: "stack theirs owns it" });
    expect(log).toEqual(["read", 'write "1"', "read"]);
    expect((await adopting([{ tags: ["icaform.attempt=1"], etag: '"1"' }], [])).log).toEqual(["read"]);
  });

  it("writes nothing without an ETag, and believes no answer that shows other tags", async () => {
    expect((await adopting([{ tags: [] }], [])).result).toMatchObject({ outcome: "failed" });
    expect((await adopting([{ tags: [], etag: '"1"' }], ["forgets"])).result).toMatchObject({ outcome: "failed" });
  });

  it("is settled by reading when the answer was lost", async () => {
    const lost = await adopting([{ tags: [], etag: '"1"' }, { tags: THEIRS }], ["lost"]);
    expect(lost.result).toMatchObject({ outcome: "unknown" });
    const { identityTags } = await import("../../src/core/identity.ts");
    const { fingerprint } = desiredRun("r");
    const ours = identityTags({ stack: "lab", run: "r", attempt: 1, fingerprint });
    expect((await adopting([{ tags: [], etag: '"1"' }, { tags: ours }], ["lost"])).result).toMatchObject({
      outcome: "done",
    });
  });
});
