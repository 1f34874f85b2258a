import { adviceFor } from "../core/advice.ts";
import { AbortedError, mayHaveTakenEffect } from "../core/errors.ts";
import type { Result } from "./outcome.ts";

/** What went wrong, in one line for a result. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export const INTERRUPTED = "interrupted before it was sent";

/** How a write that threw has ended: failed for certain, or unknown because it may have taken effect. */
export function failureOf(error: unknown): Pick<Result, "outcome" | "error" | "help"> {
  if (error instanceof AbortedError) return { outcome: "skipped", error: INTERRUPTED };
  const help = adviceFor(error);
  return {
    outcome: mayHaveTakenEffect(error) ? "unknown" : "failed",
    error: messageOf(error),
    ...(help === undefined ? {} : { help }),
  };
}

/** What is said of something that was made and that no listing has shown. @param failure why listings failed, if they did */
export function unverified(failure: string | undefined): string {
  return failure === undefined
    ? "ICA accepted it, but does not list it yet: plan again later"
    : `made, but not verified: ${failure}`;
}
