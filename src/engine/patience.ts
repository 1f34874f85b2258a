import { ApiError, ListingError, NetworkError, ProtocolError } from "../core/errors.ts";

/** Whoever looks at ICA for hours must survive a bad few minutes: looks that failed, one after the other. */
export interface Patience {
  /** A look succeeded. */
  restore(): void;
  /**
   * A look failed, after all retries of its calls: it is told, and may be repeated.
   *
   * @throws the error itself when it is not of the kind that passes, or has not passed for ten looks
   */
  strain(error: unknown): void;
  /** Whether the latest look failed. */
  readonly isStrained: boolean;
}

const MAX_TROUBLES = 10;

export function createPatience(onTrouble: (message: string) => void): Patience {
  let troubles = 0;
  return {
    restore() {
      troubles = 0;
    },
    strain(error) {
      if (!(error instanceof Error && passes(error)) || ++troubles >= MAX_TROUBLES) throw error;
      onTrouble(error.message);
    },
    get isStrained() {
      return troubles > 0;
    },
  };
}

function passes(error: Error): boolean {
  if (error instanceof ApiError) return error.status === 429 || error.status >= 500;
  return error instanceof NetworkError || error instanceof ListingError || error instanceof ProtocolError;
}
