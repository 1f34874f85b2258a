/** Where the bearer token comes from: exchanged for the API key, or given. */
import { ApiError, ProtocolError } from "../core/errors.ts";
import type { Secrets } from "../core/redact.ts";
import type { OnEvent } from "./events.ts";
import { endOf } from "./jwt.ts";
import { V3 } from "./media-type.ts";
import type { Clock } from "./time.ts";
import type { IcaRequest, IcaResponse, Transport } from "./types.ts";

export interface Tokens {
  /** A token that is not about to end. */
  current(): Promise<string>;
  /** Whether a token has come to its end by our own reckoning, as it may while a call waits for its turn. */
  hasEnded(token: string): boolean;
  /** Another token than `refused`, which ICA answered with `refusal`. */
  renewed(refused: string, refusal: ApiError): Promise<string>;
}

/** A token is renewed when less than this, or than a tenth of its lifetime, is left. */
const MARGIN_MS = 60_000;

const TOKEN_CALL: IcaRequest = { method: "POST", path: "/api/tokens", accept: V3, safe: true, auth: "key" };

/**
 * JWTs made from an API key by `POST /api/tokens`; one such call at a time serves all who wait. A JWT made from a key
 * cannot be refreshed, so a new one is asked for (ica-facts). A key that ICA refused is not sent again.
 */
export function exchangedTokens(
  call: Transport,
  apiKey: string,
  clock: Clock,
  onEvent: OnEvent,
  secrets: Secrets,
): Tokens {
  const request: IcaRequest = { ...TOKEN_CALL, headers: { "x-api-key": apiKey } };
  let held: { token: string; renewAt: number } | undefined;
  let fetching: Promise<string> | undefined;
  let refusal: ApiError | undefined;

  async function fetchToken(): Promise<string> {
    if (refusal !== undefined) {
      throw refusal;
    }
    try {
      const response = await call(request);
      const token = tokenIn(response);
      secrets.add(token);
      held = { token, renewAt: renewalOf(token, response, clock()) };
      onEvent({ type: "token" });
      return token;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        refusal = explained(error, "the API key was refused; check ICA_API_KEY");
        throw refusal;
      }
      throw error;
    } finally {
      fetching = undefined;
    }
  }

  function fetchOnce(): Promise<string> {
    fetching ??= fetchToken();
    return fetching;
  }

  return {
    async current() {
      return held !== undefined && clock() < held.renewAt ? held.token : await fetchOnce();
    },
    hasEnded: (token) => held === undefined || held.token !== token || clock() >= held.renewAt,
    async renewed(refused) {
      // Somebody else may have renewed it since.
      return held !== undefined && held.token !== refused ? held.token : await fetchOnce();
    },
  };
}

/** A token of the environment is used as given; nobody here can renew it. @param variable where it was given */
export function givenToken(token: string, variable: string): Tokens {
  return {
    current: async () => token,
    hasEnded: () => false,
    renewed: async (_refused, refusal) => {
      const end = endOf(token);
      const when = end === undefined ? "" : `; it ends at ${new Date(end.expiresAt).toISOString()}`;
      throw explained(refusal, `the access token was refused; check ${variable}${when}`);
    },
  };
}

function tokenIn(response: IcaResponse): string {
  const { token } = bodyOf(response);
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new ProtocolError(TOKEN_CALL, "the answer's token is missing or not a string", response.status);
  }
  return token;
}

/** The parser's own error would quote the answer, token included, so it is no cause here. */
function bodyOf(response: IcaResponse): { token?: unknown } {
  try {
    const body: unknown = JSON.parse(response.text);
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    throw new ProtocolError(TOKEN_CALL, `answered ${response.status} with a body that is not JSON`, response.status);
  }
}

/**
 * When to renew, by this machine's clock. What is left is told by the token itself or by the answer's `Date`, so a
 * wrong clock does no harm; a token that seems to be over already is used until ICA refuses it.
 */
function renewalOf(token: string, response: IcaResponse, now: number): number {
  const end = endOf(token);
  if (end === undefined) {
    return Number.POSITIVE_INFINITY;
  }
  const answered = Date.parse(response.headers.date ?? "");
  const leftMs = end.lifetimeMs ?? end.expiresAt - (Number.isNaN(answered) ? now : answered);
  return leftMs <= 0 ? Number.POSITIVE_INFINITY : now + leftMs - Math.min(MARGIN_MS, leftMs / 10);
}

function explained(error: ApiError, why: string): ApiError {
  const detail = error.detail === undefined ? why : `${error.detail}; ${why}`;
  return new ApiError(error.call, { ...error, detail }, { cause: error });
}
