import type { Command } from "commander";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/suggest.ts";

/** What every command takes (contract, "Commands"). */
export interface GlobalOptions {
  server?: string;
  color: boolean;
  logLevel: LogLevel;
  logFormat: "text" | "json";
  var: string[];
  varFile: string[];
  concurrency?: number;
}

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const GROUP = "Global options:";

/** Adds the global options to a command, after its own: so they stand in its help. */
export function withGlobalOptions(command: Command): Command {
  return noColor(command)
    .optionsGroup(GROUP)
    .option("--server <url>", "ICA's base URL; wins over ICA_SERVER and the Stack's own")
    .option(
      "--log-level <level>",
      `what is told on stderr: ${LOG_LEVELS.join(", ")}`,
      oneOf("--log-level", LOG_LEVELS),
      "info",
    )
    .option("--log-format <format>", "how it is told: text, json", oneOf("--log-format", ["text", "json"]), "text")
    .option("--var <name=value>", "a value for ${var.name}; may be repeated", collect, [])
    .option("--var-file <file>", "values for ${var.name}, as YAML or JSON; may be repeated", collect, [])
    .option("--concurrency <n>", "calls at once at most", positiveWhole("--concurrency"))
    .optionsGroup("");
}

/** The one global option of commands that neither read manifests nor call ICA. */
export function noColor(command: Command): Command {
  return command.optionsGroup(GROUP).option("--no-color", "no colours (also: NO_COLOR=1)").optionsGroup("");
}

/** A parser that carries its choices, so that shells can offer them. */
export function oneOf<Choice extends string>(flag: string, choices: readonly Choice[]) {
  const parse = (value: string): Choice => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) {
      throw new UsageError(`${flag} ${value}: must be one of ${choices.join(", ")}`, didYouMean(value, choices));
    }
    return choice;
  };
  return Object.assign(parse, { choices });
}

/** @throws UsageError for an option in the value's place, which would be swallowed */
export function collect(value: string, values: string[]): string[] {
  if (value.startsWith("--")) throw new UsageError(`a value is missing before ${value}`);
  return [...values, value];
}

export function positiveWhole(flag: string): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 1)
      throw new UsageError(`${flag} ${value}: must be a whole number from 1`);
    return number;
  };
}

/** @throws UsageError for an option that would do nothing, as the one that it belongs to is not given */
export function refuseWithout(isGiven: boolean, owner: string, values: Record<string, unknown>): void {
  const idle = isGiven ? undefined : Object.keys(values).find((flag) => values[flag] !== undefined);
  if (idle !== undefined) throw new UsageError(`${idle} is of ${owner}: give that too`);
}

/** @throws UsageError for what can be the digest of no plan */
export function refuseUnlessDigest(flag: string, value: string | undefined): void {
  if (value === undefined || /^sha256:[0-9a-f]{64}$/.test(value)) return;
  throw new UsageError(
    `${flag} ${value}: must be sha256: and 64 hex digits`,
    "copy it from the plan that was reviewed",
  );
}

/** Milliseconds between two looks at ICA, unless said otherwise. */
export const DEFAULT_INTERVAL = 30_000;

/** `90s`, `30m`, `8h`, `2d`, `250ms`; a bare number is seconds. @throws UsageError for anything else */
export function duration(flag: string): (text: string) => number {
  return (text) => {
    const [, amount = "", unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
    const milliseconds = Number(amount) * (UNITS[unit] ?? 0);
    if (amount === "" || milliseconds <= 0)
      throw new UsageError(`${flag} ${text}: must be a time such as 90s, 30m or 8h`);
    return milliseconds;
  };
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
