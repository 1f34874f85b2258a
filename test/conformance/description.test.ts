import { describe, expect, it } from "vitest";
import { hasDescription, loadDescription, type Operation, type Schema } from "./openapi.ts";
import { pathResolver } from "./paths.ts";
import { convert, examiner } from "./schema.ts";

const operation = (method: string, template: string): Operation => ({
  id: `${method} ${template}`,
  method,
  template,
  parameters: [],
  body: undefined,
  responses: new Map(),
  security: [],
});

describe("paths", () => {
  const templates = ["/api/data/{urn}", "/api/data/{urn}:open", "/api/data/all", "/api/data:make", "/api/{x}/all"];
  const operations = [...templates.map((template) => operation("GET", template)), operation("PUT", "/api/data/all")];
  const resolve = pathResolver({ base: "/ica/rest", operations, schemas: {}, securitySchemes: {} });
  const find = (method: string, path: string) => resolve(method, `/ica/rest${path}`);

  it.each([
    ["/api/data/1", "/api/data/{urn}"],
    ["/api/data/urn:ilmn:ica:data:1", "/api/data/{urn}"],
    ["/api/data/1:open", "/api/data/{urn}:open"],
    ["/api/data/urn:ilmn:ica:data:1:open", "/api/data/{urn}:open"],
    ["/api/data/all", "/api/data/all"],
    ["/api/data:make", "/api/data:make"],
    ["/api/other/all", "/api/{x}/all"],
  ])("finds %s by the most specific template", (path, template) => {
    expect(find("GET", path).operation?.template).toBe(template);
  });

  it.each(["/api/data/1:shut", "/api/data/", "/api/data/1/2", "/api/data:make/1", "/api/data/1:"])(
    "knows no %s",
    (path) => {
      expect(find("GET", path)).toEqual({ operation: undefined, methods: [] });
    },
  );

  it("tells the methods that a path has, and the values of its parameters", () => {
    expect(find("DELETE", "/api/data/all")).toEqual({ operation: undefined, methods: ["GET", "PUT"] });
    expect(find("GET", "/api/data/a%2Fb:open")).toMatchObject({ parameters: new Map([["urn", "a%2Fb"]]) });
  });
});

describe("OpenAPI's schemas as JSON Schema", () => {
  const schemas: Record<string, Schema> = {
    Cat: { type: "object", required: ["kind"], properties: { kind: { type: "string" }, lives: { type: "integer" } } },
    Dog: {
      type: "object",
      required: ["kind", "tail"],
      properties: { kind: { type: "string" }, tail: { type: "string" } },
    },
  };
  const examine = examiner({ schemas });
  const pointers = (schema: Schema, value: unknown, strictness: "open" | "closed" = "closed") =>
    examine(schema, value, strictness).map(({ pointer }) => pointer);

  const pet = {
    oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }],
    discriminator: { propertyName: "kind" },
  };

  it.each<[what: string, schema: Schema, good: unknown[], bad: unknown[]]>([
    ["nullable", { type: "string", nullable: true }, ["a", null], [1]],
    ["a nullable enum", { type: "string", enum: ["a"], nullable: true }, ["a", null], ["b"]],
    ["what has no type and is nullable", { nullable: true, anyOf: [{ type: "string" }] }, ["a", null], [1]],
    ["an exclusive limit", { type: "number", minimum: 1, exclusiveMinimum: true, maximum: 2 }, [1.5, 2], [1, 3]],
    ["an inclusive limit", { type: "number", minimum: 1, exclusiveMinimum: false }, [1], [0]],
    ["words without anchors", { type: "string", pattern: "a|b" }, ["a", "b"], ["ab", "xa"]],
    ["a pattern with anchors", { type: "string", pattern: "^a" }, ["ab"], ["ba"]],
    ["int32", { type: "integer", format: "int32" }, [1], [2 ** 31, 0.5]],
    ["a map", { type: "object", additionalProperties: { type: "string" } }, [{ x: "a" }], [{ x: 1 }]],
    [
      "parts of one object",
      { allOf: [{ properties: { a: { type: "string" } } }, { required: ["b"] }] },
      [{ a: "", b: 1 }],
      [{ a: "" }],
    ],
    [
      "a property named like a keyword",
      { properties: { nullable: { type: "string" }, pattern: { type: "string" } } },
      [{ nullable: "" }],
      [{ pattern: 1 }],
    ],
    ["a reference with siblings", { $ref: "#/components/schemas/Cat", nullable: true }, [{ kind: "" }], [null]],
    [
      "a discriminator",
      pet,
      [
        { kind: "Cat", lives: 9 },
        { kind: "Dog", tail: "" },
      ],
      [{ kind: "Dog" }, { kind: "Cow" }, {}],
    ],
  ])("understands %s", (_what, schema, good, bad) => {
    for (const value of good) expect(pointers(schema, value)).toEqual([]);
    for (const value of bad) expect(pointers(schema, value)).toHaveLength(1);
  });

  it("refuses undeclared fields where it is told to, and names the place", () => {
    const list = { type: "array", items: { $ref: "#/components/schemas/Cat" } };
    expect(pointers(list, [{ kind: "", "a/b": 1 }], "open")).toEqual([]);
    expect(pointers(list, [{ kind: "", "a/b": 1 }])).toEqual(["/0/a~1b"]);
    expect(pointers(pet, { kind: "Cat", tail: "" })).toEqual(["/tail"]);
  });

  it("passes over no keyword that it does not know", () => {
    expect(() => convert({ type: "object", patternProperties: {} }, "open")).toThrow(
      "patternProperties is not understood",
    );
  });
});

describe.runIf(hasDescription)("ICA's description", () => {
  it("is understood as a whole: every schema of every operation can be compiled", () => {
    const description = loadDescription();
    const examine = examiner(description);
    expect(description.operations.length).toBeGreaterThan(300);
    expect(description.base).toBe("/ica/rest");
    for (const { parameters, body, responses } of description.operations) {
      for (const { schema } of parameters) examine(schema, "", "open");
      for (const schema of body?.contents.values() ?? []) if (schema !== undefined) examine(schema, null, "closed");
      for (const { contents } of responses.values())
        for (const schema of contents.values()) if (schema !== undefined) examine(schema, null, "open");
    }
  });
});
