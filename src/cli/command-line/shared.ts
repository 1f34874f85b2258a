import type { Command } from "commander";
import type { Io } from "../io.ts";
import { collect, duration, oneOf } from "../options.ts";

/** What the declarations of commands are given. */
export interface CommandLine {
  program: Command;
  io: Io;
  /** Awaits a command's exit code. */
  execute(command: Promise<number>): Promise<void>;
}

/** A command with its examples; its options follow. */
export function add(program: Command, name: string, description: string, ...examples: string[]): Command {
  const head = `\nExample${examples.length > 1 ? "s" : ""}:`;
  return program
    .command(name)
    .description(description)
    .addHelpText("after", [head, ...examples.map((one) => `  ${one}`)].join("\n"));
}

export const PATHS = ["[paths...]", "manifests: files or folders (default: this folder)"] as const;

export const FORMAT = [
  "--format <format>",
  "text, json",
  oneOf("--format", ["text", "json"] as const),
  "text",
] as const;

export const TARGET = [
  "--target <address>",
  "only this, such as PipelineRun/x, and what it depends on; may be repeated",
  collect,
  [] as string[],
] as const;

export const PRUNE = ["--prune", "abort runs that are no longer declared and still active", false] as const;

export const RERUN = [
  "--rerun <run>",
  "start this run once more, also if it succeeded; may be repeated",
  collect,
  [] as string[],
] as const;

export const REASON = [
  "--reason <text>",
  "of --rerun: why; typed again with the same reason it starts nothing (kept as the tag icaform.reason)",
] as const;

export const INTERVAL = [
  "--interval <time>",
  "between two looks at ICA, at least (default: 30s)",
  duration("--interval"),
] as const;
