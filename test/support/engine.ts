/** The engine in this process, against a real server: for many small plans, and where nothing may wait. */

import type { Writer } from "../../src/core/ica.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { Tree } from "../../src/core/spec.ts";
import { applyPlan } from "../../src/engine/apply.ts";
import type { Result } from "../../src/engine/outcome.ts";
import { type PlannedStack, planStack } from "../../src/engine/plan.ts";
import type { SecretStore } from "../../src/engine/secrets.ts";
import { type ClientOptions, createReader, createWriter } from "../../src/ica/client.ts";
import { KINDS } from "../../src/kinds/index.ts";
import { loadTree } from "../../src/manifest/load.ts";

export interface Server {
  url: string;
  apiKey: string;
}

export interface EngineOptions {
  targets?: readonly string[];
  prune?: boolean;
  /** Names of credentials. */
  rotate?: readonly string[];
  share?: readonly string[];
  /** Names of runs → why they are started once more. */
  rerun?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, for warnings. */
  now?: number;
  /** Tries of one call. */
  tries?: number;
  /** Of one exchange, in real time. */
  timeoutMs?: number;
  /** Calls a second that the client is to have found permitted. */
  foundRate?: () => number | undefined;
}

export interface ApplyOptions {
  /** Values by the name of the variable or file. */
  secrets?: Record<string, string>;
  signal?: AbortSignal;
  /** Told of each wait instead of waiting. */
  onWait?: (milliseconds: number) => void;
}

/** @throws Error with all diagnostics when the tree has mistakes; TreeError for those that show only in ICA */
export async function planTree(folder: string, server: Server, options: EngineOptions = {}): Promise<Plan> {
  return (await planStackOf(folder, server, options)).plan;
}

/** What policy says against the plan, one line each. */
export async function refusalsOf(folder: string, server: Server, options: EngineOptions = {}): Promise<string[]> {
  return [...(await planStackOf(folder, server, options)).refusals];
}

/** A plan with the writes that it stands for, to be carried out later by `applyStack`. */
export async function planStackOf(folder: string, server: Server, options: EngineOptions = {}): Promise<PlannedStack> {
  const tree = await load(folder);
  const reader = createReader(clientFor(tree, server, options));
  try {
    return await planned(tree, server, options, reader);
  } finally {
    await reader.close();
  }
}

/** Plans and carries the plan out; waits take no time. */
export function applyTree(
  folder: string,
  server: Server,
  options: EngineOptions & ApplyOptions = {},
): Promise<AppliedTree> {
  return execute(folder, server, options, (tree, writer) => planned(tree, server, options, writer));
}

/** Carries out a plan that was made before, whatever has happened since. */
export function applyStack(
  stack: PlannedStack,
  folder: string,
  server: Server,
  options: EngineOptions & ApplyOptions = {},
): Promise<AppliedTree> {
  return execute(folder, server, options, async () => stack);
}

export interface AppliedTree {
  plan: Plan;
  results: Result[];
  /** Milliseconds of each wait. */
  waited: number[];
}

async function execute(
  folder: string,
  server: Server,
  options: EngineOptions & ApplyOptions,
  plan: (tree: Tree, writer: Writer) => Promise<PlannedStack>,
): Promise<AppliedTree> {
  const tree = await load(folder);
  const writer = createWriter(clientFor(tree, server, options));
  const waited: number[] = [];
  try {
    const stack = await plan(tree, writer);
    const results = await applyPlan(stack, {
      stack: stack.plan.stack,
      writer,
      reader: writer,
      secrets: secretsFrom(options.secrets ?? {}),
      clock: {
        now: () => options.now ?? Date.now(),
        sleep: async (milliseconds) => {
          waited.push(milliseconds);
          options.onWait?.(milliseconds);
        },
      },
      concurrency: 8,
      signal: options.signal ?? new AbortController().signal,
      onResult: () => {},
    });
    return { plan: stack.plan, results, waited };
  } finally {
    await writer.close();
  }
}

async function load(folder: string): Promise<Tree> {
  const { tree, diagnostics } = await loadTree({ paths: ["."], cwd: folder });
  if (tree === undefined) throw new Error(JSON.stringify(diagnostics, null, 2));
  return tree;
}

function planned(
  tree: Tree,
  server: Server,
  options: EngineOptions,
  reader: Parameters<typeof planStack>[1],
): Promise<PlannedStack> {
  return planStack(tree, reader, KINDS, {
    server: server.url,
    ...(options.foundRate === undefined ? {} : { foundRate: options.foundRate }),
    prune: options.prune ?? false,
    rotate: new Set(options.rotate),
    share: new Set(options.share),
    rerun: new Map(Object.entries(options.rerun ?? {}).map(([run, reason]) => [run, { reason }])),
    now: options.now ?? Date.now(),
    targets: options.targets ?? [],
  });
}

/** Waits are real in their order alone: each moves the client's clock and is over at once. */
function clientFor(tree: Tree, server: Server, options: EngineOptions): ClientOptions {
  let waitedMs = 0;
  return {
    server: new URL(server.url),
    credentials: { apiKey: server.apiKey },
    userAgent: "icaform-test",
    retry: options.tries === undefined ? {} : { tries: options.tries },
    pageSize: tree.stack.spec.limits?.pageSize,
    timeoutMs: options.timeoutMs,
    clock: () => Date.now() + waitedMs,
    sleep: async (milliseconds) => {
      waitedMs += milliseconds;
    },
  };
}

function secretsFrom(values: Record<string, string>): SecretStore {
  const find = (ref: { env: string } | { file: string }) => values["env" in ref ? ref.env : ref.file];
  return {
    problem: async (ref) => (find(ref) === undefined ? { message: "is not set" } : undefined),
    read: async (ref) => find(ref) ?? "",
  };
}
