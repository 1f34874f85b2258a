import { UsageError } from "../../core/errors.ts";
import { parseServer, serverIsTrusted } from "../../core/server.ts";
import type { Declared, StackSpec } from "../../core/spec.ts";
import type { Declarations } from "../declare.ts";
import type { Finding } from "../finding.ts";

const example =
  "add one: apiVersion: icaform/v1, kind: Stack, metadata: { name: my-cohort }, spec: { project: my-project }";

/** Exactly one Stack, a server that a manifest may name, and a project for every run. */
export function* checkStack(declarations: Declarations, operatorHost?: string): Generator<Finding> {
  const [stack, ...others] = declarations.stacks;
  for (const other of others) yield secondStack(other, stack);
  if (stack === undefined) {
    yield* missingStack(declarations);
    return;
  }
  if (stack.spec.server !== undefined) yield* checkServer(stack, stack.spec.server, operatorHost);
  if (stack.spec.project !== undefined) return;
  for (const on of [...declarations.runs, ...declarations.sampleBatches]) {
    if (on.spec.project !== undefined) continue;
    const what = on.kind === "SampleBatch" ? "batch" : "run";
    yield {
      on,
      path: ["spec"],
      code: "project-missing",
      message: `this ${what} has no \`project\`, and the Stack has none either`,
      help: "set spec.project here, or in the Stack for all runs",
    };
  }
}

function* missingStack({
  runs,
  credentials,
  mappings,
  sets,
  sampleBatches,
  unusable,
  isIncomplete,
}: Declarations): Generator<Finding> {
  const first = [runs, credentials, mappings, sets, sampleBatches].flat()[0];
  const isSomewhere = isIncomplete || [...unusable].some((address) => address.startsWith("Stack/"));
  if (first === undefined || isSomewhere) return;
  yield {
    on: first,
    path: [],
    code: "stack-missing",
    message: "there is no Stack: a tree needs one, which owns its runs",
    help: example,
  };
}

function secondStack(other: Declared<StackSpec>, first: Declared<StackSpec> | undefined): Finding {
  const where = first?.locate(["metadata", "name"]);
  return {
    on: other,
    path: ["metadata", "name"],
    code: "stack-duplicate",
    message: `a tree has one Stack, and there is one at ${where?.file}:${where?.line}:${where?.column}`,
    help: "remove one of them, or give the tool only the folder of one stack",
  };
}

/** @param operatorHost the host that the operator named outside the manifests: trusted as well */
function* checkServer(on: Declared<StackSpec>, server: string, operatorHost?: string): Generator<Finding> {
  const at = { on, path: ["spec", "server"] };
  try {
    const url = parseServer(server);
    if (serverIsTrusted(url) || url.host === operatorHost) return;
    yield {
      ...at,
      code: "foreign-server",
      message: "a manifest may name only servers under illumina.com or on this machine: the API key goes there",
      help: "whoever runs the tool names any other server, with --server or the environment variable ICA_SERVER",
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield {
      ...at,
      code: "bad-server",
      message: error.message,
      ...(error.help === undefined ? {} : { help: error.help }),
    };
  }
}
