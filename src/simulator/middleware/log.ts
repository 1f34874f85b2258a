import type { Layer } from "../http.ts";
import type { World } from "../world.ts";

/** One request as it came and what became of it. */
export interface RequestLogEntry {
  /** Milliseconds since 1970. */
  time: number;
  method: string;
  /** Below `/ica/rest`. */
  path: string;
  query: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** Name of the user, null if there was no valid key or token. */
  user: string | null;
  /** Status of the answer; 0 for a request that was lost before it was executed. */
  status: number;
  /** Whether the answer went out whole. */
  delivered: boolean;
}

/** Tells of every request of the API once its answer is known. */
export function recording(world: World, tell: (entry: RequestLogEntry) => void): Layer {
  return (next) => async (exchange) => {
    const time = world.clock.now();
    const answer = await next(exchange);
    tell({
      time,
      method: exchange.method,
      path: exchange.path,
      query: exchange.query.toString(),
      headers: { ...exchange.headers },
      body: exchange.body.toString("utf8"),
      user: exchange.user?.name ?? null,
      status: answer.status,
      delivered: answer.cut === undefined,
    });
    return answer;
  };
}
