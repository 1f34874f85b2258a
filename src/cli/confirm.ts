import { createInterface } from "node:readline/promises";
import { AbortedError, RefusedError } from "../core/errors.ts";
import type { Plan } from "../core/plan.ts";
import { summaryLine } from "../render/plan-text.ts";
import type { Io } from "./io.ts";

/**
 * Asks before anything is sent. Only a typed "yes" goes on.
 *
 * @throws RefusedError for any other answer, and where there is no one to ask; AbortedError after Ctrl-C or the signal
 */
export function confirm(plan: Plan, io: Io, signal: AbortSignal): Promise<void> {
  return confirmed(summaryLine(plan), "best with --expect and the reviewed digest", io, signal);
}

/** The same for what `about` tells. @param advice for who gives --auto-approve instead */
export async function confirmed(about: string, advice: string, io: Io, signal: AbortSignal): Promise<void> {
  if (!io.isInteractive) throw new RefusedError(`there is no terminal to ask on: give --auto-approve, ${advice}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const interrupt = new AbortController();
  // On a terminal that is read key by key Ctrl-C is no signal to the process.
  terminal.once("SIGINT", () => interrupt.abort());
  try {
    const asked = `${about} Do this in ICA? Only "yes" is accepted: `;
    const answer = await terminal.question(asked, { signal: AbortSignal.any([signal, interrupt.signal]) });
    if (answer.trim() === "yes") return;
  } catch (error) {
    // Ctrl-D, the end of all input, is an answer like any other.
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    io.err("\n");
    if (signal.aborted || interrupt.signal.aborted) throw new AbortedError("interrupted; nothing was sent");
  } finally {
    terminal.close();
  }
  throw new RefusedError("not confirmed; nothing was done");
}
