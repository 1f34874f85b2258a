/** What the client tells while it works: for progress, logs and counting. No query, no header, no body is ever in it. */
import type { Clock } from "./time.ts";
import type { IcaRequest, Transport } from "./types.ts";

export interface ClientEvent {
  /**
   * `request`: one exchange is over; `retry`: another will follow after `waitMs`; `token`: a new JWT is in use;
   * `pause`: the server asked all callers to slow down for `waitMs`.
   */
  type: "request" | "retry" | "token" | "pause";
  method?: string;
  path?: string;
  /** Absent when no answer came. */
  status?: number;
  attempt?: number;
  waitMs?: number;
  ms?: number;
}

export type OnEvent = (event: ClientEvent) => void;

export interface ClientStats {
  /** Exchanges, among them retries and token calls. */
  requests: number;
  retries: number;
  tokens: number;
  /** Answers 429. */
  throttled: number;
}

/** Tells of each exchange, with the milliseconds it took. */
export function observed(next: Transport, onEvent: OnEvent, clock: Clock): Transport {
  return async (request) => {
    const start = clock();
    try {
      const response = await next(request);
      onEvent({ ...finished(request, clock() - start), status: response.status });
      return response;
    } catch (error) {
      onEvent(finished(request, clock() - start));
      throw error;
    }
  };
}

/** Counts events on their way to the listener. */
export function counted(onEvent: OnEvent | undefined): { onEvent: OnEvent; stats(): ClientStats } {
  const stats = { requests: 0, retries: 0, tokens: 0, throttled: 0 };
  return {
    onEvent(event) {
      stats.requests += event.type === "request" ? 1 : 0;
      stats.retries += event.type === "retry" ? 1 : 0;
      stats.tokens += event.type === "token" ? 1 : 0;
      stats.throttled += event.type === "request" && event.status === 429 ? 1 : 0;
      onEvent?.(event);
    },
    stats: () => ({ ...stats }),
  };
}

function finished(request: IcaRequest, ms: number): ClientEvent {
  return { type: "request", method: request.method, path: request.path, attempt: request.attempt ?? 1, ms };
}
