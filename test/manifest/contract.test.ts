import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTree } from "../../src/manifest/load.ts";

const golden = join(import.meta.dirname, "golden");

test("the contract's own example loads as it is, with the types that the core promises", async () => {
  const { tree, diagnostics, files, documents, passedOver } = await loadTree({ paths: ["contract.yaml"], cwd: golden });
  expect(diagnostics).toEqual([]);
  expect({ files, documents, passedOver }).toEqual({ files: 1, documents: 5, passedOver: [] });
  expect(tree?.stack.spec.defaults?.actionOnExist).toBe("RENAME");
  expect(tree?.credentials[0]?.spec).toEqual({
    type: "AWS_USER",
    accessKeyId: { env: "LAB_S3_KEY_ID" },
    secretAccessKey: { env: "LAB_S3_SECRET" },
    share: true,
    rotateAfter: "2026-11-01T00:00:00Z",
  });
  expect(tree?.mappings[0]?.spec).toEqual({
    project: "archive",
    actionOnExist: "SKIP",
    mappings: [
      { source: "out/vcf/", target: "/cohort-7/vcf/" },
      { source: "out/report.html", target: "/cohort-7/report.html", type: "FILE", actionOnExist: "RENAME" },
    ],
  });
  const run = tree?.runs.find(({ name }) => name === "wgs-NA12878");
  expect(run?.formerNames).toEqual(["NA12878"]);
  expect(run?.spec.input.form?.parameters).toEqual({
    sample_id: "NA12878",
    callers: ["snv", "cnv"],
    note: null,
    token: { env: "LAB_TOKEN" },
  });
  expect(run?.spec.outputs).toEqual([
    { mapping: "deliver-vcf" },
    { source: "out/qc/", target: "/qc/", actionOnExist: "RENAME" },
  ]);
  expect(tree?.runs.map(({ name }) => name)).toEqual(["align-NA12878", "wgs-NA12878"]);
});

test("positions are found for keys and values of any document of a file", async () => {
  const { tree } = await loadTree({ paths: ["contract.yaml"], cwd: golden });
  const lines = readFileSync(join(golden, "contract.yaml"), "utf8").split("\n");
  const run = tree?.runs.find(({ name }) => name === "wgs-NA12878");
  const textAt = (path: (string | number)[], what?: "key" | "value") => {
    const at = run?.locate(path, what);
    return lines[(at?.line ?? 0) - 1]?.slice((at?.column ?? 1) - 1);
  };
  expect(textAt(["metadata", "name"])).toMatch(/^wgs-NA12878, /);
  expect(textAt(["metadata", "formerNames", 0])).toMatch(/^NA12878\]/);
  expect(textAt(["spec", "pipeline"])).toMatch(/^dragen-germline-4-4/);
  expect(textAt(["spec", "pipeline"], "key")).toMatch(/^pipeline: /);
  expect(textAt(["spec", "input", "form", "data", 0, "files", 2, "path"])).toMatch(/^bam\/NA12878.bam/);
  expect(textAt(["spec", "outputs", 1])).toMatch(/^{ source: out\/qc/);
  // Absent values: the mapping or list that lacks them.
  expect(textAt(["spec", "input", "form", "nothing"])).toMatch(/^data:/);
  expect(textAt(["spec", "outputs", 7, "x"])).toMatch(/^\[\{ mapping/);
  expect(textAt([])).toMatch(/^apiVersion: icaform\/v1/);
  expect(run?.locate([]).line).toBe(lines.indexOf("kind: PipelineRun"));
});
