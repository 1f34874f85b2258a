import { CommanderError } from "commander";
import { UsageError } from "../core/errors.ts";
import { commandLine } from "./command-line/program.ts";
import { EXIT } from "./exit.ts";
import { processIo } from "./io.ts";
import { logFormatIn } from "./log.ts";
import { reportCommandLine, reportFault } from "./report.ts";

/**
 * Parses the command line and runs one command; returns the exit code. Here is the one place where errors end: a
 * user's mistake without a stack trace, a crash of ours with one.
 */
export async function run(args: readonly string[]): Promise<number> {
  const io = await processIo(!args.includes("--no-color"), logFormatIn(args));
  let code: number = EXIT.done;
  const program = commandLine(io, async (command) => {
    code = await command;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    const isCommanders = error instanceof CommanderError;
    if (process.env.GITHUB_ACTIONS === "true" && !(isCommanders && error.exitCode === 0)) {
      const { annotateFault } = await import("./github.ts");
      annotateFault(isCommanders ? new UsageError(error.message) : error, io, process.env);
    }
    return isCommanders ? reportCommandLine(error, io) : reportFault(error, io);
  }
}
