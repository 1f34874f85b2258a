import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { parse } from "yaml";
import { FAULT_KINDS, type FaultInput, readFaultRules } from "./faultRules.ts";
import type { RequestLogEntry } from "./middleware/log.ts";
import { parseSeed } from "./seed.ts";
import { type SimulatorOptions, startSimulator } from "./server.ts";
import { readSwitches, SWITCHES, switchNames } from "./switches.ts";

/**
 * `icaform simulate`: serves until SIGINT or SIGTERM. One JSON line on stdout when it is ready, all else on stderr.
 *
 * @param argv arguments after `simulate`
 * @returns the exit code: 1 when it could not start
 */
export async function main(argv: string[]): Promise<number> {
  const command = simulateCommand();
  command.parse(argv, { from: "user" });
  try {
    const simulator = await startSimulator(optionsOf(command.opts()));
    const control = simulator.controlUrl === null ? {} : { control: simulator.controlUrl };
    process.stdout.write(`${JSON.stringify({ url: simulator.url, apiKey: simulator.apiKey, ...control })}\n`);
    await signalled();
    await simulator.close();
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** The flags, also for shells that complete them. */
export function simulateCommand(): Command {
  const command = new Command("icaform simulate")
    .description(
      "An ICA server in memory, with rate limits, faults and runs that come to an end. Listens on 127.0.0.1.",
    )
    .option("--seed <file>", "the world to start with, YAML or JSON (default: a small one)")
    .option("--port <n>", "default: a free one", portNumber)
    .option("--random-seed <n>", "all made-up ids and the dice of faults come from it (default: 1)", wholeNumber)
    .option("--faults <rules>", "fault rules as JSON, or a YAML or JSON file of them")
    .option("--control", "serve /control/ too: faults, requests, clock, switches, analyses/{id}, state")
    .option("--log", "write a line for every request on stderr");
  for (const name of switchNames()) command.option(`--${dashed(name)} <${SWITCHES[name].value}>`, SWITCHES[name].help);
  return command.addHelpText("after", EXAMPLES);
}

const EXAMPLES = `
Fault rules: { match: { method, path, body, user, nth, every, probability, times }, fault, status, delay, when, location }
Faults: ${FAULT_KINDS.join(", ")}

Seed keys: users, projects, pipelines, storages, data, credentials, activationCodes, analyses, switches, faults
(all may be left out; without activationCodes any id of one is taken)

Example: a slow, forgetful server that loses the answer of every third create
  icaform simulate --port 8080 --rate 5 --burst 10 --retry-after seconds --log \\
    --faults '[{"match": {"path": "analysis:", "every": 3}, "fault": "lose-answer"}]'
`;

function optionsOf(flags: Record<string, unknown>): SimulatorOptions {
  const { seed, port, randomSeed, faults, control, log } = flags;
  const given = switchNames().filter((name) => flags[name] !== undefined);
  return {
    ...(typeof seed === "string" ? { seed: parseSeed(textOf(seed, "seed"), seed) } : {}),
    ...(typeof port === "number" ? { port } : {}),
    ...(typeof randomSeed === "number" ? { randomSeed } : {}),
    ...(typeof faults === "string" ? { faults: faultsFrom(faults) } : {}),
    ...(log === true ? { onRequest: logLine } : {}),
    control: control === true,
    switches: readSwitches(Object.fromEntries(given.map((name) => [name, flags[name]]))),
  };
}

/** JSON on the command line, or the name of a file. */
function faultsFrom(text: string): FaultInput[] {
  const inline = /^\s*[[{]/.test(text);
  return readFaultRules(parse(inline ? text : textOf(text, "faults")));
}

function textOf(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT") throw new Error(`${file}: there is no such ${what} file`, { cause });
    throw new Error(`${file}: this ${what} file cannot be read (${String(code)})`, { cause });
  }
}

/** Headers stay out of the log: they carry the key. */
function logLine({ method, path, query, user, status, delivered }: RequestLogEntry): void {
  const lost = delivered ? "" : " (cut)";
  process.stderr.write(`${method} ${path}${query === "" ? "" : `?${query}`} ${user ?? "-"} ${status}${lost}\n`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > Number.MAX_SAFE_INTEGER)
    throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError("It must be a port, 0 to 65535.");
  return port;
}

function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
