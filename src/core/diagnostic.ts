/** A place in a manifest; line and column are 1-based, as editors count. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

export type Severity = "error" | "warning";

/**
 * A user's mistake or something to know, as a value.
 *
 * `code` is stable and machine-readable (`unknown-key`, `reference-missing`, …), `message` says what is wrong,
 * `help` what to do, `frame` shows the lines around the position.
 */
export interface Diagnostic {
  severity: Severity;
  code: string;
  message: string;
  help?: string;
  file?: string;
  line?: number;
  column?: number;
  frame?: string;
}

/** Finds the position of a value inside one document; the path is the value's keys from the document's root. */
export type Locator = (path: readonly (string | number)[], what?: "key" | "value") => Position & { frame?: string };

export function errorAt(at: Position & { frame?: string }, code: string, message: string, help?: string): Diagnostic {
  return diagnosticAt("error", at, code, message, help);
}

export function warningAt(at: Position & { frame?: string }, code: string, message: string, help?: string): Diagnostic {
  return diagnosticAt("warning", at, code, message, help);
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/** Orders diagnostics by file, line, column, then code, so that output never depends on the order of checks. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (left, right) =>
      compare(left.file ?? "", right.file ?? "") ||
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.column ?? 0) - (right.column ?? 0) ||
      compare(left.code, right.code) ||
      compare(left.message, right.message),
  );
}

/** As programs get them: frames repeat the manifests, and they have file, line and column. */
export function withoutFrames(diagnostics: readonly Diagnostic[]): Omit<Diagnostic, "frame">[] {
  return diagnostics.map(({ frame: _frame, ...rest }) => rest);
}

function diagnosticAt(
  severity: Severity,
  at: Position & { frame?: string },
  code: string,
  message: string,
  help?: string,
): Diagnostic {
  const { file, line, column, frame } = at;
  return {
    severity,
    code,
    message,
    ...(help === undefined ? {} : { help }),
    file,
    line,
    column,
    ...(frame === undefined ? {} : { frame }),
  };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
