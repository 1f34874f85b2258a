import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseSeed } from "../../src/simulator/seed.ts";
import { type Simulator, startSimulator } from "../../src/simulator/server.ts";
import { treeOf } from "../support/beside.ts";
import { icaform, type Ran, ROOT } from "../support/cli.ts";

const README = readFileSync(join(ROOT, "README.md"), "utf8");

interface Shown {
  args: string[];
  /** What is shown of stdout: its first or last lines (`| head -3`, `| tail -3`), or none (`> file`). */
  part: (lines: string[]) => string[];
  output: string;
}

/** Every `$ npx icaform …`, `$ curl …` and `$ sed …` of the README's console blocks, in order, with the output printed below it. */
const shown = [...README.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
  block.split(/^\$ (?:npx )?/m).flatMap((text): Shown[] => {
    if (text === "") return [];
    const [line = "", ...lines] = text.split("\n");
    const [, command = "", end, count] = /^(.*?)(?: \| (head|tail) -(\d+)| > \S+)?$/.exec(line) ?? [];
    const part: Shown["part"] =
      end === "head"
        ? (all) => all.slice(0, Number(count))
        : end === "tail"
          ? (all) => all.slice(-Number(count))
          : (all) => (line === command ? all : []);
    const args = [...command.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)].map(
      ([word, double, single]) => double ?? single ?? word,
    );
    return [{ args, part, output: lines.join("\n") }];
  }),
);

/** What differs from run to run: the port, the digests, which it is part of, ids, and how long it took. */
const NAME = /sha256:[0-9a-f]{64}|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\bf(?:il|ol)\.[0-9a-f]{32}\b/g;

function normalised(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/calls in \d+ s/g, "calls in N s")
    .replaceAll(/\([0-9a-f]{12}\)/g, "(COMMIT)")
    .trimEnd();
}

describe("the README", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    const file = join(ROOT, "examples/simulator-seed.yaml");
    simulator = await startSimulator({
      seed: parseSeed(readFileSync(file, "utf8"), file),
      switches: { speed: 1 },
      control: true,
    });
  });
  afterAll(() => simulator.close());

  it("shows only what was run", async () => {
    expect(shown.length).toBeGreaterThanOrEqual(14);
    const cwd = repository();
    const env = { ICA_SERVER: simulator.url, ICA_API_KEY: simulator.apiKey };
    /** The README's digests and ids, and those of this run in their place: the same one everywhere. */
    const names = new Map<string, string>();
    for (const { args, part, output } of shown) {
      const [program = "", ...rest] = args.map((arg) => arg.replaceAll(NAME, (name) => names.get(name) ?? name));
      const run = { curl: () => curl(rest, simulator), sed: () => sed(rest, cwd) }[program];
      const ran = await (run?.() ?? icaform(rest, env, cwd));
      const lines = (text: string) => (text === "" ? [] : text.trimEnd().split("\n"));
      // A pipe has only stdout, and prints when all is over.
      const seen = [...lines(ran.stderr), ...part(lines(ran.stdout))].join("\n");
      const actual = seen.match(NAME) ?? [];
      for (const [index, name] of (output.match(NAME) ?? []).entries()) {
        const own = actual[index] ?? name;
        if (!names.has(name) && ![...names.values()].includes(own)) names.set(name, own);
      }
      const expected = output.replaceAll(NAME, (name) => names.get(name) ?? name);
      expect(normalised(seen), args.join(" ")).toBe(normalised(expected));
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

function sed(args: string[], cwd: string): Pick<Ran, "stdout" | "stderr"> {
  return { stdout: execFileSync("sed", args, { cwd, encoding: "utf8" }), stderr: "" };
}

/** What the README's commands read, as it stands on the branch `main` of a repository of its own. */
function repository(): string {
  const folder = treeOf({});
  for (const part of ["examples", "test/fixtures"]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  git("init", "--initial-branch=main");
  git("add", "--all");
  git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--message=all");
  return folder;
}

/** `-so /dev/null -d BODY URL`: posts, and prints nothing unless it fails. */
async function curl(args: string[], { controlUrl }: Simulator): Promise<Pick<Ran, "stdout" | "stderr">> {
  const [flags, sink, data, body = "", url = ""] = args;
  expect([flags, sink, data]).toEqual(["-so", "/dev/null", "-d"]);
  const answer = await fetch(url.replace(/^.*\/control/, controlUrl ?? ""), { method: "POST", body });
  expect(answer.status, await answer.text()).toBe(200);
  return { stdout: "", stderr: "" };
}
