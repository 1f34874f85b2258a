/**
 * For tests that run beside others of their file (`describe.concurrent`), as those do that mostly wait for processes:
 * what they start and write is gone once the whole file is done.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { type Answerer, openServer, passingOn, type Rewrite, type Served } from "./http.ts";
import { type Lab, openLab } from "./simulator.ts";

const closing: (() => unknown)[] = [];

afterAll(async () => {
  for (const close of closing.splice(0)) await close();
});

/** An ICA in memory, and the command pointed at it; without a seed it is `WORLD`. */
export async function lab(options: SimulatorOptions = {}): Promise<Lab> {
  const opened = await openLab(options);
  closing.push(() => opened.sim.close());
  return opened;
}

/** A folder with these files. */
export function treeOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "icaform-test-"));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A small HTTP server on loopback. */
export async function serve(answer: Answerer): Promise<Served> {
  const { close, ...served } = await openServer(answer);
  closing.push(close);
  return served;
}

/** Stands before another server and rewrites its answers; undefined passes one on as it is. */
export function proxy(target: string, rewrite: Rewrite): Promise<Served> {
  return serve(passingOn(target, rewrite));
}
