import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/server.ts";
import { icaform, type Ran } from "../support/cli.ts";
import type { Check } from "./check.ts";
import { type CheckingProxy, startProxy } from "./proxy.ts";

/** The real command before the checking proxy before a simulator whose time stands still, and a copy of a tree. */
export interface Stage {
  simulator: Simulator;
  proxy: CheckingProxy;
  /** Runs the command in the tree. @throws Error for another exit code than the one expected, 0 by default */
  run(args: readonly string[], code?: number): Promise<Ran>;
  /** Runs what may not be there yet; a note says that it is not. */
  runIfThere(args: readonly string[]): Promise<void>;
  /** Replaces a text in a file of the tree; it must be there. */
  edit(file: string, before: string, after: string): Promise<void>;
  /** Moves the simulator's clock. */
  advance(seconds: number): void;
}

/** What trees may name as secrets. */
const SECRETS = { LAB_S3_KEY_ID: "AKIAIOSFODNN7EXAMPLE", LAB_S3_SECRET: "not-a-secret", LAB_TOKEN: "not-a-token" };

export interface Setting {
  options: SimulatorOptions;
  /** Folder of manifests; absent: an empty one. */
  tree?: string;
  check: Check;
  note: (text: string) => void;
}

/** Sets a stage up, plays on it, and takes it down again; returns the proxy with what it has seen. */
export async function onStage(setting: Setting, play: (stage: Stage) => Promise<void>): Promise<CheckingProxy> {
  const simulator = await startSimulator({ ...setting.options, switches: { speed: 0, ...setting.options.switches } });
  const proxy = await startProxy(simulator.url, setting.check);
  const folder = await mkdtemp(join(tmpdir(), "icaform-conformance-"));
  try {
    if (setting.tree !== undefined) await cp(setting.tree, folder, { recursive: true });
    await play(stageOf({ ...setting, simulator, proxy, folder }));
    return proxy;
  } finally {
    await proxy.close();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function stageOf({
  simulator,
  proxy,
  folder,
  note,
}: Setting & { simulator: Simulator; proxy: CheckingProxy; folder: string }): Stage {
  const environment = { ...SECRETS, ICA_SERVER: proxy.url, ICA_API_KEY: simulator.apiKey, NO_COLOR: "1" };
  const run: Stage["run"] = async (args, code = 0) => {
    const ran = await icaform(args, environment, folder);
    if (ran.code === code) return ran;
    throw new Error(`icaform ${args.join(" ")} ended with ${ran.code}, not ${code}\n${ran.stdout}${ran.stderr}`);
  };
  return {
    simulator,
    proxy,
    run,
    async runIfThere(args) {
      const [command = ""] = args;
      if ((await commands()).includes(command)) await run(args);
      else note(`icaform has no ${command} yet: passed over`);
    },
    async edit(file, before, after) {
      const text = await readFile(join(folder, file), "utf8");
      if (!text.includes(before)) throw new Error(`${file} does not hold: ${before}`);
      await writeFile(join(folder, file), text.replace(before, after));
    },
    advance: (seconds) => simulator.control.advance(seconds),
  };
}

let known: Promise<string[]> | undefined;

/** The commands that `icaform --help` lists. */
function commands(): Promise<string[]> {
  known ??= icaform(["--help"]).then(({ stdout }) => {
    const section = stdout.split(/^Commands:$/m)[1] ?? "";
    return [...section.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name);
  });
  return known;
}
