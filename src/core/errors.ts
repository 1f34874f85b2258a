/**
 * Faults, one class per meaning. A user's mistakes in manifests are `Diagnostic`s; they become a `TreeError` only
 * where a command gives up. What ICA or the network did wrong keeps its `cause`.
 */
import type { Diagnostic } from "./diagnostic.ts";

/** The tree has errors; exit code 1. */
export class TreeError extends Error {
  override name = "TreeError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`${diagnostics.filter((diagnostic) => diagnostic.severity === "error").length} error(s) in the manifests`);
    this.diagnostics = diagnostics;
  }
}

/** Something the user gave on the command line or in the environment cannot work; exit code 1. */
export class UsageError extends Error {
  override name = "UsageError";
  readonly help: string | undefined;

  constructor(message: string, help?: string, options?: ErrorOptions) {
    super(message, options);
    this.help = help;
  }
}

/** A policy, a stale plan or a grown plan; exit code 4. `lines` name each thing refused. */
export class RefusedError extends Error {
  override name = "RefusedError";
  readonly lines: readonly string[];

  constructor(message: string, lines: readonly string[] = []) {
    super(message);
    this.lines = lines;
  }
}

/** One call, as it is told to people: no query, no headers, no body. */
export interface CallName {
  method: string;
  path: string;
}

/** No more than the name: what is handed over may be the whole request, with its key and its body. */
function nameOf({ method, path }: CallName): CallName {
  return { method, path };
}

/**
 * ICA answered with an error (RFC 7807). `code` and `reference` are ICA's, such as `ICA_API_429` and `b59769f6`.
 * `unsettled`: a write may have taken effect all the same (a 5xx, or the answer to an earlier try was lost).
 */
export class ApiError extends Error {
  override name = "ApiError";
  readonly call: CallName;
  readonly status: number;
  readonly code: string | undefined;
  readonly title: string;
  readonly detail: string | undefined;
  readonly reference: string | undefined;
  readonly unsettled: boolean;

  constructor(
    call: CallName,
    problem: {
      status: number;
      title: string;
      code?: string | undefined;
      detail?: string | undefined;
      reference?: string | undefined;
      unsettled?: boolean | undefined;
    },
    options?: ErrorOptions,
  ) {
    const reference = problem.reference === undefined ? undefined : `ref. ${problem.reference}`;
    const marks = [problem.code, reference].filter((mark) => mark !== undefined).join(", ");
    const detail = problem.detail === undefined || problem.detail === problem.title ? "" : `: ${problem.detail}`;
    super(
      `${call.method} ${call.path}: ${problem.status} ${problem.title}${detail}${marks === "" ? "" : ` (${marks})`}`,
      options,
    );
    this.call = nameOf(call);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.reference = problem.reference;
    this.unsettled = problem.unsettled ?? false;
  }
}

/**
 * No answer came. `sent` is false only when it is certain that ICA never saw the request (refused connection, unknown
 * host, failed TLS); otherwise whether the call took effect is unknown.
 */
export class NetworkError extends Error {
  override name = "NetworkError";
  readonly call: CallName;
  readonly sent: boolean;

  constructor(call: CallName, message: string, sent: boolean, options?: ErrorOptions) {
    super(`${call.method} ${call.path}: ${message}`, options);
    this.call = nameOf(call);
    this.sent = sent;
  }
}

/** An answer that is not what ICA's description says: HTML, broken JSON, a missing field, a foreign redirect. */
export class ProtocolError extends Error {
  override name = "ProtocolError";
  readonly call: CallName;
  /** The status of the answer, so that callers know whether a write may have taken effect. */
  readonly status: number | undefined;

  constructor(call: CallName, message: string, status?: number, options?: ErrorOptions) {
    super(`${call.method} ${call.path}: ${message}`, options);
    this.call = nameOf(call);
    this.status = status;
  }
}

/** A paged listing that cannot be trusted to be whole; never to be read as "absent". */
export class ListingError extends Error {
  override name = "ListingError";
  readonly call: CallName;

  constructor(call: CallName, message: string, options?: ErrorOptions) {
    super(`${call.method} ${call.path}: ${message}`, options);
    this.call = nameOf(call);
  }
}

/** Somebody else changed the tags of an analysis or a sample between reading and writing them, more than once; nothing was written. */
export class TagConflictError extends Error {
  override name = "TagConflictError";

  constructor(options?: ErrorOptions) {
    super("somebody else changed its tags in ICA while they were being written, twice; nothing was written", options);
  }
}

/** ICA sent no ETag with what was read, so that writing it back could undo what somebody else writes meanwhile. */
export class NoEtagError extends Error {
  override name = "NoEtagError";

  constructor() {
    super("ICA sent no ETag, so that another's tags could be lost: nothing was written");
  }
}

/**
 * Whether the write that failed with `error` may nevertheless have taken effect, so that ICA has to be read again
 * before anything is said or repeated. False means that it certainly did not.
 */
export function mayHaveTakenEffect(error: unknown): boolean {
  if (error instanceof NetworkError) {
    return error.sent;
  }
  if (error instanceof ApiError) {
    return error.unsettled;
  }
  return error instanceof ProtocolError && error.status !== undefined && (error.status < 400 || error.status >= 500);
}

/** Interrupted by the user or by a deadline before the call was made. */
export class AbortedError extends Error {
  override name = "AbortedError";
}
