import { adviceFor } from "../core/advice.ts";
import { type Diagnostic, withoutFrames } from "../core/diagnostic.ts";
import {
  AbortedError,
  ApiError,
  ListingError,
  NetworkError,
  ProtocolError,
  RefusedError,
  TreeError,
  UsageError,
} from "../core/errors.ts";
import { diagnosticCounts, diagnosticText } from "../render/diagnostics.ts";
import { jsonText } from "../render/json.ts";
import { safe } from "../render/safe.ts";
import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";

/** Tells a fault on stderr and returns the exit code. Only a crash of ours shows where it happened. */
export function reportFault(fault: unknown, io: Io): number {
  if (fault instanceof TreeError) {
    reportDiagnostics(fault.diagnostics, io);
    return EXIT.error;
  }
  if (fault instanceof RefusedError) {
    io.err(`${io.errStyle.red("refused")}: ${safe(fault.message)}\n`);
    for (const line of fault.lines) io.err(`  ${safe(line)}\n`);
    return EXIT.refused;
  }
  if (fault instanceof UsageError) {
    tell(fault.message, fault.help, io);
    return EXIT.error;
  }
  if (isIcaFault(fault)) {
    tell(fault.message, adviceFor(fault), io);
    return EXIT.error;
  }
  if (fault instanceof AbortedError) {
    io.err("interrupted\n");
    return EXIT.incomplete;
  }
  const detail = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  io.err(
    `${io.errStyle.red("error")}: icaform itself failed; please report this with the command you ran:\n${detail}\n`,
  );
  return EXIT.error;
}

/**
 * For `--format json`: a tree with mistakes is still answered by one JSON document on stdout, which holds no plan.
 *
 * @throws whatever `work` throws
 */
export async function withJsonDiagnostics<T>(format: "text" | "json", io: Io, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (format === "json" && fault instanceof TreeError) {
      const diagnostics = withoutFrames(fault.diagnostics);
      io.out(`${jsonText({ formatVersion: "1.0", diagnostics }, 2)}\n`);
    }
    throw fault;
  }
}

/** All diagnostics, then how many. */
export function reportDiagnostics(diagnostics: readonly Diagnostic[], io: Io): void {
  for (const diagnostic of diagnostics) io.err(`${diagnosticText(diagnostic, io.errStyle)}\n`);
  if (diagnostics.length > 0) io.err(`${diagnosticCounts(diagnostics)}\n`);
}

function tell(message: string, help: string | undefined, io: Io): void {
  io.err(`${io.errStyle.red("error")}: ${safe(message)}\n`);
  if (help !== undefined) io.err(`  ${io.errStyle.cyan("help")}: ${safe(help)}\n`);
}

function isIcaFault(fault: unknown): fault is ApiError | NetworkError | ProtocolError | ListingError {
  return (
    fault instanceof ApiError ||
    fault instanceof NetworkError ||
    fault instanceof ProtocolError ||
    fault instanceof ListingError
  );
}
