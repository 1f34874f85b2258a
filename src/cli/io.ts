import { knownSecrets, type Secrets } from "../core/redact.ts";
import { PLAIN, type Style } from "../render/style.ts";

/** The two streams and how they may be written to. Results go to `out`, everything else to `err`. */
export interface Io {
  out(text: string): void;
  /** Whether anything went to `out`. */
  hasResult(): boolean;
  err(text: string): void;
  /** For results and for messages: colour only where a person looks. */
  outStyle: Style;
  errStyle: Style;
  /** How messages are told (`--log-format`). */
  errFormat: "text" | "json";
  /** Whether a person can be asked. */
  isInteractive: boolean;
  isErrTerminal: boolean;
  /** What is added here is never written. */
  secrets: Secrets;
}

export async function processIo(useColor: boolean, errFormat: Io["errFormat"] = "text"): Promise<Io> {
  const secrets = knownSecrets();
  let hasResult = false;
  // A reader that has seen enough (`| head`) closes the pipe: not our failure.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", endOnBrokenPipe);
  return {
    out: (text) => {
      hasResult = true;
      process.stdout.write(secrets.hide(text));
    },
    hasResult: () => hasResult,
    err: (text) => process.stderr.write(secrets.hide(text)),
    outStyle: await styleFor(process.stdout, useColor),
    errStyle: await styleFor(process.stderr, useColor && errFormat === "text"),
    errFormat,
    isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    isErrTerminal: process.stderr.isTTY === true,
    secrets,
  };
}

function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

async function styleFor(stream: NodeJS.WriteStream, useColor: boolean): Promise<Style> {
  // https://no-color.org: set and not empty.
  if (!useColor || process.env.NO_COLOR || stream.isTTY !== true) return PLAIN;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  const { bold, dim, red, green, yellow, cyan } = chalk;
  return { bold, dim, red, green, yellow, cyan };
}
