import { createInterface } from "node:readline/promises";
import { RefusedError } from "../core/errors.ts";
import type { Plan } from "../core/plan.ts";
import { summaryLine } from "../render/plan-text.ts";
import type { Io } from "./io.ts";

/**
 * Asks before anything is sent. Only a typed "yes" goes on.
 *
 * @throws RefusedError for any other answer, and where there is no one to ask
 */
export function confirm(plan: Plan, io: Io): Promise<void> {
  return confirmed(summaryLine(plan), "best with --expect and the reviewed digest", io);
}

/** The same for what `about` tells. @param advice for who gives --auto-approve instead */
export async function confirmed(about: string, advice: string, io: Io): Promise<void> {
  if (!io.isInteractive) throw new RefusedError(`there is no terminal to ask on: give --auto-approve, ${advice}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${about} Do this in ICA? Only "yes" is accepted: `);
    if (answer.trim() !== "yes") throw new RefusedError("not confirmed; nothing was done");
  } finally {
    terminal.close();
  }
}
