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
export async function confirm(plan: Plan, io: Io): Promise<void> {
  if (!io.isInteractive) {
    throw new RefusedError(
      "there is no terminal to ask on: give --auto-approve, best with --expect and the reviewed digest",
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${summaryLine(plan)} Do this in ICA? Only "yes" is accepted: `);
    if (answer.trim() !== "yes") throw new RefusedError("not confirmed; nothing was done");
  } finally {
    terminal.close();
  }
}
