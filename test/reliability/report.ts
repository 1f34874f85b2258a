/**
 * `npm run reliability`: plays the rounds and the kills, takes away each layer to see which test fails, and writes the tables into
 * docs/reliability.md. ICAFORM_SEED and ICAFORM_SCALE choose the dice and how often they are thrown.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startVitest, type TestCase } from "vitest/node";
import { ROOT } from "../support/cli.ts";
import { LAYERS, type Layer, without } from "./layers.ts";
import type { Played } from "./play.ts";

const DOCUMENT = join(ROOT, "docs/reliability.md");

/** Real processes too, each test with its own kills; what they hold is in their names. */
const KILLS = ["waits", "reruns", "samples"].map((name) => `test/reliability/${name}.test.ts`);

const [rounds] = await run("test/reliability/rounds.test.ts");
const played = rounds?.meta().played ?? [];
const kills: TestCase[] = [];
for (const file of KILLS) kills.push(...(await run(file)));
const layers: { layer: Layer; failed: TestCase[] }[] = [];
for (const layer of LAYERS) {
  const tests = await run("test/engine/layers.test.ts", layer);
  layers.push({ layer, failed: tests.filter((test) => test.result().state === "failed") });
}
write("rounds", roundsTable(played));
write("kills", killsTable(kills));
write("layers", layersTable());
execFileSync("npx", ["biome", "format", "--write", DOCUMENT], { cwd: ROOT, stdio: "ignore" });
const unguarded = layers.filter(({ failed }) => failed.length === 0).map(({ layer }) => layer.name);
const broken = [rounds, ...kills].some((test) => test?.result().state !== "passed");
if (broken) process.stderr.write("a round or a kill is broken: see above\n");
if (unguarded.length > 0) process.stderr.write(`no test fails without: ${unguarded.join("; ")}\n`);
process.exitCode = broken || unguarded.length > 0 ? 1 : 0;

/** Runs one test file, without a layer if one is given. */
async function run(file: string, layer?: Layer): Promise<TestCase[]> {
  const plugins = layer === undefined ? [] : [takenAway(layer)];
  const quiet = layer === undefined ? {} : { reporters: ["dot"], globalSetup: [], silent: true };
  const vitest = await startVitest("test", [file], { run: true, watch: false, retry: 0, ...quiet }, { plugins });
  const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
  await vitest.close();
  return tests;
}

function takenAway(layer: Layer) {
  const text = without(layer);
  return {
    name: "without-a-layer",
    enforce: "pre" as const,
    load: (id: string) => (id.endsWith(layer.file) ? text : null),
  };
}

function roundsTable(all: readonly Played[]): string {
  const sum = (key: "rounds" | "duplicates" | "missing") => all.reduce((total, one) => total + one[key], 0);
  return table(
    ["what is done to an apply", "rounds", "duplicates", "missing"],
    [
      ...all.map((one) => [one.name, one.rounds, one.duplicates, one.missing]),
      ["**all**", sum("rounds"), sum("duplicates"), sum("missing")],
    ],
  );
}

function killsTable(tests: readonly TestCase[]): string {
  const rows = tests.map((test) => {
    const [command = "", ...rest] = test.fullName.split(" > ");
    return [command, rest.join(", "), test.result().state === "passed" ? "holds" : "**broken**"];
  });
  return table(["command", "what is done to it, and what must hold", ""], rows);
}

function layersTable(): string {
  return table(
    ["layer", "file", "fails without it (`test/engine/layers.test.ts`)"],
    layers.map(({ layer, failed }) => [layer.name, `\`${layer.file}\``, shortened(failed.map(({ name }) => name))]),
  );
}

function shortened(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 2), names.length - 2];
  return shown.join("<br>") + (more > 0 ? `<br>and ${more} more` : "");
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rule = (rows[0] ?? []).map((cell) => (typeof cell === "number" ? "---:" : "---"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** Puts a text between the document's two marks of that name. */
function write(mark: string, text: string): void {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const document = readFileSync(DOCUMENT, "utf8");
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no ${start} … ${end}`);
  writeFileSync(DOCUMENT, `${document.slice(0, from + start.length)}\n\n${text}\n\n${document.slice(to)}`);
}
