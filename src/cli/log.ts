import type { ClientOptions } from "../ica/client.ts";
import { jsonText } from "../render/json.ts";
import type { Io } from "./io.ts";
import { type GlobalOptions, LOG_LEVELS, type LogLevel } from "./options.ts";

/** All that `--log-format json` tells; `docs/log-events.md` describes each. Names that are there stay. */
export const LOG_EVENTS = [
  "progress",
  "calls",
  "import",
  "import.skipped",
  "import.unowned",
  "run.status",
  "follow.trouble",
  "request",
  "request.retry",
  "pause",
  "token",
  "diagnostic",
  "refused",
  "error",
  "interrupted",
  "passed-over",
  "follow.ended",
] as const;
export type LogEvent = (typeof LOG_EVENTS)[number];

/** Tells what happens on stderr, as text or as one JSON object a line. */
export type Log = (level: LogLevel, event: LogEvent, message: string, fields?: Record<string, unknown>) => void;

export function createLog(io: Io, options: Pick<GlobalOptions, "logLevel">): Log {
  const limit = LOG_LEVELS.indexOf(options.logLevel);
  return (level, event, message, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) > limit) return;
    tell(io, { event, level, message, ...fields }, `${level === "info" ? "" : `${level}: `}${message}\n`);
  };
}

/** What is told whatever the level is: `text`, or with `--log-format json` the event. */
export function tell(
  io: Io,
  event: { event: LogEvent; level: LogLevel; message: string } & Record<string, unknown>,
  text: string,
): void {
  const { level, event: name, message, ...fields } = event;
  const line = { time: new Date().toISOString(), level, event: name, message, ...fields };
  io.err(io.errFormat === "text" ? text : `${jsonText(line)}\n`);
}

/** What `--log-format` says, before the command line is read: mistakes in it are told in that format too. */
export function logFormatIn(args: readonly string[]): Io["errFormat"] {
  const isJson = args.some(
    (arg, index) => arg === "--log-format=json" || (arg === "json" && args[index - 1] === "--log-format"),
  );
  return isJson ? "json" : "text";
}

/** ICA could not be read while runs are followed: it is looked at again. */
export function tellTrouble(log: Log, message: string): void {
  log("warn", "follow.trouble", `${message}; looking again later`);
}

/** The client's events as log lines, at debug: every call, retry, pause and token. */
export function logEvents(log: Log): NonNullable<ClientOptions["onEvent"]> {
  return (event) => {
    const call = `${event.method ?? ""} ${event.path ?? ""}`.trim();
    const { type, ...fields } = event;
    if (type === "retry") {
      const why = event.status === undefined ? "no answer" : String(event.status);
      log("debug", "request.retry", `${call}: ${why}; again in ${Math.round(event.waitMs ?? 0)} ms`, fields);
    } else if (type === "request") {
      log("debug", "request", `${call}: ${event.status ?? "no answer"} in ${Math.round(event.ms ?? 0)} ms`, fields);
    } else {
      log("debug", type, `${type} ${call}`.trim(), fields);
    }
  };
}
