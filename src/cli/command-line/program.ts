import { Command, type Help, type Option } from "commander";
import { UsageError } from "../../core/errors.ts";
import type { Io } from "../io.ts";
import { withGlobalOptions } from "../options.ts";
import { declareApply } from "./apply.ts";
import { declareHelpers } from "./helpers.ts";
import { declareImport } from "./import.ts";
import { declarePlan } from "./plan.ts";
import { declareReaders } from "./readers.ts";
import type { CommandLine } from "./shared.ts";

/** Wider lines are not read. */
const WIDEST = 100;

/**
 * All commands with their options. Each imports what it does only when it is run: start-up is felt at every TAB.
 *
 * @param execute is given what the command does, and its exit code
 */
export function commandLine(io: Io, execute: CommandLine["execute"]): Command {
  const program = new Command("icaform")
    .description(
      "Keeps runs on Illumina Connected Analytics in git: declare them in YAML, review the plan, apply it once.",
    )
    .version(ICAFORM_VERSION, "-V, --version")
    .configureOutput({
      writeOut: io.out,
      writeErr: io.errFormat === "text" ? io.err : () => undefined,
      getOutHelpWidth: () => Math.min(process.stdout.columns ?? WIDEST, WIDEST),
      getErrHelpWidth: () => Math.min(process.stderr.columns ?? WIDEST, WIDEST),
    })
    .configureHelp({ optionDescription: withoutEmptyDefault })
    .addHelpText("after", "\nExample: icaform plan manifests, then icaform apply manifests")
    .showHelpAfterError("(--help shows what is possible)")
    .exitOverride()
    .helpCommand(false)
    .enablePositionalOptions()
    .hook("preAction", (before, command) => takeOver(before, command));
  const line = { program, io, execute };
  declarePlan(line);
  declareApply(line);
  declareReaders(line);
  declareImport(line);
  declareHelpers(line);
  withGlobalOptions(program);
  return program;
}

/** What was given before the command counts as if it stood behind it; what stands behind it wins. */
function takeOver(program: Command, command: Command): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) !== "cli") continue;
    // Colours are decided before any command is known.
    if (name === "color") continue;
    if (!command.options.some((own) => own.attributeName() === name)) {
      throw new UsageError(`${option.long} is no option of ${command.name()}`);
    }
    const [before, own]: unknown[] = [program.getOptionValue(name), command.getOptionValue(name)];
    if (Array.isArray(before) && Array.isArray(own)) command.setOptionValue(name, [...before, ...own]);
    else if (command.getOptionValueSource(name) !== "cli") command.setOptionValue(name, before);
  }
}

/** That a switch is off and a list empty unless they are given goes without saying. */
function withoutEmptyDefault(this: Help, option: Option): string {
  const { defaultValue: value, description } = option;
  const isTold = value !== undefined && typeof value !== "boolean" && !(Array.isArray(value) && value.length === 0);
  return isTold ? `${description} (default: ${value})` : description;
}
