import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/cli.ts";
import { runConformance } from "./conformance.ts";
import { type Description, hasDescription, loadDescription, SKIPPED } from "./openapi.ts";
import { allScenarios } from "./scenarios.ts";

it("says plainly when there is nothing to check against", async () => {
  if (!hasDescription) process.stdout.write(`${SKIPPED}\n`);
  const command = ["--import", "tsx", resolve(import.meta.dirname, "run.ts")];
  const env = { PATH: process.env.PATH, ICA_OPENAPI: "/no/such/openapi.yaml" };
  const { stdout } = await promisify(execFile)(process.execPath, command, { env, cwd: ROOT });
  expect(stdout).toMatch(/^conformance: skipped, there is no \/no\/such\/openapi\.yaml; .*ICA_OPENAPI.*\n$/);
});

describe.runIf(hasDescription)("conformance with ICA's description", () => {
  it("would fail for the real command if the description were another", async () => {
    const quickstart = allScenarios().filter(({ name }) => name === "examples/quickstart");
    const report = await runConformance(quickstart, otherDescription());
    const found = report.violations.map(({ operation, rule, pointer }) => `${operation} ${rule} ${pointer}`);
    expect(report.failures).toEqual([]);
    expect([...new Set(found)].sort()).toEqual([
      "createNextflowAnalysisWithCustomInput header Idempotency-Key",
      "getProjectPipelines body /price",
      "getProjects query pageSize",
    ]);
  });
});

/** ICA's description with a shorter header, a field more in an answer, and a query parameter less. */
function otherDescription(): Description {
  const { operations, ...rest } = loadDescription();
  const changed = operations.map((operation) => {
    const { id, parameters, responses } = operation;
    if (id === "getProjects") return { ...operation, parameters: parameters.filter(({ name }) => name !== "pageSize") };
    if (id === "getProjectPipelines") {
      const contents = new Map([["application/vnd.illumina.v3+json", { type: "object", required: ["price"] }]]);
      return { ...operation, responses: new Map([...responses, ["200", { contents, headers: new Map() }]]) };
    }
    if (id !== "createNextflowAnalysisWithCustomInput") return operation;
    const shorter = parameters.map((one) => (one.in === "header" ? { ...one, schema: { maxLength: 10 } } : one));
    return { ...operation, parameters: shorter };
  });
  return { ...rest, operations: changed };
}
