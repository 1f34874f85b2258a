/** The engine in this process, against a simulator on a real socket, both in virtual time. */
import { applyPlan } from "../../src/engine/apply.ts";
import { planStack } from "../../src/engine/plan.ts";
import { type ClientOptions, createReader, createWriter } from "../../src/ica/client.ts";
import { KINDS } from "../../src/kinds/index.ts";
import { loadTree } from "../../src/manifest/load.ts";
import type { Simulator } from "../../src/simulator/server.ts";
import { SECRETS } from "./cohort.ts";
import type { Tool } from "./story.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** @param random between 0 and 1, for the client's jitter */
export async function engine(folder: string, sim: Simulator, time: VirtualTime, random: () => number): Promise<Tool> {
  const { tree, diagnostics } = await loadTree({ paths: ["."], cwd: folder });
  if (tree === undefined) throw new Error(JSON.stringify(diagnostics, null, 2));
  const client: ClientOptions = {
    server: new URL(sim.url),
    credentials: { apiKey: sim.apiKey },
    userAgent: "icaform-matrix",
    pageSize: tree.stack.spec.limits?.pageSize,
    clock: time.now,
    sleep: time.sleep,
    random,
  };
  const planned = (reader: Parameters<typeof planStack>[1]) =>
    planStack(tree, reader, KINDS, {
      server: sim.url,
      prune: false,
      rotate: new Set(),
      share: new Set(),
      now: time.now(),
      targets: [],
    });
  return {
    async plan() {
      const reader = createReader(client);
      try {
        return (await planned(reader)).plan;
      } finally {
        await reader.close();
      }
    },
    async apply() {
      const writer = createWriter(client);
      try {
        return await applyPlan(await planned(writer), {
          stack: tree.stack.name,
          writer,
          reader: writer,
          secrets: { problem: async () => undefined, read: async (ref) => secretOf("env" in ref ? ref.env : ref.file) },
          clock: { now: time.now, sleep: time.sleep },
          concurrency: 8,
          signal: new AbortController().signal,
          onResult: () => {},
        });
      } finally {
        await writer.close();
      }
    },
  };
}

function secretOf(name: string): string {
  const value = Object.entries(SECRETS).find(([key]) => key === name)?.[1];
  if (value === undefined) throw new Error(`the tree names no secret ${name}`);
  return value;
}
