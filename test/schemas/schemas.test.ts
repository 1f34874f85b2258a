import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

const folder = join(import.meta.dirname, "../../schemas");
const kinds = {
  Stack: "stack.json",
  StorageCredential: "storage-credential.json",
  OutputMapping: "output-mapping.json",
  PipelineRun: "pipeline-run.json",
  PipelineRunSet: "pipeline-run-set.json",
  SampleBatch: "sample-batch.json",
};
const files = [...Object.values(kinds), "definitions.json", "manifest.json"];
const schemas = new Map(files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), "utf8"))]));

/** As an editor sees them: nothing but the files as they are. */
function asEditors(): Ajv {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
  ajv.addVocabulary(["patternErrorMessage", "errorMessage", "x-code"]);
  formats.default(ajv, ["date-time"]);
  for (const [file, schema] of schemas) ajv.addSchema(schema, file);
  return ajv;
}

const ajv = asEditors();

function documents(text: string): { kind: keyof typeof kinds }[] {
  return parseAllDocuments(text).map((document) => document.toJS());
}

const contract = documents(readFileSync(join(import.meta.dirname, "../manifest/golden/contract.yaml"), "utf8"));
const set = documents(`apiVersion: icaform/v1
kind: PipelineRunSet
metadata: { name: wgs }
spec:
  forEach: { csv: samples.csv, key: sample_id }
  template:
    metadata: { name: "\${each.sample_id}" }
    spec:
      pipeline: dragen
      userReference: \${var.batch}/\${each.sample_id}
      activationCode: \${each.code}
      input: { form: { referenceData: { ref: "\${each.ref}" }, data: [{ parameter: f, files: ["\${each.f}"] }] } }
      outputs: [{ source: x, target: "\${each.target}", actionOnExist: "\${var.action}" }]
      rerun: { onFailure: "\${each.retries}", onUpstream: "\${var.upstream}" }
`);

describe.each(files)("%s", (file) => {
  test("is draft-07, compiles in ajv's strict mode, and has a title", () => {
    const schema = schemas.get(file);
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    expect(schema.title).toMatch(/icaform/);
    expect(() => ajv.getSchema(file)).not.toThrow();
  });

  test("closes every mapping and refers to files beside it only", () => {
    for (const { node, path } of nodes(schemas.get(file))) {
      if (typeof node.$ref === "string" && !node.$ref.startsWith("#")) {
        expect(readdirSync(folder)).toContain(node.$ref.split("#")[0]);
      }
      const isMapping = [node.type].flat().includes("object") && !path.includes("oneOf") && file !== "manifest.json";
      if (isMapping) expect(node, path).toHaveProperty("additionalProperties");
    }
  });

  test("patterns accept placeholders, so that editors do, and say in words what they want", () => {
    for (const { node, path } of nodes(schemas.get(file))) {
      if (typeof node.pattern !== "string") continue;
      expect(new RegExp(node.pattern, "u").test("${each.x}"), path).toBe(true);
      expect(node.patternErrorMessage, path).toMatch(/^must /);
    }
  });
});

test("every kind's schema accepts the contract's own example, and none accepts another kind", () => {
  for (const document of [...contract, ...set]) {
    for (const [kind, file] of Object.entries(kinds)) {
      const validate = ajv.getSchema(file);
      expect([document.kind, kind, validate?.(document)]).toEqual([document.kind, kind, document.kind === kind]);
    }
    const any = ajv.getSchema("manifest.json");
    expect(any?.(document), JSON.stringify(any?.errors)).toBe(true);
  }
});

test("keys and values have descriptions for editors to show", () => {
  for (const [file, schema] of schemas) {
    if (file === "manifest.json") continue;
    for (const { node, path } of nodes(schema)) {
      if (!/properties\/[^/]+$/.test(path) || /\/(apiVersion|kind|metadata|spec|name|formerNames)$/.test(path))
        continue;
      if (path.includes("oneOf") || typeof node.$ref === "string") continue;
      if (/groups|fields|fields\/items\/.*|formValues.*/.test(path)) continue;
      expect(node, `${file}${path}`).toHaveProperty("description");
    }
  }
});

interface SchemaNode {
  $ref?: unknown;
  type?: unknown;
  pattern?: unknown;
  patternErrorMessage?: unknown;
}

function* nodes(node: unknown, path = ""): Generator<{ node: SchemaNode; path: string }> {
  if (typeof node !== "object" || node === null) return;
  if (!Array.isArray(node) && !/\/(properties|definitions)$/.test(path)) yield { node, path };
  for (const [key, value] of Object.entries(node)) yield* nodes(value, `${path}/${key}`);
}
