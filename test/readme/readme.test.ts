import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseSeed } from "../../src/simulator/seed.ts";
import { type Simulator, startSimulator } from "../../src/simulator/server.ts";
import { icaform, ROOT } from "../support/cli.ts";

const README = readFileSync(join(ROOT, "README.md"), "utf8");

interface Shown {
  args: string[];
  /** Only the last lines are shown (`| tail -3`). */
  tail: number | undefined;
  output: string;
}

/** Every `$ npx icaform …` of the README's console blocks, in order, with the output printed below it. */
const shown = [...README.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
  block.split(/^\$ npx icaform /m).flatMap((part): Shown[] => {
    if (part === "") return [];
    const [command = "", ...lines] = part.split("\n");
    const [words = "", pipe] = command.split(" | ");
    const tail = /^tail -(\d+)$/.exec(pipe ?? "")?.[1];
    return [{ args: words.split(" "), tail: tail === undefined ? undefined : Number(tail), output: lines.join("\n") }];
  }),
);

/** The port, the digest, which the port is part of, and how long it took are the only things that may differ. */
function normalised(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/sha256:[0-9a-f]{64}/g, "sha256:DIGEST")
    .replaceAll(/calls in \d+ s/g, "calls in N s")
    .trimEnd();
}

describe("the README", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    const file = join(ROOT, "examples/simulator-seed.yaml");
    simulator = await startSimulator({ seed: parseSeed(readFileSync(file, "utf8"), file), switches: { speed: 1 } });
  });
  afterAll(() => simulator.close());

  it("shows only what was run", async () => {
    expect(shown.length).toBeGreaterThanOrEqual(4);
    for (const { args, tail, output } of shown) {
      const env = { ICA_SERVER: simulator.url, ICA_API_KEY: simulator.apiKey };
      const ran = await icaform(args, env);
      const lines = (text: string) => (text === "" ? [] : text.trimEnd().split("\n"));
      // The pipe has only stdout, and prints when all is over.
      const part =
        tail === undefined ? lines(ran.stdout + ran.stderr) : [...lines(ran.stderr), ...lines(ran.stdout).slice(-tail)];
      expect(normalised(part.join("\n")), `icaform ${args.join(" ")}`).toBe(normalised(output));
    }
  });

  it("shows the quickstart's own manifest", () => {
    const yaml = /declares one run[\s\S]*?```yaml\n([\s\S]*?)```/.exec(README)?.[1] ?? "";
    const example = readFileSync(join(ROOT, "examples/quickstart/icaform.yaml"), "utf8");
    const values = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as unknown);
    expect(values(yaml)).toEqual(values(example));
  });

  it("lists every command and exit code", async () => {
    const { stdout } = await icaform(["--help"]);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name).filter((name) => name !== "help");
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) expect(README).toContain(`icaform ${command}`);
  });
});
