/** Bounds one exchange from its first byte to its last. */
import { AbortedError, NetworkError } from "../core/errors.ts";
import type { Exchange } from "./types.ts";

/**
 * After `timeoutMs` the exchange is given up: whether the call took effect is then unknown (`sent`), unless no
 * connection was made. The caller's signal ends reads; a write under way is settled, until `deadline` fires.
 */
export function timed(next: Exchange, timeoutMs: number, deadline?: AbortSignal): Exchange {
  return async (request) => {
    const limit = request.timeoutMs ?? timeoutMs;
    const outer = request.safe && request.method !== "PUT" ? request.signal : undefined;
    const exchange = new AbortController();
    const interrupt = () => exchange.abort(outer?.reason);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      exchange.abort();
    }, limit);
    let isGivenUp = false;
    const giveUp = () => {
      isGivenUp = true;
      exchange.abort();
    };
    outer?.addEventListener("abort", interrupt, { once: true });
    deadline?.addEventListener("abort", giveUp, { once: true });
    try {
      if (outer?.aborted) {
        throw new AbortedError("interrupted", { cause: outer.reason });
      }
      return await next({ ...request, signal: exchange.signal });
    } catch (error) {
      if (error instanceof NetworkError && error.sent && late) {
        throw new NetworkError(request, `no whole answer within ${limit / 1000} s`, true, { cause: error });
      }
      if (error instanceof NetworkError && error.sent && isGivenUp) {
        throw new NetworkError(request, "given up after the interrupt", true, { cause: error });
      }
      if (error instanceof NetworkError && outer?.aborted) {
        throw new AbortedError("interrupted", { cause: error });
      }
      throw error;
    } finally {
      clearTimeout(timer);
      outer?.removeEventListener("abort", interrupt);
      deadline?.removeEventListener("abort", giveUp);
    }
  };
}
