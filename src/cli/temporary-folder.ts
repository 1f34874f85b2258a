import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbortedError } from "../core/errors.ts";
import { EXIT } from "./exit.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does the work with a folder that is gone afterwards, whatever ends it: the first signal asks the work to end, so that
 * no child of ours still writes into the folder; the second ends at once.
 *
 * @param work the signal is for its children
 * @throws AbortedError when a signal came
 */
export async function withTemporaryFolder<Result>(
  prefix: string,
  work: (folder: string, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const interrupt = new AbortController();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const onSignal = () => {
    if (interrupt.signal.aborted) {
      remove();
      process.exit(EXIT.incomplete);
    }
    interrupt.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    const result = await work(folder, interrupt.signal);
    // Work that never waited has not let a signal through.
    await new Promise((done) => setImmediate(done));
    if (interrupt.signal.aborted) throw new AbortedError("interrupted");
    return result;
  } finally {
    remove();
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}
