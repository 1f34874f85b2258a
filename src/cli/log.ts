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
] as const;
export type LogEvent = (typeof LOG_EVENTS)[number];

/** Tells what happens on stderr, as text or as one JSON object a line. */
export type Log = (level: LogLevel, event: LogEvent, message: string, fields?: Record<string, unknown>) => void;

export function createLog(io: Io, options: Pick<GlobalOptions, "logLevel" | "logFormat">): Log {
  const limit = LOG_LEVELS.indexOf(options.logLevel);
  return (level, event, message, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) > limit) return;
    if (options.logFormat === "json") {
      io.err(`${jsonText({ time: new Date().toISOString(), level, event, message, ...fields })}\n`);
    } else {
      io.err(`${level === "info" ? "" : `${level}: `}${message}\n`);
    }
  };
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
