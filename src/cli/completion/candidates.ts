import type { Argument, Command, Option } from "commander";
import { type Candidate, candidatesFor } from "./values.ts";

/** What the shell may offer for the last word; `files`: names of files, or of folders, besides. */
export interface Completion {
  candidates: Candidate[];
  files: "none" | "files" | "folders";
}

/**
 * What can stand in the place of the last of the words after `icaform`. Everything is read from the command line's own
 * declaration, so that no option can be forgotten here.
 */
export async function completionOf(program: Command, given: readonly string[]): Promise<Completion> {
  const words = joined(given);
  const current = words.at(-1) ?? "";
  const { command, option, operands } = await readWords(program, words.slice(0, -1));
  const [, flag = "", value = ""] = /^(--[\w-]+=)(.*)$/.exec(current) ?? [];
  const assigned = optionNamed(command, flag.slice(0, -1));
  if (assigned !== undefined) {
    // A shell that breaks words at `=` completes the value alone.
    const isWhole = given.at(-1) === current;
    const found = await valuesOf(assigned, value, pathsOf(command, operands));
    const prefixed = found.candidates.map((one) => ({ ...one, value: flag + one.value }));
    return { ...found, candidates: isWhole ? prefixed : found.candidates };
  }
  if (option !== undefined) return valuesOf(option, current, pathsOf(command, operands));
  if (current.startsWith("-")) return { candidates: matching(flagsOf(command), current), files: "none" };
  if (command.commands.length > 0) {
    return { candidates: operands.length > 0 ? [] : matching(commandsOf(command), current), files: "none" };
  }
  const argument = argumentAt(command, operands.length);
  if (argument === undefined) return { candidates: [], files: "none" };
  return valuesOf(argument, current, pathsOf(command, operands));
}

interface Reading {
  command: Command;
  /** The option whose value comes next. */
  option: Option | undefined;
  operands: string[];
}

async function readWords(program: Command, words: readonly string[]): Promise<Reading> {
  let command = program;
  let option: Option | undefined;
  const operands: string[] = [];
  for (const word of words) {
    if (option !== undefined) option = undefined;
    else if (word.startsWith("-")) {
      const named = optionNamed(command, word);
      option = named?.required === true ? named : undefined;
    } else {
      const next = command.commands.find((one) => one.name() === word);
      if (next === undefined) operands.push(word);
      else command = next.name() === "simulate" ? await simulatorsOwn() : next;
    }
  }
  return { command, option, operands };
}

/** The simulator is a bundle of its own, with flags of its own. */
async function simulatorsOwn(): Promise<Command> {
  const location = new URL("./simulator.js", import.meta.url).href;
  const simulator = (await import(location)) as { simulateCommand(): Command };
  return simulator.simulateCommand();
}

async function valuesOf(what: Option | Argument, current: string, paths: readonly string[]): Promise<Completion> {
  const placeholder = "flags" in what ? (/[<[]([^>\]]+)/.exec(what.flags)?.[1] ?? "") : what.name();
  const files = /^(paths|file)$/.test(placeholder) ? "files" : placeholder === "folder" ? "folders" : "none";
  const { choices } = (what.parseArg ?? {}) as { choices?: readonly string[] };
  const known = choices ?? (placeholder.includes("|") ? placeholder.split("|") : undefined);
  const candidates = known?.map((value) => ({ value, about: "" })) ?? (await candidatesFor(placeholder, paths));
  return { candidates: matching(candidates, current), files };
}

/** Operands of `[paths...]`, without those of arguments before it. */
function pathsOf(command: Command, operands: readonly string[]): string[] {
  return operands.slice(Math.max(0, command.registeredArguments.length - 1));
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const last = command.registeredArguments.at(-1);
  return command.registeredArguments[index] ?? (last?.variadic === true ? last : undefined);
}

function optionNamed(command: Command, flag: string): Option | undefined {
  return command.options.find((option) => option.long === flag || option.short === flag);
}

function flagsOf(command: Command): Candidate[] {
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap(({ long, description }) => (long ? [{ value: long, about: description }] : []));
}

function commandsOf(program: Command): Candidate[] {
  const commands = program.createHelp().visibleCommands(program);
  return commands.map((command) => ({ value: command.name(), about: command.description() }));
}

function matching(candidates: readonly Candidate[], current: string): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(current));
}

/** bash hands `--format=js` over as three words. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  for (const word of words) {
    const last = whole.at(-1) ?? "";
    const goesOn = word === "=" ? /^--[\w-]+$/.test(last) : /^--[\w-]+=$/.test(last);
    if (goesOn) whole[whole.length - 1] = last + word;
    else whole.push(word);
  }
  return whole;
}
