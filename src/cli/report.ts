import { adviceFor } from "../core/advice.ts";
import { type Diagnostic, withoutFrames } from "../core/diagnostic.ts";
import { AbortedError, RefusedError, TreeError, UsageError } from "../core/errors.ts";
import { diagnosticCounts, diagnosticText } from "../render/diagnostics.ts";
import { jsonText } from "../render/json.ts";
import { safe } from "../render/safe.ts";
import { EXIT } from "./exit.ts";
import { diagnosticsOf, isIcaFault } from "./faults.ts";
import type { Io } from "./io.ts";
import { tell } from "./log.ts";

/** Tells a fault on stderr and returns the exit code. Only a crash of ours shows where it happened. */
export function reportFault(fault: unknown, io: Io): number {
  if (fault instanceof TreeError) {
    reportDiagnostics(fault.diagnostics, io);
    return EXIT.error;
  }
  if (fault instanceof RefusedError) {
    const lines = fault.lines.map((line) => `  ${safe(line)}\n`).join("");
    tell(
      io,
      { event: "refused", level: "error", message: fault.message, lines: fault.lines },
      `${io.errStyle.red("refused")}: ${safe(fault.message)}\n${lines}`,
    );
    return EXIT.refused;
  }
  if (fault instanceof UsageError) {
    tellError(fault.message, fault.help, io);
    return EXIT.error;
  }
  if (isIcaFault(fault)) {
    tellError(fault.message, adviceFor(fault), io);
    return EXIT.error;
  }
  if (fault instanceof AbortedError) {
    tell(io, { event: "interrupted", level: "warn", message: fault.message }, `${fault.message}\n`);
    return EXIT.incomplete;
  }
  const detail = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  const message = "icaform itself failed; please report this with the command you ran";
  tell(
    io,
    { event: "error", level: "error", message, detail },
    `${io.errStyle.red("error")}: ${message}:\n${detail}\n`,
  );
  return EXIT.error;
}

/** What Commander refuses; as text it has said so itself, and help and version are no failures. */
export function reportCommandLine(refusal: { exitCode: number; code: string; message: string }, io: Io): number {
  if (refusal.exitCode === 0) return EXIT.done;
  const isHelp = refusal.code === "commander.help";
  const message = isHelp ? "no command is given" : refusal.message.replace(/^error: /, "");
  if (io.errFormat === "json") tellError(message, "--help shows what is possible", io);
  return EXIT.error;
}

/**
 * For `--format json`: what a command gives up over is still one JSON document on stdout, of diagnostics alone, unless its
 * result is there already (a plan that policy refuses).
 *
 * @throws whatever `work` throws
 */
export async function withJsonDiagnostics<T>(format: "text" | "json", io: Io, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (format === "json" && !io.hasResult()) {
      const diagnostics = withoutFrames(diagnosticsOf(fault));
      io.out(`${jsonText({ formatVersion: "1.0", diagnostics }, 2)}\n`);
    }
    throw fault;
  }
}

/** All diagnostics, then how many; events are counted by who reads them. */
export function reportDiagnostics(diagnostics: readonly Diagnostic[], io: Io): void {
  for (const diagnostic of diagnostics) {
    const level = diagnostic.severity === "error" ? "error" : "warn";
    const [fields] = withoutFrames([diagnostic]);
    tell(
      io,
      { event: "diagnostic", level, message: diagnostic.message, ...fields },
      `${diagnosticText(diagnostic, io.errStyle)}\n`,
    );
  }
  if (diagnostics.length > 0 && io.errFormat === "text") io.err(`${diagnosticCounts(diagnostics)}\n`);
}

function tellError(message: string, help: string | undefined, io: Io): void {
  const advice = help === undefined ? "" : `  ${io.errStyle.cyan("help")}: ${safe(help)}\n`;
  tell(
    io,
    { event: "error", level: "error", message, ...(help === undefined ? {} : { help }) },
    `${io.errStyle.red("error")}: ${safe(message)}\n${advice}`,
  );
}
