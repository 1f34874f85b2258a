import { describe, expect, it } from "vitest";
import { TreeError } from "../../src/core/errors.ts";
import { endpointFor, type InputKind, inputKindOf } from "../../src/kinds/run-endpoint.ts";
import { planTree } from "../support/engine.ts";
import { run, stack } from "../support/manifests.ts";
import { lab } from "../support/simulator.ts";
import { treeOf } from "../support/tree.ts";

const nextflow = { code: "nf", language: "NEXTFLOW", inputFormType: "XML" } as const;
const cwl = { code: "cwl", language: "CWL", inputFormType: "XML" } as const;

/** The contract's table "Endpoint chosen", row by row. */
const TABLE: [InputKind, "NEXTFLOW" | "CWL", boolean, string][] = [
  ["form", "NEXTFLOW", false, "analysis:nextflow"],
  ["form", "NEXTFLOW", true, "analysis:nextflow"],
  ["form", "CWL", false, "analysis:cwlWithStructuredInput"],
  ["form", "CWL", true, "analysis:cwl"],
  ["custom", "NEXTFLOW", false, "analysis:nextflowWithCustomInput"],
  ["json", "CWL", false, "analysis:cwlWithJsonInput"],
  ["json", "CWL", true, "analysis:cwl"],
  ["formValues", "NEXTFLOW", false, "analysis:nextflowJson"],
  ["formValues", "CWL", false, "analysis:cwlJson"],
];

describe("the endpoint", () => {
  it.each(TABLE)("of %s on %s (activation code: %s) is %s", (kind, language, hasCode, endpoint) => {
    const inputFormType = kind === "formValues" ? "JSON" : "XML";
    expect(endpointFor(kind, { code: "p", language, inputFormType }, hasCode)).toEqual({ endpoint });
  });

  it("does not depend on a form type that ICA does not tell", () => {
    expect(endpointFor("form", { code: "p", language: "CWL" }, false)).toHaveProperty("endpoint");
    expect(endpointFor("formValues", { code: "p", language: "CWL" }, false)).toHaveProperty("endpoint");
  });

  it("of a document is the same whatever the form: a document replaces it", () => {
    expect(endpointFor("custom", { ...nextflow, inputFormType: "JSON" }, false)).toEqual(
      endpointFor("custom", nextflow, false),
    );
    expect(endpointFor("json", { ...cwl, inputFormType: "JSON" }, false)).toEqual(endpointFor("json", cwl, false));
  });

  it("is chosen by the one input that is there", () => {
    expect(inputKindOf({ json: {} })).toBe("json");
    expect(inputKindOf({ formValues: {} })).toBe("formValues");
    expect(inputKindOf({ custom: {} })).toBe("custom");
    expect(inputKindOf({ form: {} })).toBe("form");
  });

  it("of a language from a newer server is a mistake that names it", () => {
    expect(endpointFor("form", { code: "new", language: "UNKNOWN" }, false)).toMatchObject({
      mistake: expect.stringContaining("new"),
    });
  });
});

describe("an input that does not fit its pipeline", () => {
  it.each([
    ["nf", "json: { text: '{}' }", "custom"],
    ["cwl", 'custom: { text: "a: 1" }', "json"],
    ["nf-json", "form: {}", "formValues"],
    ["nf", "formValues: {}", "form"],
    ["cwl-json", "form: {}", "formValues"],
    ["cwl", "formValues: {}", "form"],
  ])("%s with %s is an error at the input, with a way out", async (pipeline, input, wayOut) => {
    const ica = await lab();
    const text = `${stack()}---
apiVersion: icaform/v1
kind: PipelineRun
metadata: { name: r }
spec:
  pipeline: ${pipeline}
  input:
    ${input}
`;
    const failure = await planTree(treeOf({ "t.yaml": text }), ica.sim).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TreeError);
    const { diagnostics } = failure as TreeError;
    expect(diagnostics).toHaveLength(1);
    const line = text.split("\n").findIndex((text) => text.includes(input)) + 1;
    expect(diagnostics[0]).toMatchObject({ severity: "error", file: "t.yaml", line, column: 5 });
    expect(diagnostics[0]?.help).toContain(`input.${wayOut}`);
    expect(ica.writes()).toEqual([]);
  });

  it("an activation code that its endpoint has no field for is an error, offline", async () => {
    const ica = await lab();
    const code = "activationCode: 66666666-6666-4666-8666-666666666666";
    const tree = (more: string) => treeOf({ "t.yaml": stack() + run("r", `${code}, ${more}`) });
    for (const more of ["pipeline: nf", "pipeline: nf-json, input: { formValues: {} }"]) {
      const ran = await ica.icaform(["validate", tree(more)]);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/t\.yaml:\d+:\d+: error: .*activation code.*\[activation-code\]/);
    }
  });
});
