import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";
import { tell } from "./log.ts";

/** What is in flight when the first signal comes has so long to be answered (contract: up to 30 s). */
const GRACE_MS = 30_000;

const SETTLING = "interrupted: nothing more is sent; waiting for what is in flight (once more to end at once)";

export interface Interrupt {
  /** Fired by the first SIGINT or SIGTERM: nothing more is issued. */
  signal: AbortSignal;
  /** Fired when the grace is over: what still waits is given up and told as unknown. */
  deadline: AbortSignal;
  /** From now on something may be in flight when the signal comes. */
  begin(): void;
  release(): void;
}

/**
 * The first signal stops what is not yet sent and lets the rest settle; the second ends at once. Before `begin` there is
 * nothing to settle: whoever is interrupted throws, and that is told.
 */
export function interruptible(io: Io): Interrupt {
  const first = new AbortController();
  const last = new AbortController();
  let hasBegun = false;
  let timer: NodeJS.Timeout | undefined;
  const onSignal = () => {
    if (first.signal.aborted) process.exit(EXIT.incomplete);
    if (hasBegun) tell(io, { event: "interrupted", level: "warn", message: SETTLING }, `\n${SETTLING}\n`);
    first.abort();
    timer = setTimeout(() => last.abort(), GRACE_MS);
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    signal: first.signal,
    deadline: last.signal,
    begin: () => {
      hasBegun = true;
    },
    release: () => {
      clearTimeout(timer);
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    },
  };
}
