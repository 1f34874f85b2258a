import type { Argument, Command, Option } from "commander";
import { type Candidate, candidatesFor, type Manifests } from "./values.ts";

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
  const reading = await readWords(program, words.slice(0, -1));
  const { command, option, operands } = reading;
  const [, flag = "", value = ""] = /^(--[\w-]+=)(.*)$/.exec(current) ?? [];
  const assigned = optionNamed(command, flag.slice(0, -1));
  if (assigned !== undefined) {
    // A shell that breaks words at `=` completes the value alone.
    const isWhole = given.at(-1) === current;
    const found = await valuesOf(assigned, value, manifestsOf(reading));
    const prefixed = found.candidates.map((one) => ({ ...one, value: flag + one.value }));
    return { ...found, candidates: isWhole ? prefixed : found.candidates };
  }
  if (option !== undefined) return valuesOf(option, current, manifestsOf(reading));
  if (current.startsWith("-")) return { candidates: matching(flagsOf(command), current), files: "none" };
  if (command.commands.length > 0) {
    return { candidates: operands.length > 0 ? [] : matching(commandsOf(command), current), files: "none" };
  }
  const argument = argumentAt(command, operands.length);
  if (argument === undefined) return { candidates: [], files: "none" };
  if (argument.name() === "command") return { candidates: matching(commandsOf(program), current), files: "none" };
  return valuesOf(argument, current, manifestsOf(reading));
}

interface Reading {
  command: Command;
  /** The option whose value comes next. */
  option: Option | undefined;
  operands: string[];
  /** Flags with their values, as they were given. */
  options: [flag: string, value: string][];
}

async function readWords(program: Command, words: readonly string[]): Promise<Reading> {
  let command = program;
  let option: Option | undefined;
  const operands: string[] = [];
  const options: Reading["options"] = [];
  for (const word of words) {
    const [, flag = word, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    if (option !== undefined) {
      options.push([option.long ?? "", word]);
      option = undefined;
    } else if (word.startsWith("-")) {
      const named = optionNamed(command, flag);
      if (value !== undefined) options.push([flag, value]);
      else option = named?.required === true ? named : undefined;
    } else {
      const next = command.commands.find((one) => one.name() === word);
      if (next === undefined) operands.push(word);
      else command = next.name() === "simulate" ? await simulatorsOwn() : next;
    }
  }
  return { command, option, operands, options };
}

/** The simulator is a bundle of its own, with flags of its own. */
async function simulatorsOwn(): Promise<Command> {
  const location = new URL("./simulator.js", import.meta.url).href;
  const simulator = (await import(location)) as { simulateCommand(): Command };
  return simulator.simulateCommand();
}

async function valuesOf(what: Option | Argument, current: string, manifests: Manifests): Promise<Completion> {
  const placeholder = "flags" in what ? (/[<[]([^>\]]+)/.exec(what.flags)?.[1] ?? "") : what.name();
  const files = /^(paths|file)$/.test(placeholder) ? "files" : placeholder === "folder" ? "folders" : "none";
  const { choices } = (what.parseArg ?? {}) as { choices?: readonly string[] };
  const known = choices ?? (placeholder.includes("|") ? placeholder.split("|") : undefined);
  const candidates = known?.map((value) => ({ value, about: "" })) ?? (await candidatesFor(placeholder, manifests));
  return { candidates: matching(candidates, current), files };
}

/** What the words so far say of the manifests; paths are the operands without those of arguments before them. */
function manifestsOf({ command, operands, options }: Reading): Manifests {
  const given = (name: string) => options.flatMap(([flag, value]) => (flag === name ? [value] : []));
  return {
    paths: operands.slice(Math.max(0, command.registeredArguments.length - 1)),
    variables: given("--var"),
    variableFiles: given("--var-file"),
  };
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

/** bash hands `--format=js` over as three words; an empty one behind the sign is a word of its own. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  let goesOn = false;
  for (const word of words) {
    const isSign = word === "=" && whole.length > 0;
    if (isSign || (goesOn && word !== "")) whole[whole.length - 1] += word;
    else whole.push(word);
    goesOn = isSign;
  }
  return whole;
}
