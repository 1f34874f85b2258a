import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { manifestKinds } from "../../src/manifest/kinds.ts";
import { treeOf } from "../support/beside.ts";
import { icaform, ROOT } from "../support/cli.ts";

type Schema = { $schema: string; title: string };

/** What `schema` prints, run where no other file is, and compiled without any other schema. */
async function printed(args: readonly string[]) {
  const ran = await icaform(["schema", ...args], {}, treeOf({}));
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  const schema = JSON.parse(ran.stdout) as Schema;
  const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
  ajv.addVocabulary(["patternErrorMessage", "errorMessage", "x-code"]);
  formats.default(ajv, ["date-time"]);
  return { schema, text: ran.stdout, validate: ajv.compile(schema) };
}

/** All documents of the examples' manifests. */
const documents = readdirSync(join(ROOT, "examples"), { recursive: true, encoding: "utf8" })
  .filter((file) => /^[\w-]+\/[\w-]+\.ya?ml$/.test(file) && !file.startsWith("ci/"))
  .flatMap((file) => parseAllDocuments(readFileSync(join(ROOT, "examples", file), "utf8")))
  .map((document) => document.toJS() as { kind: string; spec: object });

describe.concurrent("icaform schema", () => {
  it.each(Object.keys(manifestKinds))("%s needs no other file, and accepts what the examples declare", async (kind) => {
    const { schema, text, validate } = await printed([kind]);
    expect(schema.title).toBe(`icaform ${kind}`);
    expect(text).not.toMatch(/"\$ref": "(?!#\/definitions\/)/);
    expect(text.match(/"\$schema"/g)).toHaveLength(1);
    for (const document of documents) {
      expect(validate(document), JSON.stringify(validate.errors)).toBe(document.kind === kind);
    }
  });

  it("without a kind accepts every document of the examples, and tells a mistake", async () => {
    const { validate } = await printed([]);
    expect(documents.length).toBeGreaterThan(8);
    for (const document of documents) {
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
      expect(validate({ ...document, spec: { ...document.spec, pipline: "x" } })).toBe(false);
    }
  });

  it("prints those of what commands print, too", async () => {
    const { validate } = await printed(["plan"]);
    const golden = readFileSync(join(ROOT, "test/render/golden/rerun-nested.json"), "utf8");
    expect(validate(JSON.parse(golden)), JSON.stringify(validate.errors)).toBe(true);
    for (const name of ["explain", "against", "apply", "status"])
      expect((await printed([name])).schema.title).toMatch(/icaform/);
  });

  it.each(["pipelinerun", "PIPELINERUN", "pipeline-run", "pipeline_run"])("knows %s", async (spelling) => {
    expect((await printed([spelling])).schema.title).toBe("icaform PipelineRun");
  });

  it("says what a mistyped kind was meant to be, and what there is", async () => {
    const near = await icaform(["schema", "PiplineRun"]);
    expect(near).toMatchObject({ code: 1, stdout: "" });
    expect(near.stderr).toBe("error: there is no kind PiplineRun\n  help: did you mean `PipelineRun`?\n");
    expect((await icaform(["schema", "xyzzy"])).stderr).toContain("StorageCredential");
  });
});
