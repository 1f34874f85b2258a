import { type Diagnostic, withoutFrames } from "../../core/diagnostic.ts";
import { AbortedError, UsageError } from "../../core/errors.ts";
import { type StatusReport, statusOfStack } from "../../engine/status.ts";
import { watch } from "../../engine/watch.ts";
import { createReader } from "../../ica/client.ts";
import { KINDS } from "../../kinds/index.ts";
import { jsonText } from "../../render/json.ts";
import { changedLines, statusText } from "../../render/status-text.ts";
import { systemClock } from "../clock.ts";
import { clientOptions } from "../connect.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { loadForCommand } from "../load.ts";
import { createLog, type Log, tell, tellTrouble } from "../log.ts";
import { DEFAULT_INTERVAL, type GlobalOptions, refuseWithout } from "../options.ts";
import { reportDiagnostics } from "../report.ts";

export interface StatusOptions extends GlobalOptions {
  format: "text" | "json" | "html";
  target: string[];
  cost: boolean;
  attempts: boolean;
  watch: boolean;
  /** Milliseconds. */
  interval?: number;
  /** Runs whose steps are read for the page. */
  steps?: number;
}

/** A call each; more are a matter of minutes. */
const DEFAULT_STEPS = 50;

/** load → connect to read → observe → print. */
export async function status(paths: readonly string[], options: StatusOptions, io: Io): Promise<number> {
  if (options.watch && options.format !== "text")
    throw new UsageError("--watch tells changes as they come: it has no --format");
  refuseWithout(options.watch, "--watch", { "--interval": options.interval });
  refuseWithout(options.format === "html", "--format html", { "--steps": options.steps });
  const { tree } = await loadForCommand(paths, options, io);
  const log = createLog(io, options);
  const client = clientOptions(options, tree.stack.spec, io, log);
  const interrupt = new AbortController();
  const reader = createReader({ ...client, signal: interrupt.signal });
  const server = client.server.href;
  const { target: targets, cost } = options;
  const steps = options.format === "html" ? (options.steps ?? DEFAULT_STEPS) : 0;
  const read = () => statusOfStack(tree, reader, KINDS, { server, now: Date.now(), targets, cost, steps });
  try {
    if (options.watch) return await watchRuns(read, options, interrupt, io, log);
    const report = await read();
    if (options.format === "json") {
      const { stack: _stack, ...rest } = report;
      const diagnostics = withoutFrames(report.diagnostics);
      io.out(`${jsonText({ formatVersion: "1.0", ...rest, diagnostics }, 2)}\n`);
    } else if (options.format === "html") {
      io.out((await import("../../render/status-html.ts")).statusHtml(report, Date.now()));
    } else {
      io.out(statusText(report, Date.now(), io.outStyle, { attempts: options.attempts }));
    }
    if (options.format !== "json") reportDiagnostics(report.diagnostics.filter(isUnseen), io);
    return EXIT.done;
  } finally {
    await reader.close();
  }
}

/** Of what a plan would warn of: that which no line of the report shows. */
function isUnseen({ code }: Diagnostic): boolean {
  return ["duplicate-run", "duplicate-sample", "credential-ambiguous", "unknown-fingerprint"].includes(code);
}

/** Until nothing is active any more, or Ctrl-C: on a terminal the whole picture, elsewhere a line for each change. */
async function watchRuns(
  read: () => Promise<StatusReport>,
  options: StatusOptions,
  interrupt: AbortController,
  io: Io,
  log: Log,
): Promise<number> {
  const stop = () => interrupt.abort();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const isLive = process.stdout.isTTY === true;
  const told = new Map<string, string>();
  const isActive = ({ action, outcome }: StatusReport["results"][number]) =>
    outcome === "unknown" && action !== "orphan";
  try {
    await watch({
      read,
      show: (report) => {
        if (isLive)
          io.out(`\x1b[H\x1b[2J${statusText(report, Date.now(), io.outStyle, { attempts: options.attempts })}`);
        else for (const line of changedLines(report.results, told)) io.out(`${line}\n`);
        return report.results.some(isActive);
      },
      clock: systemClock,
      intervalMs: options.interval ?? DEFAULT_INTERVAL,
      signal: interrupt.signal,
      onTrouble: (message) => tellTrouble(log, message),
    });
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error;
    const message = "no longer watching: what is active goes on in ICA";
    tell(io, { event: "follow.ended", level: "warn", message, reason: "interrupted" }, `\n${message}\n`);
    return EXIT.incomplete;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}
