import { adviceFor } from "../core/advice.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
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

/** What a command gave up over, as programs and code hosts are told it; a person reads `reportFault`. */
export function diagnosticsOf(fault: unknown): readonly Diagnostic[] {
  if (fault instanceof TreeError) return fault.diagnostics;
  if (fault instanceof RefusedError) {
    return (fault.lines.length > 0 ? fault.lines : [fault.message]).map((line) => error("refused", line));
  }
  if (fault instanceof UsageError) return [error("usage", fault.message, fault.help)];
  if (isIcaFault(fault)) return [error("ica", fault.message, adviceFor(fault))];
  if (fault instanceof AbortedError) return [error("interrupted", fault.message)];
  return [error("crash", `icaform itself failed: ${fault instanceof Error ? fault.message : String(fault)}`)];
}

/** Whether ICA, or the way to it, is the cause. */
export function isIcaFault(fault: unknown): fault is ApiError | NetworkError | ProtocolError | ListingError {
  return (
    fault instanceof ApiError ||
    fault instanceof NetworkError ||
    fault instanceof ProtocolError ||
    fault instanceof ListingError
  );
}

function error(code: string, message: string, help?: string): Diagnostic {
  return { severity: "error", code, message, ...(help === undefined ? {} : { help }) };
}
